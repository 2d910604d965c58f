"""Apprise as a way to chat groups, against a mail server and a JSON endpoint of the tests' own."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from support import builders
from support.builders import AWKWARD, FakeArtifacts, FreeLimits, MemoryRemoteIds, MemoryTokens
from support.kits import A5
from support.mail_server import MailServer, mail_server
from support.receiver import Receiver, receiver

from channels.apprising import Service
from channels.base import ChannelError, Finds
from channels.chat import ChatChannel, ChatOptions
from channels.chat.long_tail import AppriseBackend
from engine.clock import SimulatedClock
from engine.models import (
    Artifact,
    ChatGroup,
    File,
    GroupKind,
    Item,
    PlannedDelivery,
    Priority,
    Purpose,
)
from engine.settings import Settings, load_settings

HAMLET = builders.hamlet()
BUNDLE = builders.bundle("chat", "apprise", "thu")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def inbox() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def remote_ids() -> MemoryRemoteIds:
    return MemoryRemoteIds()


def channel_of(addresses: Mapping[str, str], remote_ids: MemoryRemoteIds) -> ChatChannel:
    return ChatChannel(
        outbox=Path("-"),
        remote_ids=remote_ids,
        tokens=MemoryTokens(),
        limits=FreeLimits(),
        clock=SimulatedClock(builders.NOW),
        telegram=None,
        apprise=addresses,
    )


def group(address: str = "thu_xa") -> ChatGroup:
    return ChatGroup("thu", "Thư", "email", "apprise", GroupKind.HAMLET, ("ap-1",), address=address)


def artifact(
    channel: ChatChannel,
    body: str = "Họp lúc 7 giờ.",
    *,
    flyer: bytes = b"",
    address: str = "thu_xa",
) -> Artifact:
    said = builders.content("chat", ChatOptions(), body=body)
    rendered = channel.render(channel.prepare(said, HAMLET, FakeArtifacts()))
    needs = {"flyer": File.of_bytes("f", "application/pdf", flyer)} if flyer else {}
    item = Item(
        1, HAMLET, said, File.of_bytes("m", rendered.media_type, rendered.data), needs=needs
    )
    return channel.assemble(BUNDLE, [item], builders.registry(chat_groups=(group(address),)))


def failure(channel: ChatChannel, made: Artifact, *secrets: str) -> ChannelError:
    """Deliver, expecting it to fail; no failure may name a secret."""
    with pytest.raises(ChannelError) as caught:
        channel.backends["apprise"].deliver(made, BUNDLE)
    error: BaseException | None = caught.value
    while error is not None:
        assert not [one for one in secrets if one in f"{error!s} {error!r}"]
        error = error.__cause__ or error.__context__
    return caught.value


def test_a_mail_carries_the_words_the_title_and_the_flyer(
    mail: MailServer, remote_ids: MemoryRemoteIds
) -> None:
    channel = channel_of({"thu_xa": mail.target()}, remote_ids)
    receipt = channel.backends["apprise"].deliver(artifact(channel, AWKWARD, flyer=A5), BUNDLE)
    (arrived,) = mail.taken
    assert arrived["Subject"] == "Thông báo tiêm vắc xin"
    assert arrived["To"] == "truong-ap@xa-mau.example"
    plain, *html = mail.texts()
    assert AWKWARD in plain
    assert all("&lt;b&gt;tiền&lt;/b&gt;" in one for one in html), "an author's marks are text"
    names = [part.get_filename() for part in arrived.iter_attachments()]
    assert names == ["to-roi-ap-1.png"]
    assert receipt.detail == {"service": "mailto", "messages": "1", "id": "no-id"}


def test_what_was_taken_is_not_sent_again_and_no_address_is_remembered(
    mail: MailServer, remote_ids: MemoryRemoteIds
) -> None:
    channel = channel_of({"thu_xa": mail.target()}, remote_ids)
    made = artifact(channel)
    first = channel.backends["apprise"].deliver(made, BUNDLE)
    assert channel.backends["apprise"].deliver(made, BUNDLE) == first
    assert len(mail.taken) == 1
    assert "mat-khau" not in repr(remote_ids.kept) + repr(first) + repr(made)


def test_a_service_that_takes_little_gets_numbered_parts_of_the_same_words(
    inbox: Receiver, remote_ids: MemoryRemoteIds, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = channel_of({"thu_xa": inbox.target}, remote_ids)
    monkeypatch.setattr("apprise.plugins.custom_json.NotifyJSON.body_maxlen", 160)
    body = "Mời bà con đi họp lúc 7 giờ 30. " * 20
    channel.backends["apprise"].deliver(artifact(channel, body), BUNDLE)
    assert len(inbox.taken) > 4
    assert all(len(one["message"]) <= 160 for one in inbox.taken)
    assert inbox.taken[0]["message"].startswith(f"(1/{len(inbox.taken)})")
    said = "".join(one["message"] for one in inbox.taken)
    assert said.count("Mời bà con") == 20


@pytest.mark.parametrize("extra", ["", "&optional=yes", "&retry=3"])
def test_what_a_service_refuses_is_in_doubt_once_whatever_its_address_says(
    inbox: Receiver, remote_ids: MemoryRemoteIds, extra: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    inbox.answers = [500] * 9
    channel = channel_of({"thu_xa": inbox.target + extra}, remote_ids)
    error = failure(channel, artifact(channel), "bi-mat-cua-toi", "thong-bao")
    assert error.unknown
    assert "thu_xa" in str(error)
    assert inbox.refused == 1
    assert not remote_ids.kept
    assert "bi-mat" not in caplog.text


def test_a_mail_server_that_hangs_up_after_taking_leaves_it_in_doubt(
    mail: MailServer, remote_ids: MemoryRemoteIds
) -> None:
    mail.drops_after = True
    channel = channel_of({"thu_xa": mail.target()}, remote_ids)
    assert failure(channel, artifact(channel), "mat-khau-thu").unknown
    assert len(mail.taken) == 1


def test_a_server_that_is_not_there_is_a_temporary_failure(remote_ids: MemoryRemoteIds) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        target = f"mailto://xa:mat-khau-thu@127.0.0.1:{port}/?from=a@b.example&to=a@b.example&mode=insecure"
        channel = channel_of({"thu_xa": target}, remote_ids)
        error = failure(channel, artifact(channel), "mat-khau-thu")
    assert not error.permanent
    assert not error.unknown
    backend = channel.backends["apprise"]
    assert isinstance(backend, AppriseBackend)
    with pytest.raises(ChannelError, match="cannot be reached"):
        backend.check()


def test_nothing_set_up_and_an_address_that_is_none_say_what_to_write(
    remote_ids: MemoryRemoteIds,
) -> None:
    channel = channel_of({"thu_xa": "khong-co://bi-mat"}, remote_ids)
    missing = failure(channel, artifact(channel, address="khac"))
    assert missing.permanent
    assert "[apprise.khac]" in str(missing)
    wrong = failure(channel, artifact(channel), "bi-mat")
    assert wrong.permanent
    assert "[apprise.thu_xa]: khong-co://…" in str(wrong)
    by_id = failure(channel, artifact(channel, address=""))
    assert "[apprise.thu]" in str(by_id), "a group without an address is named by its id"


def test_it_promises_no_more_than_it_can_do_and_the_plan_says_so(
    remote_ids: MemoryRemoteIds,
) -> None:
    channel = channel_of({}, remote_ids)
    backend = channel.backends["apprise"]
    assert (backend.idempotent, backend.networked) == (False, True)
    assert not isinstance(backend, Finds)
    planned = [
        PlannedDelivery(
            hamlet_id="ap-1",
            channel="chat",
            backend=name,
            target=f"nhom-{name}",
            slot=builders.NOW,
            asap=True,
            purpose=Purpose.NOTICE,
            content_hash="0" * 64,
            priority=Priority.ROUTINE,
            households=1,
            work_at=builders.NOW,
            expires_at=builders.NOW,
        )
        for name in channel.backends
    ]
    said = builders.content("chat", ChatOptions())
    doubts = channel.foresee([(one, said) for one in planned], builders.registry()).doubts
    assert [doubt.partition(":")[0] for doubt in doubts] == ["nhom-apprise", "nhom-zalo_bot"]
    assert "gives no message's id" in doubts[0]
    assert "on trial" in doubts[1]


def test_addresses_come_from_files_that_variables_name(tmp_path: Path) -> None:
    (tmp_path / "loa.toml").write_text('[apprise.thu_xa]\nurl_file = "thu.txt"\n')
    (tmp_path / "thu.txt").write_text("mailto://a:b@c.example\n")
    (tmp_path / "sms.txt").write_text("json://sms.example\n")
    found = load_settings(tmp_path, {"LOA_APPRISE_SMS_XA_URL_FILE": str(tmp_path / "sms.txt")})
    assert {name: one.url for name, one in found.apprise.items()} == {
        "thu_xa": "mailto://a:b@c.example",
        "sms_xa": "json://sms.example",
    }
    assert "mailto" not in repr(found.apprise)
    assert Settings().apprise == {}


def test_only_machines_of_ones_own_are_looked_for() -> None:
    """The "host" of other services may be a token, which no name server is to see."""
    assert not Service("tgram://123456789:abcdefg_hijklmnop/12315544/").is_away(0.1)
