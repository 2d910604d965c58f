"""What a process tells the others about itself: that it lives, and what its clock says."""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from engine.app import House
from engine.clock import Clock
from engine.i18n import gettext as _
from engine.ledger.machines import Machines, Process, Role
from engine.ledger.watched_clock import ClockState, Fault, WatchedClock

logger = logging.getLogger(__name__)

#: Between two signs of life.
EVERY = timedelta(seconds=15)

#: Processes that were last seen so long ago are told about no more.
FORGOTTEN = timedelta(days=7)


class Presence:
    """One process's signs of life, for as long as it runs.

    ``beat`` may be called as often as one likes. ``disk``: a folder on the disk that must
    not fill up.
    """

    def __init__(
        self, machines: Machines, clock: Clock, role: Role, *, machine: str, disk: Path
    ) -> None:
        self._machines = machines
        self._clock = clock
        self._role = role
        self._machine = machine
        self._disk = disk
        self._process = secrets.token_hex(8)
        self._started_at = clock.now()
        self._due = time.monotonic()
        self._fault: Fault | None = None

    def beat(self) -> None:
        """Look at the clock and leave a sign of life, if it is time to.

        Raises what the ledger raises.
        """
        if time.monotonic() < self._due:
            return
        state = self._clock.look() if isinstance(self._clock, WatchedClock) else ClockState()
        self._say(state)
        now = self._clock.now()
        usage = shutil.disk_usage(self._disk)
        self._machines.seen(
            Process(
                name=self._machine,
                role=self._role,
                process=self._process,
                started_at=self._started_at,
                seen_at=now,
                offset=state.offset,
                fault=state.fault,
                version=version("loa"),
                disk_free=usage.free,
                disk_total=usage.total,
            )
        )
        if state.fault is None:
            self._machines.forget(now - FORGOTTEN)
        self._due = time.monotonic() + EVERY.total_seconds()

    def end(self) -> None:
        """Take leave: nobody has to look for this process. Raises what the ledger raises."""
        self._machines.ended(self._process)

    def _say(self, state: ClockState) -> None:
        """Tell, once, that the clock is distrusted, and once that it is right again."""
        if state.fault is not None and self._fault is None:
            words = _("this machine's clock is off by {seconds} s: only emergencies are sent")
            logger.warning(words.format(seconds=round(state.offset.total_seconds())))
        if state.fault is None and self._fault is not None:
            logger.warning(_("this machine's clock is right again; going on"))
        self._fault = state.fault


@contextmanager
def present(house: House, role: Role) -> Iterator[Callable[[], None]]:
    """Hand out what is to be called in every round of a process; take leave at the end.

    What is handed out raises what the ledger raises.
    """
    presence = Presence(
        Machines(house.database),
        house.clock,
        role,
        machine=house.settings.machine.known_as,
        disk=house.workspace,
    )
    try:
        yield presence.beat
    finally:
        # A ledger that is away learns of the end by the silence that follows.
        with suppress(DBAPIError):
            presence.end()
