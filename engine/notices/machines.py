"""Machines that need a person: a wrong clock, a full disk, silence, and nobody who sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from engine.ledger.machines import SCHEDULING, Machines, Process, Role
from engine.ledger.needs import Overdue
from engine.models.notice import Concern, Notice, Severity

#: A process that was seen so long ago lives no more; it tells about itself far more often.
SILENT = timedelta(minutes=3)

#: What is due may lie for so long before it shows that nobody sends.
OVERDUE = timedelta(minutes=5)

#: A disk with less room, in bytes, or a smaller share of it, is all but full.
BYTES_URGENT, SHARE_URGENT = 1 << 30, 0.02


class MachineGatherer:
    """Looks through the processes of every machine.

    ``overdue`` says since when something is due that nobody has taken in hand, given a
    moment before which it must have been. ``here`` tells about the process that asks.
    ``room``: the share of a disk that must be free.
    """

    concerns = frozenset({Concern.CLOCK, Concern.SILENT, Concern.DISK, Concern.NOBODY_SENDS})

    def __init__(
        self,
        machines: Machines,
        *,
        overdue: Callable[[datetime], Overdue | None],
        here: Callable[[], Process],
        room: float,
    ) -> None:
        self._machines = machines
        self._overdue = overdue
        self._here = here
        self._room = room

    def gather(self, now: datetime) -> Sequence[Notice]:
        known = self._machines.all()
        alive = [one for one in known if one.seen_at >= now - SILENT]
        silent = [one for one in known if one.seen_at < now - SILENT]
        latest = {one.name: one for one in reversed(alive)} | {self._here().name: self._here()}
        return [
            *_silences(silent, alive),
            *(notice for one in latest.values() for notice in self._about(one)),
            *self._nobody_sends(now, {one.role for one in alive}),
        ]

    def _about(self, process: Process) -> Iterator[Notice]:
        name = process.name
        if process.fault is not None:
            seconds = str(round(process.offset.total_seconds()))
            facts = {"machine": name, "seconds": seconds, "fault": process.fault.value}
            yield Notice(Concern.CLOCK, Severity.URGENT, process.seen_at, (name,), facts)
        share = process.disk_free / max(1, process.disk_total)
        if share < self._room:
            urgent = process.disk_free < BYTES_URGENT or share < SHARE_URGENT
            severity = Severity.URGENT if urgent else Severity.WARNING
            facts = {"machine": name, "megabytes": str(process.disk_free >> 20)}
            yield Notice(Concern.DISK, severity, process.seen_at, (name,), facts)

    def _nobody_sends(self, now: datetime, roles: set[Role]) -> Iterator[Notice]:
        missing = _missing(roles)
        waiting = self._overdue(now - OVERDUE) if missing is not None else None
        if missing is not None and waiting is not None:
            facts = {"role": missing.value, "slot": waiting.slot.isoformat()}
            yield Notice(Concern.NOBODY_SENDS, Severity.URGENT, waiting.since, (), facts)


def _silences(silent: Sequence[Process], alive: Sequence[Process]) -> Iterator[Notice]:
    """Yield each machine whose processes of a role have all fallen silent."""
    working = {(one.name, one.role) for one in alive}
    roles = {one.role for one in alive}
    seen: set[tuple[str, Role]] = set()
    for one in silent:
        place = (one.name, one.role)
        if place in working or place in seen:
            continue
        seen.add(place)
        severity = Severity.WARNING if one.role in roles else Severity.URGENT
        facts = {"machine": one.name, "role": one.role.value, "seen": one.seen_at.isoformat()}
        yield Notice(Concern.SILENT, severity, one.seen_at, place, facts)


def _missing(roles: set[Role]) -> Role | None:
    """Return what has to run so that anything is sent, and does not."""
    if not roles & SCHEDULING:
        return Role.RUN if Role.WORKER not in roles else Role.SCHEDULER
    if Role.RUN not in roles and Role.WORKER not in roles:
        return Role.WORKER
    return None
