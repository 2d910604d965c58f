"""Zalo takes each message once; errors with HTTP 200 are told apart and say what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support import builders, zalo
from support.builders import AWKWARD, FakeArtifacts, FreeLimits, MemoryRemoteIds
from support.kits import A5
from support.zalo import GROUP, FarSide

from channels.base import ChannelError, Expires, Finds, endpoint_of
from channels.chat import ChatChannel, ChatOptions
from channels.chat.bots.habits import Habit, Script, refuse
from channels.chat.zalo.errors import Act, act_of
from channels.chat.zalo.group import ZaloGroupBackend
from engine.models import (
    Artifact,
    Attachment,
    ChatGroup,
    Content,
    File,
    GroupKind,
    Item,
    Receipt,
)

HAMLET = builders.hamlet()
BUNDLE = builders.bundle("chat", "zalo", "oa")
SEND = "/group/message"
UNCLEAR = (Habit.DROP_AFTER, Habit.HALF_BODY, Habit.NOT_JSON, Habit.NO_RESULT)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def far(tmp_path: Path) -> Iterator[FarSide]:
    with zalo.far_side(tmp_path) as running:
        yield running


@pytest.fixture
def remote_ids() -> MemoryRemoteIds:
    return MemoryRemoteIds()


@pytest.fixture
def channel(far: FarSide, remote_ids: MemoryRemoteIds) -> Iterator[ChatChannel]:
    made = ChatChannel(
        outbox=Path("-"),
        remote_ids=remote_ids,
        tokens=far.tokens,
        limits=FreeLimits(),
        clock=far.clock,
        telegram=None,
        zalo=far.account,
    )
    yield made
    made.close()


@pytest.fixture
def backend(channel: ChatChannel) -> ZaloGroupBackend:
    return channel.zalo


def artifact(
    channel: ChatChannel,
    body: str = "Họp lúc 7 giờ.",
    *,
    address: str = GROUP,
    flyer: bytes = b"",
    attachments: tuple[tuple[Attachment, Path], ...] = (),
) -> Artifact:
    """Assemble one campaign's message for the account's group."""
    content: Content = builders.content(
        "chat", ChatOptions(), body=body, attachments=tuple(one for one, _path in attachments)
    )
    rendered = channel.render(channel.prepare(content, HAMLET, FakeArtifacts()))
    file = File.of_bytes("m", rendered.media_type, rendered.data)
    needs = {"flyer": File.of_bytes("f", "application/pdf", flyer)} if flyer else {}
    paths = {one.sha256: path for one, path in attachments}
    item = Item(1, HAMLET, content, file, needs=needs, attachments=paths)
    group = ChatGroup("oa", "Nhóm OA", "zalo", "zalo", GroupKind.HEADS, ("ap-1",), address=address)
    return channel.assemble(BUNDLE, [item], builders.registry(chat_groups=(group,)))


def texts(far: FarSide) -> list[str]:
    return [one["text"] for one in far.arrived()]


def failure(backend: ZaloGroupBackend, made: Artifact) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        backend.deliver(made, BUNDLE)
    return caught.value


def test_a_message_arrives_once_and_is_remembered(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    made = artifact(channel, AWKWARD)
    receipt = backend.deliver(made, BUNDLE)
    (arrived,) = far.arrived()
    assert (arrived["group_id"], arrived["message_id"]) == (GROUP, receipt.reference)
    assert AWKWARD.splitlines()[0] in arrived["text"]
    assert backend.deliver(made, BUNDLE) == receipt
    assert len(far.arrived()) == 1
    assert not backend.idempotent
    assert not isinstance(backend, Finds)


def test_long_texts_are_split_after_nfc_and_mentions_are_only_text(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    body = unicodedata.normalize("NFD", "Ấp ta họp nhé bà con. " * 300) + "[@all] xin chào"
    backend.deliver(artifact(channel, body), BUNDLE)
    arrived = texts(far)
    assert len(arrived) > 1
    assert all(len(one) <= 2_000 and unicodedata.is_normalized("NFC", one) for one in arrived)
    assert "[@" not in "".join(arrived)
    assert "all] xin chào" in "".join(arrived)


def test_picture_of_the_flyer_and_documents_follow_the_text_and_sound_stays_out(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide, tmp_path: Path
) -> None:
    kept = []
    for name, media_type in (("Mẫu.pdf", "application/pdf"), ("Lời.mp3", "audio/mpeg")):
        path = tmp_path / name
        path.write_bytes(name.encode())
        file = File.of_bytes(name, media_type, path.read_bytes())
        kept.append((Attachment(name, media_type, file.sha256, file.size), path))
    receipt = backend.deliver(artifact(channel, flyer=A5, attachments=tuple(kept)), BUNDLE)
    text, picture, document = far.arrived()
    assert "Họp lúc 7 giờ." in text["text"]
    assert picture["image"].startswith("to-roi-ap-1.png ")
    assert picture["text"] == HAMLET.name
    assert document["file"].endswith(kept[0][0].sha256)
    assert receipt.detail["left_out"].endswith(".mp3")


def test_what_was_taken_before_a_break_is_not_sent_again(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    made = artifact(channel, "Mời bà con đi họp lúc 7 giờ 30. " * 150)
    far.fake.script(Script(Habit.PLAIN, path=SEND), Script(Habit.DROP_BEFORE, path=SEND))
    assert failure(backend, made).unknown, "nobody can tell whether a broken line passed it on"
    assert len(texts(far)) == 1
    backend.deliver(made, BUNDLE)
    arrived = texts(far)
    assert len(arrived) == len(set(arrived)) > 1


@pytest.mark.parametrize("habit", UNCLEAR)
def test_an_unclear_answer_leaves_it_to_a_person(
    habit: Habit, channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    far.fake.script(Script(habit, path=SEND))
    error = failure(backend, artifact(channel))
    assert (error.unknown, error.permanent) == (True, False)
    assert len(texts(far)) == 1


@pytest.mark.parametrize(
    "number", [-204, -209, -212, -219, -221, -224, -235, -237, -320, -321, -403]
)
def test_what_a_person_must_mend_is_not_tried_again(
    number: int, channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    far.fake.script(refuse(number, SEND))
    error = failure(backend, artifact(channel))
    assert error.permanent
    assert str(number) in str(error)
    assert not far.arrived()


@pytest.mark.parametrize(
    ("number", "wait"),
    [(-32, timedelta(minutes=1)), (-211, timedelta(hours=16, minutes=5)), (-9999, None)],
)
def test_what_passes_by_itself_is_waited_for(
    number: int,
    wait: timedelta | None,
    channel: ChatChannel,
    backend: ZaloGroupBackend,
    far: FarSide,
) -> None:
    """It is 8 in the morning: a new day of the quota begins in sixteen hours."""
    far.fake.script(refuse(number, SEND))
    error = failure(backend, artifact(channel))
    assert (error.permanent, error.unknown, error.retry_after) == (False, False, wait)
    backend.deliver(artifact(channel), BUNDLE)
    assert len(far.arrived()) == 1


@pytest.mark.parametrize(
    ("status", "unknown"), [(404, False), (413, False), (429, False), (500, True), (502, True)]
)
def test_a_gateway_that_refuses_took_nothing_and_one_that_breaks_may_have(
    status: int, unknown: bool, channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    far.fake.script(Script(Habit.BREAK, status, SEND))
    error = failure(backend, artifact(channel))
    assert (error.unknown, error.permanent) == (unknown, False)
    assert (error.retry_after == timedelta(minutes=1)) == (status == 429)


def test_a_group_that_ended_names_the_way_out(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    far.world.groups[GROUP].open = False
    error = failure(backend, artifact(channel))
    assert error.permanent
    assert "loa zalo groups" in str(error)


def test_an_upload_that_expired_is_made_again_without_a_person(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    backend.deliver(artifact(channel, flyer=A5), BUNDLE)
    far.fake.script(Script(Habit.PLAIN, path=SEND), refuse(-100, SEND))
    backend.deliver(artifact(channel, "Tin khác.", flyer=A5), replace(BUNDLE, id=8))
    uploads = [path for path in far.fake.asked if "/upload/" in path]
    assert len(uploads) == 2
    assert len(far.arrived()) == 4


def test_uploads_are_shared_until_they_are_old(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    def say(number: int) -> Receipt:
        made = artifact(channel, f"Tin {number}.", flyer=A5)
        return backend.deliver(made, replace(BUNDLE, id=number))

    say(1)
    say(2)
    assert sum("/upload/" in path for path in far.fake.asked) == 1
    far.clock.advance_to(far.clock.now() + timedelta(days=6))
    say(3)
    assert sum("/upload/" in path for path in far.fake.asked) == 2
    assert sum("image" in one for one in far.arrived()) == 3


def test_groups_without_address_or_account_say_what_to_write(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    error = failure(backend, artifact(channel, address=""))
    assert error.permanent
    assert "loa zalo groups" in str(error)
    nobody = ZaloGroupBackend(
        None,
        tokens=far.tokens,
        remote_ids=MemoryRemoteIds(),
        limits=FreeLimits(),
        clock=far.clock,
    )
    error = failure(nobody, artifact(channel))
    assert error.permanent
    assert "[zalo." in str(error)
    assert nobody.expires_at() is None
    assert isinstance(nobody, Expires)


def test_nothing_that_fails_names_a_secret(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    pair = far.tokens.get(far.account.key)
    assert pair is not None
    far.world.void_access()
    far.world.void_refresh()
    error = failure(backend, artifact(channel))
    shown = f"{error} {far.account} {pair} {caplog.text}"
    for secret in (pair.access, pair.refresh, far.account.app_secret):
        assert secret not in shown


def test_every_number_of_the_reference_asks_for_one_thing() -> None:
    assert {act_of(number) for number in (-216, -220)} == {Act.RENEW}
    assert act_of(-214) is Act.WAIT_PROCESSING
    assert act_of(-234) is Act.WAIT_MORNING
    assert act_of(-100) is Act.UPLOAD
    assert {act_of(n) for n in (-201, -213, -217, -230, -233, -244, -248)} == {Act.PERMANENT}
    assert act_of(-1) is Act.AGAIN


def test_a_minute_that_is_full_is_waited_for_by_every_worker_of_that_account(
    channel: ChatChannel, backend: ZaloGroupBackend, far: FarSide
) -> None:
    far.fake.script(refuse(-32, SEND))
    with pytest.raises(ChannelError) as caught:
        backend.deliver(artifact(channel), BUNDLE)
    assert (caught.value.everyone, caught.value.retry_after) == (True, timedelta(minutes=1))
    far.fake.script(refuse(-211, SEND))
    with pytest.raises(ChannelError) as caught:
        backend.deliver(artifact(channel), BUNDLE)
    until_midnight = timedelta(hours=16, minutes=5)
    assert (caught.value.everyone, caught.value.retry_after) == (True, until_midnight)
    articles = endpoint_of(channel.backends["zalo_article"])
    assert articles == f"{backend.endpoint}/articles", "articles have a quota of their own"
    other = ZaloGroupBackend(
        replace(far.account, oa_id="3"),
        tokens=far.tokens,
        remote_ids=MemoryRemoteIds(),
        limits=FreeLimits(),
        clock=far.clock,
    )
    assert other.endpoint != backend.endpoint
    assert other.endpoint.partition("/")[0] == backend.endpoint.partition("/")[0]
