"""Machines as notices: wrong clocks, full disks, silence, and what waits while nobody sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from engine.ledger.machines import Machines, Process, Role
from engine.ledger.needs import Overdue, overdue_since
from engine.ledger.watched_clock import Fault
from engine.models.notice import Notice, Severity
from engine.notices.machines import MachineGatherer
from engine.notices.words import what, what_to_do

START = NOW.astimezone(UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def backend(tmp_path: Path) -> FakeBackend:
    return FakeBackend("so", False, FarSide(tmp_path / "far.log"), networked=True)


@pytest.fixture
def rig(tmp_path: Path, backend: FakeBackend) -> Iterator[Rig]:
    with rigged(tmp_path, FakeChannel("giay", backend)) as opened:
        yield opened


def process(name: str = "may-1", role: Role = Role.RUN, **changes: Any) -> Process:
    told = Process(
        name=name,
        role=role,
        process=f"{name}-{role}",
        started_at=START,
        seen_at=START,
        offset=timedelta(0),
        fault=None,
        version="0.1.0",
        disk_free=50 << 30,
        disk_total=100 << 30,
    )
    return replace(told, **changes)


#: Work on a slot has been due since an hour and a half before it.
WAITING = Overdue(START, START + timedelta(minutes=90))


@dataclass
class Park:
    """Machines that share a ledger, as they last told about themselves."""

    processes: tuple[Process, ...] = ()
    overdue: Overdue | None = None
    here: Process = field(default_factory=lambda: process("may-nay"))

    def gather(self, now: datetime = START) -> list[Notice]:
        machines = cast(Machines, SimpleNamespace(all=lambda: list(self.processes)))
        gatherer = MachineGatherer(
            machines, overdue=lambda _before: self.overdue, here=lambda: self.here, room=0.1
        )
        return list(gatherer.gather(now))


def test_machines_that_are_well_need_nobody() -> None:
    park = Park((process("a", Role.SCHEDULER), process("b", Role.WORKER)), overdue=WAITING)
    assert not park.gather()
    assert not Park((process("a", Role.RUN),), overdue=WAITING).gather()
    assert not Park().gather()


@pytest.mark.parametrize("fault", Fault)
def test_a_wrong_clock_is_told_with_its_machine_and_by_how_much(fault: Fault) -> None:
    wrong = process("b", Role.WORKER, offset=-timedelta(minutes=5), fault=fault)
    (notice,) = Park((wrong, process("a", Role.SCHEDULER))).gather()
    assert (notice.key, notice.severity) == ("clock:b", Severity.URGENT)
    assert "of b " in what(notice)
    assert "300 s" in what(notice)
    assert "emergencies only" in what(notice)
    assert "loa notices --done clock:b" in what_to_do(notice)


@pytest.mark.parametrize(
    ("free", "severity"),
    [(10 << 30, None), (9 << 30, Severity.WARNING), ((1 << 30) - 1, Severity.URGENT)],
)
def test_a_disk_is_told_of_when_it_is_nearly_full(free: int, severity: Severity | None) -> None:
    for park in (Park((process("a", disk_free=free),)), Park(here=process("a", disk_free=free))):
        found = park.gather()
        assert [one.severity for one in found] == ([severity] if severity else [])
        assert all(one.key == "disk:a" for one in found)
        assert all(f"{free >> 20} MB" in what(one) for one in found)


def test_a_machine_that_fell_silent_is_told_of() -> None:
    park = Park((process("a", Role.SCHEDULER), process("b", Role.WORKER)))
    (first, second) = park.gather(START + 4 * MINUTE)
    assert {first.key, second.key} == {"silent:a:scheduler", "silent:b:worker"}
    assert first.severity is second.severity is Severity.URGENT
    park.processes += (process("c", Role.WORKER, seen_at=START + 4 * MINUTE),)
    severities = {one.key: one.severity for one in park.gather(START + 4 * MINUTE)}
    assert severities["silent:b:worker"] is Severity.WARNING, "others of its kind live"
    assert "08:00 01/12/2026" in what(second)


def test_one_process_of_several_on_a_machine_is_no_silence() -> None:
    alive = process("a", Role.WORKER, process="hai", seen_at=START + 4 * MINUTE)
    assert not Park((process("a", Role.WORKER), alive)).gather(START + 4 * MINUTE)


@pytest.mark.parametrize(
    ("roles", "missing", "command"),
    [
        ((), "nothing of Loa runs", "loa run --watch"),
        ((Role.WORKER,), "no scheduler runs", "loa scheduler"),
        ((Role.SCHEDULER,), "no worker runs", "loa worker"),
    ],
)
def test_it_is_told_when_something_is_due_and_nobody_sends(
    roles: tuple[Role, ...], missing: str, command: str
) -> None:
    park = Park(tuple(process("a", role) for role in roles), overdue=WAITING)
    (notice,) = park.gather()
    assert (notice.key, notice.severity) == ("nobody-sends", Severity.URGENT)
    assert missing in what(notice)
    assert "for 09:30 01/12/2026" in what(notice), "not when work on it should have begun"
    assert notice.since == START
    assert what_to_do(notice).endswith(command)
    assert not Park(park.processes).gather(), "nothing is due"


def test_overdue_is_what_nobody_has_in_hand(rig: Rig) -> None:
    def overdue(*rehearse: str) -> Overdue | None:
        return overdue_since(rig.ledger.database, START + 5 * MINUTE, rehearse=rehearse)

    assert overdue() is None
    rig.release(Post())
    assert overdue() == Overdue(START, START)
    rig.due()
    assert overdue() is None
    assert overdue_since(rig.ledger.database, START + HOUR, rehearse=()) == Overdue(START, START)
