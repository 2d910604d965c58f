"""Zalo Bot takes each part once, and promises no more than is documented."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from support import builders
from support.builders import AWKWARD, FakeArtifacts, FreeLimits, MemoryRemoteIds, MemoryTokens
from support.kits import A5

from channels.base import ChannelError, Finds
from channels.chat import ChatChannel, ChatOptions
from channels.chat.bots.habits import Habit, Script, refuse
from channels.chat.bots.heard import Heard, heard_by
from channels.chat.zalo.fake import World
from channels.chat.zalo.fake.pages import agreed, consent, home
from channels.chat.zalo_bot import ZaloBotAccount, ZaloBotBackend
from channels.chat.zalo_bot.fake import FakeZaloBot
from channels.chat.zalo_bot.fake_world import BotWorld, page_of
from engine.clock import SimulatedClock
from engine.models import Artifact, ChatGroup, File, GroupKind, Item, Receipt

HAMLET = builders.hamlet()
BUNDLE = builders.bundle("chat", "zalo_bot", "bot")
CHAT = "6ede9afa66b88fe6d6a9"


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeZaloBot]:
    world = BotWorld(tmp_path / "bot.jsonl", chats={CHAT: "GROUP"})
    with FakeZaloBot(world) as running:
        yield running


@pytest.fixture
def remote_ids() -> MemoryRemoteIds:
    return MemoryRemoteIds()


@pytest.fixture
def channel(server: FakeZaloBot, remote_ids: MemoryRemoteIds) -> Iterator[ChatChannel]:
    made = ChatChannel(
        outbox=Path("-"),
        remote_ids=remote_ids,
        tokens=MemoryTokens(),
        limits=FreeLimits(),
        clock=SimulatedClock(builders.NOW),
        telegram=None,
        zalo_bot=ZaloBotAccount(server.world.token, server.base_url, timeout=3),
    )
    yield made
    made.close()


@pytest.fixture
def backend(channel: ChatChannel) -> ZaloBotBackend:
    found = channel.backends["zalo_bot"]
    assert isinstance(found, ZaloBotBackend)
    return found


def artifact(
    channel: ChatChannel,
    body: str = "Họp lúc 7 giờ.",
    *,
    address: str = CHAT,
    flyer: bytes = b"",
) -> Artifact:
    said = builders.content("chat", ChatOptions(), body=body)
    rendered = channel.render(channel.prepare(said, HAMLET, FakeArtifacts()))
    needs = {"flyer": File.of_bytes("f", "application/pdf", flyer)} if flyer else {}
    item = Item(
        1, HAMLET, said, File.of_bytes("m", rendered.media_type, rendered.data), needs=needs
    )
    group = ChatGroup(
        "bot", "Nhóm", "zalo", "zalo_bot", GroupKind.HAMLET, ("ap-1",), address=address
    )
    return channel.assemble(BUNDLE, [item], builders.registry(chat_groups=(group,)))


def failure(backend: ZaloBotBackend, made: Artifact, token: str = "made-up-token") -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        backend.deliver(made, BUNDLE)
    error: BaseException | None = caught.value
    while error is not None:
        assert token not in f"{error!s} {error!r}"
        error = error.__cause__ or error.__context__
    return caught.value


def test_text_arrives_as_it_was_written_and_no_flyer_is_promised(
    channel: ChatChannel, backend: ZaloBotBackend, server: FakeZaloBot
) -> None:
    made = artifact(channel, AWKWARD, flyer=A5)
    assert [file.name for file in made.files] == ["messages.json"]
    receipt = backend.deliver(made, BUNDLE)
    (arrived,) = server.world.taken()
    assert AWKWARD in arrived["text"]
    reference = arrived["message_id"]
    assert receipt == Receipt(reference, {"chat": CHAT, "messages": reference})
    assert backend.deliver(made, BUNDLE) == receipt
    assert len(server.world.taken()) == 1


def test_long_texts_come_in_parts_that_zalo_takes(
    channel: ChatChannel, backend: ZaloBotBackend, server: FakeZaloBot
) -> None:
    backend.deliver(artifact(channel, "Mời bà con đi họp lúc 7 giờ 30. " * 150), BUNDLE)
    texts = [one["text"] for one in server.world.taken()]
    assert len(texts) == 3
    assert all(len(text) <= 2_000 for text in texts)


@pytest.mark.parametrize(
    ("script", "taken"),
    [
        (Script(Habit.DROP_BEFORE), 0),
        (Script(Habit.DROP_AFTER), 1),
        (Script(Habit.HALF_BODY), 1),
        (Script(Habit.NOT_JSON), 1),
        (Script(Habit.NO_RESULT), 1),
        (Script(Habit.HANG_AFTER), 1),
        (Script(Habit.BREAK, 502), 0),
        (refuse(408), 0),
        (refuse(500), 0),
    ],
)
def test_whoever_cannot_know_says_so(
    channel: ChatChannel,
    backend: ZaloBotBackend,
    server: FakeZaloBot,
    remote_ids: MemoryRemoteIds,
    script: Script,
    taken: int,
) -> None:
    server.script(script)
    assert failure(backend, artifact(channel)).unknown
    assert len(server.world.taken()) == taken
    assert not remote_ids.kept


@pytest.mark.parametrize(
    ("number", "words"),
    [(400, "400"), (401, "token"), (404, "token"), (403, "still on trial")],
)
def test_what_a_person_must_mend_is_permanent(
    channel: ChatChannel, backend: ZaloBotBackend, server: FakeZaloBot, number: int, words: str
) -> None:
    server.script(refuse(number))
    error = failure(backend, artifact(channel))
    assert error.permanent
    assert words in str(error)


def test_too_many_is_waited_for_by_every_worker_though_zalo_names_no_time(
    channel: ChatChannel, backend: ZaloBotBackend, server: FakeZaloBot
) -> None:
    server.world.per_minute = 1
    backend.deliver(artifact(channel), BUNDLE)
    error = failure(backend, artifact(channel, "Tin khác."))
    assert (error.everyone, error.retry_after) == (True, timedelta(minutes=1))


def test_a_bot_that_was_removed_and_a_group_that_it_is_not_in_are_refused(
    channel: ChatChannel, backend: ZaloBotBackend, server: FakeZaloBot
) -> None:
    server.world.shut_out.add(CHAT)
    assert failure(backend, artifact(channel)).permanent
    assert "chat_id is invalid" in str(failure(backend, artifact(channel, address="la")))
    assert "has no address" in str(failure(backend, artifact(channel, address="")))
    assert not server.world.taken()


def test_nobody_answering_is_temporary_and_no_bot_says_what_to_set(
    channel: ChatChannel, remote_ids: MemoryRemoteIds
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        account = ZaloBotAccount("1:made-up-token", address)
        error = failure(ZaloBotBackend(account, remote_ids, FreeLimits()), artifact(channel))
    assert not error.permanent
    assert not error.unknown
    nobody = ZaloBotBackend(None, remote_ids, FreeLimits())
    assert "LOA_ZALO_BOT_TOKEN" in str(failure(nobody, artifact(channel)))
    assert not isinstance(nobody, Finds)
    assert not nobody.idempotent
    assert nobody.networked


def test_it_is_asked_who_it_is_and_a_wrong_token_is_told(
    backend: ZaloBotBackend, server: FakeZaloBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    backend.check()
    assert "getMe" in caplog.text
    assert "made-up-token" not in caplog.text
    server.world.token = "2:another"
    with pytest.raises(ChannelError, match="Zalo Bot Manager"):
        backend.check()


def test_chats_that_wrote_to_the_bot_are_listed_each_once(
    backend: ZaloBotBackend, server: FakeZaloBot
) -> None:
    for chat, name in ((CHAT, "Nhóm trưởng ấp"), ("rieng", "An"), (CHAT, "Nhóm trưởng ấp")):
        server.world.said(chat, name, "xin chào")
    assert heard_by(backend) == [
        Heard(CHAT, "group", "Nhóm trưởng ấp"),
        Heard("rieng", "private", "An"),
    ]
    assert heard_by(backend) == [], "Zalo tells each once"


def test_the_fake_refuses_what_zalo_refuses_with_http_200(server: FakeZaloBot) -> None:
    def answer(method: str, **given: str) -> tuple[int, int]:
        url = f"{server.base_url}/bot{server.world.token}/{method}"
        response = httpx.post(url, json=given)
        return response.status_code, response.json().get("error_code", 0)

    assert answer("sendMessage", chat_id=CHAT, text="ạ" * 2_000) == (200, 0)
    assert answer("sendMessage", chat_id=CHAT, text="ạ" * 2_001) == (200, 400)
    assert answer("sendMessage", chat_id=CHAT, text=" ") == (200, 400)
    assert answer("sendDocument", chat_id=CHAT) == (200, 404)
    assert answer("setWebhook", url="https://x.example", secret_token="ngan") == (200, 400)
    assert answer("getUpdates") == (200, 408)
    assert httpx.get(server.base_url).text.count("ạ" * 2_000) == 1


def test_the_pages_of_the_fakes_speak_the_readers_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "vi")
    zalo = World(tmp_path / "zalo.jsonl")
    pages = (
        page_of(BotWorld(tmp_path / "bot.jsonl")),
        home(zalo),
        consent(zalo, {}),
        agreed("http://x.example/?a=<b>"),
    )
    words = ("Bot Zalo giả", "Zalo giả, để thử", "Tôi đồng ý", "Chép địa chỉ này")
    assert [word in page for word, page in zip(words, pages, strict=True)] == [True] * 4
    assert "Taken" not in "".join(pages)
    assert "a=&lt;b&gt;" in pages[-1]
