"""Telegram takes each part once, and says in words what went wrong."""

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from support import builders
from support.builders import AWKWARD, FakeArtifacts, FreeLimits, MemoryRemoteIds, MemoryTokens
from support.fake_telegram import TOKEN, FakeTelegram, Habit, Script, refuse, too_many

from channels.base import ChannelError, Finds
from channels.chat import ChatChannel, ChatOptions, TelegramAccount, TelegramBackend
from engine.clock import SimulatedClock
from engine.models import Artifact, ChatGroup, File, GroupKind, Item, Receipt

HAMLET = builders.hamlet()
BUNDLE = builders.bundle("chat", "telegram", "tele")
ADDRESS = "-100123"
LONG = "Mời bà con đi họp lúc 7 giờ 30. " * 300


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeTelegram]:
    with FakeTelegram(log=tmp_path / "telegram.jsonl", chats={ADDRESS}) as running:
        yield running


@pytest.fixture
def remote_ids() -> MemoryRemoteIds:
    return MemoryRemoteIds()


@pytest.fixture
def backend(server: FakeTelegram, remote_ids: MemoryRemoteIds) -> Iterator[TelegramBackend]:
    made = TelegramBackend(
        TelegramAccount(server.base_url, TOKEN, timeout=5), remote_ids, FreeLimits()
    )
    yield made
    made.close()


def artifact(
    body: str = "Họp lúc 7 giờ.", address: str = ADDRESS, also: tuple[str, str] | None = None
) -> Artifact:
    """Assemble one campaign's message, and ``also`` another's (id, body)."""
    channel = ChatChannel(
        outbox=Path("-"),
        remote_ids=MemoryRemoteIds(),
        tokens=MemoryTokens(),
        limits=FreeLimits(),
        clock=SimulatedClock(builders.NOW),
        telegram=None,
    )
    items = []
    for number, (campaign, text) in enumerate(filter(None, (("thong-bao-mau", body), also))):
        said = builders.content("chat", ChatOptions(), body=text, campaign_id=campaign)
        rendered = channel.render(channel.prepare(said, HAMLET, FakeArtifacts()))
        file = File.of_bytes("m", rendered.media_type, rendered.data)
        items.append(Item(number, HAMLET, said, file))
    group = ChatGroup(
        "tele", "Nhóm T", "telegram", "telegram", GroupKind.HAMLET, ("ap-1",), address=address
    )
    return channel.assemble(BUNDLE, items, builders.registry(chat_groups=(group,)))


def texts(made: Artifact) -> list[str]:
    return [part["text"] for part in json.loads(made.named("messages.json").read())["parts"]]


def arrived(server: FakeTelegram) -> list[str]:
    return [message["text"] for message in server.accepted()]


def failure(backend: TelegramBackend, made: Artifact) -> ChannelError:
    """Deliver, expecting it to fail; no failure may name the token."""
    with pytest.raises(ChannelError) as caught:
        backend.deliver(made, BUNDLE)
    error: BaseException | None = caught.value
    while error is not None:
        assert TOKEN not in f"{error!s} {error!r}"
        error = error.__cause__ or error.__context__
    return caught.value


def kind(error: ChannelError) -> str:
    if error.unknown:
        return "unknown"
    return "permanent" if error.permanent else "temporary"


def of_parts(remote_ids: MemoryRemoteIds) -> dict[str, str]:
    """Return what is remembered of parts, without which message a correction replies to."""
    return {k: v for k, v in remote_ids.kept.items() if not k.startswith("telegram/")}


def test_a_message_arrives_as_it_was_written_and_its_id_comes_back(
    backend: TelegramBackend, server: FakeTelegram, remote_ids: MemoryRemoteIds
) -> None:
    made = artifact(AWKWARD)
    receipt = backend.deliver(made, BUNDLE)
    assert receipt == Receipt("1", {"chat": ADDRESS, "messages": "1"})
    assert server.accepted() == [{"message_id": 1, "chat_id": ADDRESS, "text": texts(made)[0]}]
    assert AWKWARD in arrived(server)[0]
    ((key, value),) = of_parts(remote_ids).items()
    assert key.startswith(f"{BUNDLE.key}/thong-bao-mau-1/")
    assert value == "1"


def test_parts_arrive_in_order_and_each_id_is_remembered(
    backend: TelegramBackend, server: FakeTelegram, remote_ids: MemoryRemoteIds
) -> None:
    made = artifact(LONG)
    receipt = backend.deliver(made, BUNDLE)
    assert arrived(server) == texts(made)
    assert receipt.detail["messages"] == "1 2 3"
    assert list(of_parts(remote_ids).values()) == ["1", "2", "3"]


def test_emoji_at_the_limit_are_taken_because_both_sides_count_alike(
    backend: TelegramBackend, server: FakeTelegram
) -> None:
    made = artifact("👨‍👩‍👧‍👦" * 1500)
    backend.deliver(made, BUNDLE)
    assert arrived(server) == texts(made)


def test_being_told_to_wait_is_temporary_and_says_how_long(
    backend: TelegramBackend, server: FakeTelegram
) -> None:
    server.script(too_many(37))
    error = failure(backend, artifact())
    assert (kind(error), error.retry_after) == ("temporary", timedelta(seconds=37))
    assert server.accepted() == []


def test_a_retry_resumes_at_the_first_part_that_was_not_accepted(
    backend: TelegramBackend, server: FakeTelegram
) -> None:
    made = artifact(LONG)
    accepting = Script(Habit.PLAIN)
    server.script(accepting, too_many(1))
    assert kind(failure(backend, made)) == "temporary"
    assert arrived(server) == texts(made)[:1]
    receipt = backend.deliver(made, BUNDLE)
    assert arrived(server) == texts(made)
    assert receipt.detail["messages"] == "1 2 3"


def test_what_was_accepted_in_another_process_is_not_sent_again(
    backend: TelegramBackend, server: FakeTelegram, remote_ids: MemoryRemoteIds
) -> None:
    first = backend.deliver(artifact(), BUNDLE)
    other = TelegramBackend(TelegramAccount("http://127.0.0.1:9", TOKEN), remote_ids, FreeLimits())
    assert other.deliver(artifact(), BUNDLE) == first
    assert len(server.accepted()) == 1


def test_what_joined_before_the_retry_is_sent_and_what_arrived_is_not_sent_again(
    backend: TelegramBackend, server: FakeTelegram
) -> None:
    alone, joined = artifact(), artifact(also=("a-tin-chen", "Tin chen."))
    backend.deliver(alone, BUNDLE)
    backend.deliver(joined, BUNDLE)
    assert texts(joined)[1:] == texts(alone)
    assert arrived(server) == [*texts(alone), texts(joined)[0]]


def test_a_part_whose_words_changed_before_the_retry_is_sent(
    backend: TelegramBackend, server: FakeTelegram
) -> None:
    for body in ("Họp lúc 7 giờ.", "Họp lúc 8 giờ."):
        backend.deliver(artifact(body), BUNDLE)
    assert arrived(server) == [
        *texts(artifact("Họp lúc 7 giờ.")),
        *texts(artifact("Họp lúc 8 giờ.")),
    ]


def test_a_token_is_quoted_into_the_address(tmp_path: Path) -> None:
    token = "1:x?y#z/ạ"
    with FakeTelegram(log=tmp_path / "log", token=token) as server:
        backend = TelegramBackend(
            TelegramAccount(server.base_url, token, 5), MemoryRemoteIds(), FreeLimits()
        )
        backend.deliver(artifact(), BUNDLE)
        backend.close()
        assert len(server.accepted()) == 1


def test_a_new_edition_of_the_bundle_is_a_new_message(
    backend: TelegramBackend, server: FakeTelegram
) -> None:
    backend.deliver(artifact(), BUNDLE)
    backend.deliver(artifact(), builders.bundle("chat", "telegram", "tele", edition=2))
    assert len(server.accepted()) == 2


@pytest.mark.parametrize(
    ("habit", "taken"),
    [
        (Habit.DROP_BEFORE, 0),
        (Habit.DROP_AFTER, 1),
        (Habit.HALF_BODY, 1),
        (Habit.NOT_JSON, 1),
        (Habit.NO_RESULT, 1),
        (refuse(500, "Internal Server Error"), 0),
        (refuse(502, "Bad Gateway"), 0),
    ],
)
def test_whoever_cannot_know_says_so(
    backend: TelegramBackend, server: FakeTelegram, habit: Habit | Script, taken: int
) -> None:
    server.script(habit)
    assert kind(failure(backend, artifact())) == "unknown"
    assert len(server.accepted()) == taken


def test_silence_after_the_message_left_is_unknown(
    server: FakeTelegram, remote_ids: MemoryRemoteIds
) -> None:
    server.script(Habit.HANG_AFTER)
    backend = TelegramBackend(
        TelegramAccount(server.base_url, TOKEN, timeout=1), remote_ids, FreeLimits()
    )
    assert kind(failure(backend, artifact())) == "unknown"
    assert len(server.accepted()) == 1
    assert remote_ids.kept == {}
    backend.close()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (refuse(401, "Unauthorized"), "token"),
        (refuse(404, "Not Found"), "token"),
        (refuse(403, "Forbidden: bot was kicked from the supergroup chat"), "add it to the group"),
        (refuse(400, "Bad Request: chat not found"), "add the bot to the group"),
        (refuse(400, "Bad Request: message thread not found"), "no such topic"),
        (refuse(400, "Bad Request: TOPIC_CLOSED"), "open it again"),
        (
            refuse(400, "Bad Request: not enough rights to send text messages to the chat"),
            "let it send messages",
        ),
        (refuse(400, "Bad Request: message is too long"), "message is too long"),
        (refuse(413, "Request Entity Too Large"), "413"),
        (refuse(400, f"no such path /bot{TOKEN}/sendMessage"), r"/bot\*\*\*/sendMessage"),
    ],
)
def test_what_a_person_must_mend_is_permanent_and_said_in_words(
    backend: TelegramBackend,
    server: FakeTelegram,
    monkeypatch: pytest.MonkeyPatch,
    script: Script,
    words: str,
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    server.script(script)
    error = failure(backend, artifact())
    assert kind(error) == "permanent"
    assert re.search(words, str(error))
    assert server.accepted() == []


def test_a_wrong_token_and_an_unknown_chat_are_refused_by_the_far_side_itself(
    server: FakeTelegram, remote_ids: MemoryRemoteIds
) -> None:
    wrong = TelegramBackend(
        TelegramAccount(server.base_url, "1:wrong/../x", 5), remote_ids, FreeLimits()
    )
    assert kind(failure(wrong, artifact())) == "permanent"
    wrong.close()
    right = TelegramBackend(TelegramAccount(server.base_url, TOKEN, 5), remote_ids, FreeLimits())
    assert kind(failure(right, artifact(address="-5"))) == "permanent"
    right.close()


def test_telegram_promises_no_more_than_it_can_do(backend: TelegramBackend) -> None:
    assert not isinstance(backend, Finds)
    assert not backend.idempotent
    assert backend.networked


def test_a_group_without_address_is_named(backend: TelegramBackend, server: FakeTelegram) -> None:
    error = failure(backend, artifact(address=""))
    assert kind(error) == "permanent"
    assert "tele" in str(error)


@pytest.mark.parametrize("account", [None, TelegramAccount("https://x.invalid", "")])
def test_without_a_bot_the_error_says_what_to_set(
    remote_ids: MemoryRemoteIds, account: TelegramAccount | None
) -> None:
    error = failure(TelegramBackend(account, remote_ids, FreeLimits()), artifact())
    assert kind(error) == "permanent"
    assert "LOA_TELEGRAM_TOKEN" in str(error)


def test_nobody_answering_is_temporary_because_nothing_was_sent(
    remote_ids: MemoryRemoteIds,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        backend = TelegramBackend(TelegramAccount(address, TOKEN, 5), remote_ids, FreeLimits())
        error = failure(backend, artifact())
        backend.close()
    assert kind(error) == "temporary"
    assert error.retry_after is None


@pytest.mark.parametrize("address", ["api.telegram.org", "", "ftp://x", "http://[::bad"])
def test_an_address_that_is_none_is_permanent(remote_ids: MemoryRemoteIds, address: str) -> None:
    backend = TelegramBackend(TelegramAccount(address, TOKEN, 5), remote_ids, FreeLimits())
    assert kind(failure(backend, artifact())) == "permanent"
    backend.close()


def test_a_base_address_may_end_with_a_slash(
    server: FakeTelegram, remote_ids: MemoryRemoteIds
) -> None:
    backend = TelegramBackend(
        TelegramAccount(f"{server.base_url}/", TOKEN, 5), remote_ids, FreeLimits()
    )
    assert backend.deliver(artifact(), BUNDLE).reference == "1"
    backend.close()


def test_the_token_is_in_no_log_and_no_repr(
    backend: TelegramBackend, server: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    receipt = backend.deliver(artifact(), BUNDLE)
    assert "sendMessage" in caplog.text  # something was logged, so the next line means something
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(receipt)
    assert TOKEN not in repr(TelegramAccount(server.base_url, TOKEN))


def test_a_closed_backend_opens_again_when_it_is_needed(
    backend: TelegramBackend, server: FakeTelegram
) -> None:
    backend.close()
    backend.deliver(artifact(), BUNDLE)
    backend.close()
    backend.close()
    assert len(server.accepted()) == 1


def test_the_fake_refuses_what_telegram_refuses(server: FakeTelegram) -> None:
    def answer(text: str, chat: str = ADDRESS, token: str = TOKEN) -> tuple[int, str]:
        response = httpx.post(
            f"{server.base_url}/bot{token}/sendMessage", data={"chat_id": chat, "text": text}
        )
        return response.status_code, response.json().get("description", "")

    assert answer("😀" * 2048) == (200, "")
    assert answer("😀" * 2048 + "a") == (400, "Bad Request: message is too long")
    assert answer(" \n ") == (400, "Bad Request: message text is empty")
    assert answer("a", chat="-9") == (400, "Bad Request: chat not found")
    assert answer("a", token="1:x") == (401, "Unauthorized")
    assert httpx.get(f"{server.base_url}/bot{TOKEN}/getMe").json()["result"]["is_bot"]
    assert httpx.post(f"{server.base_url}/bot{TOKEN}/getMessages").status_code == 404
    assert len(server.accepted()) == 1


def test_the_fake_serves_other_processes_and_goes_on_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "telegram.jsonl"
    for expected in ("1", "2"):
        with subprocess.Popen(
            [sys.executable, "-m", "support.fake_telegram", "--log", log, "--script", "429:3"],
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": ""},
            text=True,
        ) as process:
            assert process.stdout is not None
            address = f"http://127.0.0.1:{int(process.stdout.readline())}"
            backend = TelegramBackend(
                TelegramAccount(address, TOKEN, 5), MemoryRemoteIds(), FreeLimits()
            )
            assert failure(backend, artifact()).retry_after == timedelta(seconds=3)
            assert backend.deliver(artifact(), BUNDLE).reference == expected
            backend.close()
            process.send_signal(signal.SIGTERM)
    assert len(log.read_text().splitlines()) == 2
