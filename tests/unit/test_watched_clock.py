"""Machines' clocks: carried on through jumps, checked against the ledger, distrusted, trusted."""

from __future__ import annotations

import os
import time as steady
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from support import builders
from support.commune import PASSPHRASE, make_commune
from support.dispatching import KEY, NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from engine.app import App, open_app
from engine.clock import SystemClock, kept_right, seconds_since_start
from engine.ledger import Ledger, Seal
from engine.ledger.machines import Machines, Process, Role
from engine.ledger.places import Place
from engine.ledger.watched_clock import (
    ClockState,
    Fault,
    WatchedClock,
    emergencies_only,
    state_of,
    watched,
)
from engine.models import Hours, Priority, StationRules
from engine.states import State
from workers.embedded import EmbeddedRuntime
from workers.presence import EVERY, FORGOTTEN, Presence

MINUTE = timedelta(minutes=1)


@dataclass
class Machine:
    """A machine whose clock anybody may set; its counter runs with the true time alone."""

    wrong_by: timedelta = timedelta(0)
    passed: float = 0.0
    kept_right: bool = False
    last_event: datetime | None = None
    answer_takes: float = 0.0
    server_wrong_by: timedelta = timedelta(0)
    has_server: bool = False
    truth: datetime = field(default=NOW.astimezone(UTC))

    def now(self) -> datetime:
        return self.truth + timedelta(seconds=self.passed) + self.wrong_by

    def server(self) -> datetime:
        self.passed += self.answer_takes / 2
        answer = self.truth + timedelta(seconds=self.passed) + self.server_wrong_by
        self.passed += self.answer_takes / 2
        return answer

    def clock(self) -> WatchedClock:
        return WatchedClock(
            server=self.server if self.has_server else None,
            last_event=lambda: self.last_event,
            machine=self.now,
            counter=lambda: self.passed,
            vouched=lambda: self.kept_right,
        )


JUMPS = [timedelta(days=3), -timedelta(days=3), timedelta(hours=1), -timedelta(hours=1), 5 * MINUTE]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize("has_server", [True, False], ids=["server", "file"])
def test_a_jump_changes_nothing_for_who_is_running(jump: timedelta, has_server: bool) -> None:
    machine = Machine(has_server=has_server)
    clock = machine.clock()
    machine.wrong_by = jump
    machine.passed += 20
    assert clock.now() == NOW + timedelta(seconds=20)
    found = clock.look()
    assert (found.offset, found.fault) == (jump, Fault.APART if has_server else Fault.JUMPED)
    assert emergencies_only(clock)
    machine.passed += 20
    assert clock.now() == NOW + timedelta(seconds=40)


@pytest.mark.parametrize("has_server", [True, False], ids=["server", "file"])
def test_a_clock_that_is_right_again_is_trusted_again(has_server: bool) -> None:
    machine = Machine(has_server=has_server)
    clock = machine.clock()
    machine.wrong_by = 5 * MINUTE
    clock.look()
    machine.wrong_by = timedelta(seconds=2)
    assert clock.look().fault is None
    assert not emergencies_only(clock)


def test_a_clock_that_is_kept_right_from_outside_may_be_set() -> None:
    machine = Machine(kept_right=True)
    clock = machine.clock()
    machine.wrong_by = timedelta(hours=2)
    assert clock.look() == ClockState()
    assert clock.now() == NOW + timedelta(hours=2)


def test_a_clock_that_drifts_is_followed() -> None:
    machine = Machine()
    clock = machine.clock()
    for _hour in range(48):
        machine.passed += 3600
        machine.wrong_by += timedelta(seconds=3)
        assert clock.look().fault is None
    assert clock.now() == machine.now()


def test_with_a_server_all_machines_live_by_its_time() -> None:
    ahead = Machine(has_server=True, wrong_by=5 * MINUTE)
    behind = Machine(has_server=True, wrong_by=-5 * MINUTE)
    assert ahead.clock().now() == behind.clock().now() == NOW
    assert ahead.clock().state == ClockState(5 * MINUTE, Fault.APART)
    assert behind.clock().state == ClockState(-5 * MINUTE, Fault.APART)


def test_the_way_to_the_server_and_back_is_allowed_for() -> None:
    machine = Machine(has_server=True, answer_takes=4.0)
    clock = machine.clock()
    assert clock.now() == machine.now()
    assert abs(clock.state.offset) < timedelta(milliseconds=1)


def test_an_answer_that_took_too_long_says_nothing() -> None:
    machine = Machine(has_server=True)
    clock = machine.clock()
    machine.answer_takes, machine.server_wrong_by = 30.0, timedelta(hours=1)
    assert clock.look() == ClockState()
    assert clock.now() == machine.now()


@pytest.mark.parametrize("has_server", [True, False], ids=["server", "file"])
def test_no_clock_goes_back_behind_the_last_event(has_server: bool) -> None:
    machine = Machine(has_server=has_server, last_event=NOW + timedelta(hours=1))
    clock = machine.clock()
    assert clock.state == ClockState(-timedelta(hours=1), Fault.BEHIND)
    machine.passed += 3600
    assert clock.look().fault is None


def test_seconds_between_machines_are_no_reason_to_distrust() -> None:
    assert Machine(last_event=NOW + timedelta(seconds=30)).clock().state.fault is None
    assert Machine(has_server=True, wrong_by=timedelta(seconds=59)).clock().state.fault is None


def test_a_clock_that_nobody_watches_is_trusted() -> None:
    assert state_of(SystemClock()) == ClockState()
    assert not emergencies_only(SystemClock())


def test_the_machine_is_asked_for_what_no_clock_setting_moves() -> None:
    first = seconds_since_start()
    assert seconds_since_start() >= first > 0
    assert kept_right() in (True, False)


@pytest.fixture
def ledger(place: Place) -> Iterator[Ledger]:
    opened = Ledger.open(place, "xa-mau", seal=Seal(KEY), options={})
    yield opened
    opened.close()


def test_the_ledgers_own_time_is_near_that_of_a_machine_that_is_right(ledger: Ledger) -> None:
    clock = watched(ledger.database)
    assert clock.state.fault is None
    assert abs(clock.now() - datetime.now(UTC)) < MINUTE


def process(machine: str = "may-1", **changes: Any) -> Process:
    told = Process(
        name=machine,
        role=Role.WORKER,
        process="abc",
        started_at=NOW.astimezone(UTC),
        seen_at=NOW.astimezone(UTC),
        offset=timedelta(seconds=300.5),
        fault=Fault.APART,
        version="0.1.0",
        disk_free=4 * 10**12,
        disk_total=8 * 10**12,
    )
    return replace(told, **changes)


def test_what_a_process_tells_is_kept_and_overwritten(ledger: Ledger) -> None:
    machines = Machines(ledger.database)
    machines.seen(process())
    assert machines.all() == [process()]
    later = process(seen_at=NOW.astimezone(UTC) + MINUTE, fault=None)
    machines.seen(later)
    machines.seen(process(process="def", role=Role.SCHEDULER))
    assert machines.all() == [later, process(process="def", role=Role.SCHEDULER)]
    machines.ended("def")
    assert machines.all() == [later]
    assert machines.forget(NOW + 2 * MINUTE) == 1
    assert not machines.all()


@pytest.fixture
def far_side(tmp_path: Path) -> FarSide:
    return FarSide(tmp_path / "far.log")


@pytest.fixture
def rig(tmp_path: Path, far_side: FarSide) -> Iterator[Rig]:
    with rigged(tmp_path, FakeChannel("giay", FakeBackend("so", True, far_side))) as opened:
        yield opened


def on(machine: Machine, rig: Rig) -> WatchedClock:
    clock = machine.clock()
    rig.sender._clock = clock
    return clock


@pytest.mark.parametrize("jump", [timedelta(days=30), -timedelta(days=30)], ids=str)
def test_a_distrusted_clock_sends_emergencies_only_and_expires_nothing(
    rig: Rig, far_side: FarSide, jump: timedelta
) -> None:
    machine = Machine()
    clock = on(machine, rig)
    rig.release(Post(text="Thường."))
    rig.release(Post(target="noi-2", text="Gấp."), campaign_id="lu", priority=Priority.EMERGENCY)
    machine.wrong_by = jump
    clock.look()
    rig.send()
    assert far_side.texts == {"Gấp.": 1}
    assert rig.states() == {State.PLANNED: 1}
    machine.wrong_by = timedelta(0)
    clock.look()
    rig.send()
    assert far_side.texts == {"Gấp.": 1, "Thường.": 1}


@pytest.mark.parametrize("jump", [timedelta(minutes=61), -timedelta(minutes=61)], ids=str)
def test_a_distrusted_clock_wakes_nobody_by_loudspeaker_and_moves_nothing(
    tmp_path: Path, far_side: FarSide, jump: timedelta
) -> None:
    machine = Machine()
    at_any_hour = StationRules((Hours(time(0, 0), time(23, 59)),), 1, 1)
    registry = builders.registry(station=at_any_hour)
    channel = FakeChannel("loudspeaker", FakeBackend("so", True, far_side))
    with rigged(tmp_path, channel, registry=registry) as rig:
        clock = on(machine, rig)
        rig.release(Post(channel="loudspeaker", target="cum-1", text="Thường."))
        flood = Post(channel="loudspeaker", target="cum-2", text="Gấp.")
        rig.release(flood, campaign_id="lu", priority=Priority.EMERGENCY)
        machine.wrong_by = jump
        assert clock.look().fault is not None
        rig.send()
        assert far_side.texts == {"Gấp.": 1}
        assert [(row.state, row.replaced) for row in rig.rows()] == [(State.PLANNED, False)]
        machine.wrong_by = timedelta(0)
        clock.look()
        rig.send()
        assert far_side.texts == {"Gấp.": 1, "Thường.": 1}


POSTS = """\
id: {id}
title: Tin
priority: {priority}
valid: {{until: 2026-12-05}}
contact: Xã
text: Nội dung.
schedule: now
channels: {{{channel}: true}}
"""


def test_a_run_with_a_distrusted_clock_sends_emergencies_and_comes_to_its_end(
    tmp_path: Path,
) -> None:
    """It leases nothing else, or it would lease and give back without a pause."""
    posts = {
        name: POSTS.format(id=name, priority=name, channel=channel)
        for name, channel in (("emergency", "portal"), ("routine", "chat"))
    }
    machine = Machine()
    workspace = make_commune(tmp_path / "xa", posts)
    settings = workspace / "loa.toml"
    settings.write_text(settings.read_text("utf-8").replace("[clock]\nsimulated", "# "), "utf-8")
    with open_app(workspace, clock=machine.clock()) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        for name in posts:
            app.office.submit(workspace / "campaigns" / f"{name}.yaml", "lan")
            app.office.approve(name, "minh", PASSPHRASE)
        machine.wrong_by = timedelta(hours=1)
        cast(WatchedClock, app.clock).look()
        EmbeddedRuntime(app).run()
        assert states(app, "emergency") == {State.SENT}
        assert states(app, "routine") == {State.PLANNED}
        machine.wrong_by = timedelta(0)
        cast(WatchedClock, app.clock).look()
        EmbeddedRuntime(app).run()
        assert State.SENT in states(app, "routine")
        assert State.PLANNED not in states(app, "routine")


def states(app: App, campaign_id: str) -> set[State]:
    return {row.state for row in app.ledger.views.deliveries(campaign_id)}


def test_a_process_tells_of_a_wrong_clock_once_and_of_a_right_one_once(
    rig: Rig, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    seconds = [1000.0]
    monkeypatch.setattr(steady, "monotonic", lambda: seconds[0])
    machine, machines = Machine(), Machines(rig.ledger.database)
    presence = Presence(
        machines, machine.clock(), Role.RUN, machine="may-1", disks=[rig.outbox.parent]
    )
    for wrong_by in (0, 300, 300, 0, 0):
        machine.wrong_by = timedelta(seconds=wrong_by)
        presence.beat()
        (told,) = machines.all()
        assert told.offset == machine.wrong_by
        assert (told.fault is Fault.JUMPED) == bool(wrong_by)
        machine.wrong_by = timedelta(hours=9)
        presence.beat()
        assert machines.all() == [told], "nothing is looked at before it is time"
        seconds[0] += EVERY.total_seconds()
    assert [record.message for record in caplog.records] == [
        "this machine's clock is off by 300 s: only emergencies are sent",
        "this machine's clock is right again; going on",
    ]
    assert told.disk_total >= told.disk_free > 0
    machines.seen(process(seen_at=NOW - FORGOTTEN - MINUTE))
    machine.wrong_by = timedelta(0)
    presence.beat()
    assert [one.process for one in machines.all()] == [told.process]
    presence.end()
    assert not machines.all()


#: Zones whose clocks change, at a moment when they do.
CHANGES = [
    ("America/New_York", datetime(2026, 11, 1, 5, 59, 50, tzinfo=UTC)),
    ("America/New_York", datetime(2027, 3, 14, 6, 59, 50, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2027, 3, 28, 0, 59, 50, tzinfo=UTC)),
]


@pytest.fixture
def _zone() -> Iterator[None]:
    """Give the process its own zone back."""
    before = os.environ.get("TZ")
    yield
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    steady.tzset()


@pytest.mark.usefixtures("_zone")
@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_a_machine_elsewhere_sends_on_time_through_its_change_of_hours(
    tmp_path: Path, place: Place, far_side: FarSide, zone: str, change: datetime
) -> None:
    os.environ["TZ"] = zone
    steady.tzset()
    machine = Machine(truth=change)
    before = steady.localtime(change.timestamp()).tm_isdst
    assert before != steady.localtime(change.timestamp() + 20).tm_isdst
    with rigged(
        tmp_path, FakeChannel("giay", FakeBackend("so", True, far_side)), place=place
    ) as rig:
        clock = on(machine, rig)
        rig.clock = clock  # type: ignore[assignment]  # reads time only
        slot, over = change + timedelta(seconds=20), change + timedelta(seconds=30)
        rig.release(Post(slot=slot, text="Đúng giờ.", expires_at=over))
        rig.release(Post(slot=over, target="noi-2", text="Sau."), campaign_id="sau")
        rig.send()
        assert not far_side.taken
        machine.passed += 25
        assert clock.look().fault is None
        rig.send()
        assert far_side.texts == {"Đúng giờ.": 1}
        assert rig.rows()[0].slot == slot
