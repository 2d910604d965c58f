"""What a process tells the others about itself: that it lives, and what its clock says."""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from engine.app import Communes, House
from engine.app.noticing import Desks
from engine.clock import Clock
from engine.i18n import gettext as _
from engine.ledger.machines import Machines, Process, Role
from engine.ledger.watched_clock import ClockState, Fault, WatchedClock, state_of
from engine.notices.machines import SILENT
from workers.hearing import Hearing
from workers.noticing import Noticing

logger = logging.getLogger(__name__)

#: Between two signs of life.
EVERY = timedelta(seconds=15)

#: Processes that were last seen so long ago are told about no more.
FORGOTTEN = timedelta(days=7)


class Presence:
    """One process's signs of life, for as long as it runs.

    ``beat`` may be called as often as one likes. ``disks``: folders on the disks that must
    not fill up; what is told is of the fullest.
    """

    def __init__(
        self, machines: Machines, clock: Clock, role: Role, *, machine: str, disks: Sequence[Path]
    ) -> None:
        self._machines = machines
        self._clock = clock
        self._role = role
        self._machine = machine
        self._disks = disks
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
        if isinstance(self._clock, WatchedClock):
            self._say(self._clock.look())
        told = self.tell()
        self._machines.seen(told)
        if told.fault is None:
            self._machines.forget(told.seen_at - FORGOTTEN)
            self._machines.forget(told.seen_at - SILENT, told.name, told.role)
        self._due = time.monotonic() + EVERY.total_seconds()

    def tell(self) -> Process:
        """Return what this process would tell about itself now. Raises OSError."""
        state = state_of(self._clock)
        usage = min(map(shutil.disk_usage, self._disks), key=lambda one: one.free / one.total)
        return Process(
            name=self._machine,
            role=self._role,
            process=self._process,
            started_at=self._started_at,
            seen_at=self._clock.now(),
            offset=state.offset,
            fault=state.fault,
            version=version("loa"),
            disk_free=usage.free,
            disk_total=usage.total,
        )

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


def presence_of(house: House, role: Role) -> Presence:
    """Build what a process of this role tells about itself."""
    kept = house.settings.artifacts.url
    mounted = [house.workspace / kept] if kept and "://" not in kept else []
    return Presence(
        Machines(house.database),
        house.clock,
        role,
        machine=house.settings.machine.known_as,
        disks=[house.workspace, *mounted],
    )


@contextmanager
def present(communes: Communes, role: Role) -> Iterator[Callable[[], None]]:
    """Hand out what is to be called in every round of a process; take leave at the end.

    It leaves signs of life, lets players be heard, and on a real clock lets notices be looked
    for and told. What is handed out raises what the ledger raises.
    """
    presence = presence_of(communes.house, role)
    simulated = communes.clock.simulated
    noticing = None if simulated else Noticing(Desks(communes, presence.tell, asking=True))

    hearing = Hearing(communes) if role in (Role.RUN, Role.SCHEDULER) else None

    def beat() -> None:
        presence.beat()
        if hearing is not None:
            hearing.nudge()
        if noticing is not None:
            noticing.nudge()

    try:
        yield beat
    finally:
        if noticing is not None:
            noticing.end()
        if hearing is not None:
            hearing.end()
        # A ledger that is away learns of the end by the silence that follows.
        with suppress(DBAPIError):
            presence.end()
