"""When bundles go: allowed hours, expiry at the last moment, and rehearsals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from support import builders
from support.commune import files_below
from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide, Mishap, temporary

from engine.clock import VIETNAM
from engine.models import Hours, Priority, Quiet
from engine.states import State

#: The builders' chat hours are 06:00–21:00, and NOW is 08:00.
NIGHT = datetime(2026, 12, 1, 23, 0, tzinfo=VIETNAM)
MORNING = datetime(2026, 12, 2, 6, 0, tzinfo=VIETNAM)


@pytest.fixture
def far_side(tmp_path: Path) -> FarSide:
    return FarSide(tmp_path / "far.log")


@pytest.fixture
def chat(far_side: FarSide) -> FakeChannel:
    """A channel under the name ``chat``, so that the commune's hours for messages hold."""
    return FakeChannel("chat", FakeBackend("so", False, far_side))


@pytest.fixture
def rig(tmp_path: Path, chat: FakeChannel) -> Iterator[Rig]:
    with rigged(tmp_path, chat) as opened:
        yield opened


def test_a_message_at_night_waits_for_the_morning(rig: Rig, far_side: FarSide) -> None:
    rig.clock.advance_to(NIGHT)
    rig.release(Post(channel="chat", slot=NIGHT))
    rig.send()
    assert not far_side.taken
    assert rig.states() == {State.PLANNED: 1}
    assert rig.ledger.bundles.next_moment(rehearse=()) == MORNING
    rig.clock.advance_to(MORNING)
    rig.send()
    assert rig.states() == {State.SENT: 1}


def test_an_emergency_does_not_wait(rig: Rig, far_side: FarSide) -> None:
    rig.clock.advance_to(NIGHT)
    rig.release(Post(channel="chat", slot=NIGHT), priority=Priority.EMERGENCY)
    rig.send()
    assert far_side.texts == {"Họp ấp.": 1}


def test_waiting_for_an_hour_is_no_failure(rig: Rig) -> None:
    rig.clock.advance_to(NIGHT)
    rig.release(Post(channel="chat", slot=NIGHT))
    for _ in range(5):
        rig.send()
    assert rig.states() == {State.PLANNED: 1}
    assert not [e for e in rig.ledger.views.events() if e.to_state == "retry_planned"]


def test_a_channel_with_a_lead_that_must_wait_is_not_due_again_before_it_may_act(
    tmp_path: Path, far_side: FarSide
) -> None:
    """A failed evening slot tried again at 04:45: due at 05:00, not over and over until then."""
    backend = FakeBackend("so", True, far_side, mishaps=[Mishap(temporary())])
    speakers = FakeChannel("loudspeaker", backend, lead=timedelta(minutes=30))
    evening = datetime(2026, 12, 1, 18, 0, tzinfo=VIETNAM)
    with rigged(tmp_path, speakers) as rig:
        rig.clock.advance_to(evening)
        rig.release(Post(channel="loudspeaker", slot=evening))
        rig.send()
        rig.clock.advance_to(datetime(2026, 12, 2, 4, 45, tzinfo=VIETNAM))
        rig.send()
        due = rig.ledger.bundles.next_moment(rehearse=())
        assert due == datetime(2026, 12, 2, 5, 0, tzinfo=VIETNAM)
        assert not rig.send()
        rig.clock.advance_to(due)
        rig.send()
        assert rig.states() == {State.SENT: 1}


def test_rules_that_leave_no_hour_make_it_wait_without_end_or_haste(
    tmp_path: Path, far_side: FarSide
) -> None:
    station = builders.registry().station
    closed = builders.registry(station=type(station)(station.hours, 2, 30, days=frozenset()))
    speakers = FakeChannel("loudspeaker", FakeBackend("so", True, far_side))
    with rigged(tmp_path, speakers, registry=closed) as rig:
        rig.release(Post(channel="loudspeaker"))
        rig.send()
        assert rig.ledger.bundles.next_moment(rehearse=()) == NOW + timedelta(days=1)
        rig.pass_time(days=4)
        rig.send()
        assert rig.states() == {State.EXPIRED: 1}


def test_a_cluster_beside_a_funeral_waits_for_its_end_while_the_others_speak(
    tmp_path: Path, far_side: FarSide
) -> None:
    station = replace(
        builders.registry().station,
        hours=(Hours(time(5), time(21)),),
        quiet=(
            Quiet(
                NOW.date(), NOW.date(), Hours(time(7), time(11)), "tang lễ", frozenset({"cum-1"})
            ),
        ),
    )
    speakers = FakeChannel("loudspeaker", FakeBackend("so", True, far_side))
    with rigged(tmp_path, speakers) as rig:
        rig.newest_registry = builders.registry(station=station)  # it was not known of before
        rig.release(
            Post(channel="loudspeaker", target="cum-1", text="Một"),
            Post(channel="loudspeaker", target="cum-2", text="Hai"),
        )
        rig.send()
        assert far_side.texts == {"Hai": 1}
        assert rig.ledger.bundles.next_moment(rehearse=()) == NOW.replace(hour=11)
        rig.clock.advance_to(NOW.replace(hour=11))
        rig.send()
        assert far_side.texts == {"Hai": 1, "Một": 1}


def test_the_hour_is_judged_when_rendering_is_done(
    tmp_path: Path, chat: FakeChannel, far_side: FarSide
) -> None:
    """Rendering takes time; 20:59 may be past nine when the message could leave."""
    hours = Hours(time(6, 0), time(21, 0))
    with rigged(tmp_path, chat, registry=builders.registry(chat_hours=hours)) as rig:
        rig.clock.advance_to(datetime(2026, 12, 1, 20, 59, tzinfo=VIETNAM))
        posts = [Post(channel="chat", target=f"noi-{n}", text=f"Tin {n}") for n in (1, 2)]
        rig.release(*posts)
        chat.on_render = lambda _text: rig.pass_time(minutes=5)
        rig.send()
        assert not far_side.taken
        assert rig.states() == {State.PLANNED: 2}


def test_what_is_too_late_expires_with_its_reason(rig: Rig, far_side: FarSide) -> None:
    rig.release(Post(channel="chat", expires_at=NOW + timedelta(hours=1)))
    rig.pass_time(hours=1)
    rig.pass_time(seconds=1)
    rig.send()
    assert rig.states() == {State.EXPIRED: 1}
    assert rig.rows()[0].reason
    assert not far_side.taken
    assert rig.bundle_states() == ["cancelled"]


def test_what_expires_while_it_is_rendered_is_not_sent(
    rig: Rig, chat: FakeChannel, far_side: FarSide
) -> None:
    rig.release(Post(channel="chat", expires_at=NOW + timedelta(minutes=1)))
    chat.on_render = lambda _text: rig.pass_time(minutes=2)
    rig.send()
    assert not far_side.taken
    assert rig.states() == {State.EXPIRED: 1}


def test_a_bundle_that_loses_an_expired_item_goes_on_without_it(
    rig: Rig, chat: FakeChannel, far_side: FarSide
) -> None:
    rig.release(
        Post("ap-1", "chat", text="Ngắn.", expires_at=NOW + timedelta(minutes=1)),
        Post("ap-2", "chat", text="Dài."),
    )
    chat.on_render = lambda _text: rig.pass_time(minutes=2)
    rig.send()
    chat.on_render = lambda _text: None
    rig.send()
    assert far_side.texts == {"Dài.": 1}
    assert rig.states() == {State.EXPIRED: 1, State.SENT: 1}


@pytest.fixture
def rehearsing(tmp_path: Path, far_side: FarSide) -> Iterator[Rig]:
    backend = FakeBackend("mang", False, far_side, networked=True)
    with rigged(tmp_path, FakeChannel("giay", backend), live=False) as opened:
        yield opened


def due_when_rehearsing(rig: Rig) -> list[int]:
    return rig.due(rehearse={"mang"})


def test_a_rehearsal_writes_to_a_place_apart_and_leaves_every_state(
    rehearsing: Rig, far_side: FarSide
) -> None:
    rehearsing.release(Post())
    rehearsing.sender.send(due_when_rehearsing(rehearsing))
    assert not far_side.taken
    assert rehearsing.states() == {State.PLANNED: 1}
    written = files_below(rehearsing.outbox)
    assert list(written.values()) == ["Họp ấp.".encode()]
    assert all(name.startswith("rehearsal/giay/mang/noi-1/") for name in written)
    assert [e.to_state for e in rehearsing.ledger.views.events() if e.bundle_id][-1] == "rehearsed"


def test_a_version_is_rehearsed_once(rehearsing: Rig) -> None:
    rehearsing.release(Post())
    rehearsing.sender.send(due_when_rehearsing(rehearsing))
    assert not due_when_rehearsing(rehearsing)
    assert rehearsing.ledger.bundles.next_moment(rehearse={"mang"}) is None
    rehearsing.release(Post(text="Thêm."), campaign_id="tin-them")
    assert due_when_rehearsing(rehearsing), "a new version is rehearsed again"


def test_what_was_rehearsed_is_sent_once_the_workspace_is_live(
    tmp_path: Path, rehearsing: Rig, far_side: FarSide
) -> None:
    rehearsing.release(Post())
    rehearsing.sender.send(due_when_rehearsing(rehearsing))
    rehearsing.ledger.close()
    backend = FakeBackend("mang", False, far_side, networked=True)
    with rigged(tmp_path, FakeChannel("giay", backend), live=True) as live:
        live.send()
        assert live.states() == {State.SENT: 1}
        assert far_side.texts == {"Họp ấp.": 1}


def test_a_backend_without_network_is_real_before_the_workspace_is_live(
    tmp_path: Path, far_side: FarSide
) -> None:
    channel = FakeChannel("giay", FakeBackend("so", True, far_side))
    with rigged(tmp_path, channel, live=False) as rig:
        rig.release(Post())
        rig.send()
        assert far_side.texts == {"Họp ấp.": 1}


def test_a_rehearsal_that_cannot_be_written_is_tried_again_then_failed(rehearsing: Rig) -> None:
    rehearsing.outbox.write_text("a file where the folder should be", encoding="utf-8")
    rehearsing.release(Post())
    for _ in range(3):
        rehearsing.sender.send(due_when_rehearsing(rehearsing))
        rehearsing.pass_time(hours=2)
    assert rehearsing.states() == {State.FAILED: 1}
    assert rehearsing.rows()[0].reason
