"""Telegram's groups: topics, files beside the text, groups that move or shut the bot out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support import builders
from support.builders import FakeArtifacts, FreeLimits, MemoryRemoteIds, MemoryTokens
from support.fake_telegram import TOKEN, FakeTelegram, refuse, too_many
from support.kits import A5

from channels.base import ChannelError
from channels.chat import ChatChannel, ChatOptions, TelegramAccount
from engine.clock import SimulatedClock
from engine.models import Artifact, Attachment, ChatGroup, File, GroupKind, Item
from engine.models.telegram_address import TelegramAddress, moved_key

HAMLET = builders.hamlet()
BUNDLE = builders.bundle("chat", "telegram", "tele")
CHAT = "-100123"


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeTelegram]:
    with FakeTelegram(log=tmp_path / "telegram.jsonl", chats={CHAT, "-100999"}) as running:
        yield running


@pytest.fixture
def remote_ids() -> MemoryRemoteIds:
    return MemoryRemoteIds()


@pytest.fixture
def limits() -> FreeLimits:
    return FreeLimits()


@pytest.fixture
def channel(
    server: FakeTelegram, remote_ids: MemoryRemoteIds, limits: FreeLimits
) -> Iterator[ChatChannel]:
    made = ChatChannel(
        outbox=Path("-"),
        remote_ids=remote_ids,
        tokens=MemoryTokens(),
        limits=limits,
        clock=SimulatedClock(builders.NOW),
        telegram=TelegramAccount(server.base_url, TOKEN, timeout=5),
    )
    yield made
    made.close()


def artifact(
    channel: ChatChannel,
    *,
    address: str = CHAT,
    flyer: bytes = b"",
    attachments: tuple[tuple[Attachment, Path], ...] = (),
) -> Artifact:
    said = builders.content("chat", ChatOptions(), attachments=tuple(one for one, _ in attachments))
    rendered = channel.render(channel.prepare(said, HAMLET, FakeArtifacts()))
    needs = {"flyer": File.of_bytes("f", "application/pdf", flyer)} if flyer else {}
    item = Item(
        1,
        HAMLET,
        said,
        File.of_bytes("m", rendered.media_type, rendered.data),
        needs=needs,
        attachments={one.sha256: path for one, path in attachments},
    )
    group = ChatGroup(
        "tele", "Nhóm T", "telegram", "telegram", GroupKind.HAMLET, ("ap-1",), address=address
    )
    return channel.assemble(BUNDLE, [item], builders.registry(chat_groups=(group,)))


def failure(channel: ChatChannel, made: Artifact) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.backends["telegram"].deliver(made, BUNDLE)
    return caught.value


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("-1001234567890", TelegramAddress("-1001234567890")),
        (" -100123/15 ", TelegramAddress("-100123", 15)),
        ("@xa_mau/7", TelegramAddress("@xa_mau", 7)),
        ("-100123/1", TelegramAddress("-100123")),  # "General" has no number of its own
        ("123456", TelegramAddress("123456")),
        ("-100123/", None),
        ("-100123/0", None),
        ("https://t.me/xa_mau", None),
        ("Nhóm trưởng ấp", None),
        ("", None),
    ],
)
def test_an_address_is_a_chat_and_maybe_a_topic(written: str, read: TelegramAddress | None) -> None:
    assert TelegramAddress.of(written) == read


def test_a_message_goes_into_the_topic_and_counts_for_its_group(
    channel: ChatChannel, server: FakeTelegram, limits: FreeLimits
) -> None:
    server.topics[CHAT] = {15}
    channel.backends["telegram"].deliver(artifact(channel, address=f"{CHAT}/15"), BUNDLE)
    (message,) = server.accepted()
    assert (message["chat_id"], message["message_thread_id"]) == (CHAT, 15)
    assert limits.taken[0].key.endswith(f"/{CHAT}")


def test_the_topic_general_is_written_to_without_a_number(
    channel: ChatChannel, server: FakeTelegram
) -> None:
    server.topics[CHAT] = {15}
    channel.backends["telegram"].deliver(artifact(channel, address=f"{CHAT}/1"), BUNDLE)
    assert "message_thread_id" not in server.accepted()[0]


def test_a_topic_that_is_gone_and_an_address_that_is_none_are_named(
    channel: ChatChannel, server: FakeTelegram
) -> None:
    server.topics[CHAT] = {15}
    gone = failure(channel, artifact(channel, address=f"{CHAT}/16"))
    assert gone.permanent
    assert "no such topic" in str(gone)
    assert f"{CHAT}/16" in str(gone)
    none = failure(channel, artifact(channel, address="t.me/nhom"))
    assert none.permanent
    assert "t.me/nhom" in str(none)


def test_the_flyer_follows_as_a_picture_and_attachments_as_documents_once(
    channel: ChatChannel, server: FakeTelegram, tmp_path: Path
) -> None:
    paths = {"don.pdf": b"%PDF-1.4 mau", "loi.mp3": b"ID3 tieng noi"}
    kept = []
    for name, data in paths.items():
        (tmp_path / name).write_bytes(data)
        kind = "application/pdf" if name.endswith("pdf") else "audio/mpeg"
        kept.append((builders.attachment_of(tmp_path / name, kind), tmp_path / name))
    made = artifact(channel, flyer=A5, attachments=tuple(kept))
    receipt = channel.backends["telegram"].deliver(made, BUNDLE)
    text, photo, *documents = server.accepted()
    assert receipt.reference == str(text["message_id"])
    assert receipt.detail["messages"] == "1 2 3 4"
    assert photo["text"] == "Ấp 1"
    assert photo["photo"].startswith("to-roi-ap-1.png ")
    assert [one["document"].split()[1] for one in documents] == [
        hashlib.sha256(data).hexdigest() for data in paths.values()
    ]
    assert channel.backends["telegram"].deliver(made, BUNDLE) == receipt
    assert len(server.accepted()) == 4


def test_a_picture_that_telegram_cannot_show_goes_as_a_document(
    channel: ChatChannel, server: FakeTelegram
) -> None:
    server.script(refuse(404, "x"))  # used up by the first try, which fails for good
    assert failure(channel, artifact(channel)).permanent
    made = artifact(channel, flyer=A5)
    backend = channel.backends["telegram"]
    backend.deliver(artifact(channel), BUNDLE)
    server.script(refuse(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"))
    backend.deliver(made, BUNDLE)
    assert "document" in server.accepted()[-1]
    assert "photo" not in server.accepted()[-1]


def test_a_broken_line_between_text_and_picture_sends_only_the_picture_again(
    channel: ChatChannel, server: FakeTelegram
) -> None:
    made = artifact(channel, flyer=A5)
    channel.backends["telegram"].deliver(artifact(channel), BUNDLE)
    server.script(too_many(3))
    assert failure(channel, made).retry_after == timedelta(seconds=3)
    channel.backends["telegram"].deliver(made, BUNDLE)
    assert len(server.accepted()) == 2


def test_a_group_that_became_a_supergroup_is_followed_and_its_new_address_known(
    channel: ChatChannel, server: FakeTelegram, remote_ids: MemoryRemoteIds
) -> None:
    server.moved[CHAT] = "-100999"
    receipt = channel.backends["telegram"].deliver(artifact(channel), BUNDLE)
    assert [message["chat_id"] for message in server.accepted()] == ["-100999"]
    assert receipt.detail["moved_to"] == "-100999"
    assert remote_ids.get(moved_key(CHAT)) == "-100999"
    asked = len(server.asked_at)
    later = builders.bundle("chat", "telegram", "tele", edition=2)
    channel.backends["telegram"].deliver(artifact(channel), later)
    assert len(server.asked_at) == asked + 1, "the old address is not asked again"


def test_a_bot_that_was_removed_tells_a_person_and_goes_on_when_it_is_back(
    channel: ChatChannel, server: FakeTelegram
) -> None:
    server.kicked.add(CHAT)
    error = failure(channel, artifact(channel))
    assert error.permanent
    assert "add it to the group again" in str(error)
    assert server.accepted() == []
    server.kicked.clear()
    channel.backends["telegram"].deliver(artifact(channel), BUNDLE)
    assert len(server.accepted()) == 1


def test_being_told_to_wait_is_meant_for_every_worker(
    channel: ChatChannel, server: FakeTelegram
) -> None:
    server.script(too_many(37))
    error = failure(channel, artifact(channel))
    assert (error.everyone, error.retry_after) == (True, timedelta(seconds=37))
