"""The clock of a machine that is watched: against the ledger's server, what happened, and jumps.

Time is carried on by a counter that runs steadily and that nobody can set, so that a jump of
the machine's clock changes nothing in a process that runs. With PostgreSQL every machine lives
by the server's time: leases and due times agree however far apart the machines' own clocks are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from engine.clock import TOLERANCE, Clock, SystemClock, kept_right, seconds_since_start
from engine.ledger.database import Database
from engine.ledger.dialect import is_postgresql
from engine.ledger.tables import events

#: An answer that took longer says too little about what time it is.
SLOW = timedelta(seconds=10)

_MACHINE = SystemClock()


class Fault(StrEnum):
    """Why a clock is distrusted."""

    #: It is more than TOLERANCE away from the ledger's server.
    APART = "apart"
    #: It was set while Loa ran, and nothing vouches for the new time.
    JUMPED = "jumped"
    #: It stands before what has already happened.
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class ClockState:
    """What was last seen of a clock. ``offset``: how far the machine's is ahead of the truth."""

    offset: timedelta = timedelta(0)
    fault: Fault | None = None


class WatchedClock:
    """Tells the time of the ledger; ``look`` checks the machine's clock against it.

    ``server`` asks the ledger's server for its time; None when the ledger is a file of this
    machine, whose clock then is the only one there is. ``vouched`` says whether something
    outside keeps the machine's clock right.
    """

    simulated = False

    def __init__(
        self,
        *,
        server: Callable[[], datetime] | None,
        last_event: Callable[[], datetime | None],
        machine: Callable[[], datetime] = _MACHINE.now,
        counter: Callable[[], float] = seconds_since_start,
        vouched: Callable[[], bool] = kept_right,
    ) -> None:
        """Raises what ``server`` and ``last_event`` raise."""
        self._server = server
        self._last_event = last_event
        self._machine = machine
        self._counter = counter
        self._vouched = vouched
        self._guard = threading.Lock()
        self._anchor = (machine(), counter())
        self._state = ClockState()
        self.look()

    def now(self) -> datetime:
        with self._guard:
            moment, at = self._anchor
        return moment + timedelta(seconds=self._counter() - at)

    @property
    def state(self) -> ClockState:
        with self._guard:
            return self._state

    def look(self) -> ClockState:
        """Compare the clocks once more; return what was found.

        A clock that is right again is trusted again. Raises what the ledger raises.
        """
        found = self._against_itself() if self._server is None else self._against(self._server)
        if found.fault is None:
            last = self._last_event()
            if last is not None and self.now() < last - TOLERANCE:
                found = ClockState(self.now() - last, Fault.BEHIND)
        with self._guard:
            self._state = found
        return found

    def _against(self, server: Callable[[], datetime]) -> ClockState:
        before = self._counter()
        truth = server()
        machine, after = self._machine(), self._counter()
        if after - before > SLOW.total_seconds():
            return self.state
        halfway = timedelta(seconds=(after - before) / 2)
        self._set(truth, (before + after) / 2)
        offset = machine - (truth + halfway)
        return ClockState(offset, Fault.APART if abs(offset) > TOLERANCE else None)

    def _against_itself(self) -> ClockState:
        machine = self._machine()
        offset = machine - self.now()
        if abs(offset) > TOLERANCE and not self._vouched():
            return ClockState(offset, Fault.JUMPED)
        self._set(machine, self._counter())
        return ClockState()

    def _set(self, moment: datetime, at: float) -> None:
        with self._guard:
            self._anchor = (moment.astimezone(UTC), at)


def watched(database: Database, machine: Callable[[], datetime] = _MACHINE.now) -> WatchedClock:
    """Return the clock for a ledger that real time governs. Raises what the ledger raises."""
    server = (lambda: _server_time(database)) if is_postgresql(database.engine) else None
    return WatchedClock(server=server, last_event=lambda: _last_event_at(database), machine=machine)


def state_of(clock: Clock) -> ClockState:
    """Return what is known about any clock; one that nobody watches is trusted."""
    return clock.state if isinstance(clock, WatchedClock) else ClockState()


def emergencies_only(clock: Clock) -> bool:
    """Say whether this clock may wake people for emergencies alone."""
    return state_of(clock).fault is not None


def _server_time(database: Database) -> datetime:
    with database.read() as connection:
        found: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return found.astimezone(UTC)


def _last_event_at(database: Database) -> datetime | None:
    with database.read() as connection:
        return connection.execute(
            select(events.c.at).order_by(events.c.id.desc()).limit(1)
        ).scalar()
