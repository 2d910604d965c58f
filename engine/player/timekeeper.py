"""What time it is beside the amplifier, and whether anything vouches for it.

Time is carried on by a counter that nobody can set. What vouches for it is the server's signed
time, for as long as the counter may be trusted; or the kernel's word that its clock is kept right
by NTP; or a clock with a battery that was right when it was last compared. After a power cut on a
machine without any of these nothing is known, and only emergencies are played.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from engine.clock import TOLERANCE, kept_right, seconds_since_start
from engine.files import write_atomic

#: How long the counter alone carries the time. A computer's quartz is off by less than
#: 100 parts in a million (the kernel's own limit for NTP is 500): 60 s in a week.
COUNTED = timedelta(days=7)

#: How long a battery clock is believed after it was compared: 20 ppm, 52 s in a month
#: (accuracy of a 32,768 Hz tuning-fork crystal, as in the data sheets of the usual chips).
BATTERY = timedelta(days=30)

#: An answer that took longer says too little about what time it is.
SLOW = 10.0

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

#: "1" where the kernel set its clock from a battery clock when the machine started.
_FROM_BATTERY = Path("/sys/class/rtc/rtc0/hctosys")


class Reference(StrEnum):
    """What vouches for the time."""

    SERVER = "server"
    NTP = "ntp"
    BATTERY = "battery"


class Doubt(StrEnum):
    """Why the clock is not trusted."""

    #: The machine's clock is more than TOLERANCE away from the server's signed time.
    APART = "apart"
    #: It was set while the player ran, and nothing vouches for the new time.
    JUMPED = "jumped"
    #: It stands before what is known to have happened.
    BEHIND = "behind"
    #: Nothing vouches for it.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about the time.

    ``offset``: how far the machine's clock is ahead of it. ``checked``: when it was last compared
    with the server's. ``doubt`` None: programmes may be played.
    """

    offset: timedelta
    checked: datetime | None
    reference: Reference | None
    doubt: Doubt | None

    @property
    def known(self) -> bool:
        """Say whether the time is known, also where the machine's clock does not tell it."""
        return self.doubt is None or self.reference is Reference.SERVER


@dataclass(frozen=True, slots=True)
class _Check:
    """The server's time at a moment of the counter, in one life of the machine."""

    at: datetime
    counter: float
    boot: str
    offset: float


class Timekeeper:
    """Tells the time to the player. Safe to use from several threads."""

    simulated = False

    def __init__(
        self,
        path: Path,
        *,
        machine: Callable[[], datetime] = lambda: datetime.now(UTC),
        counter: Callable[[], float] = seconds_since_start,
        boot: Callable[[], str] = lambda: _BOOT_ID.read_text().strip(),
        kept_right: Callable[[], bool] = kept_right,
        battery: Callable[[], bool] | None = None,
    ) -> None:
        self._path = path
        self._machine, self._counter = machine, counter
        self._kept_right, self._battery = kept_right, battery or _from_battery
        self._boot = boot()
        self._guard = threading.Lock()
        self._check = _load(path)
        self._start = (machine(), counter())

    @property
    def boot(self) -> str:
        """Name this life of the machine: the counter begins anew in each."""
        return self._boot

    def counter(self) -> float:
        """Return seconds that run steadily."""
        return self._counter()

    def now(self) -> datetime:
        """Return the time: the server's carried on where it is known, else the machine's."""
        with self._guard:
            moment, at = self._anchor()
        return moment + timedelta(seconds=self._counter() - at)

    def machine(self) -> datetime:
        """Return what the machine's own clock says."""
        return self._machine()

    def at_least(self) -> datetime | None:
        """Return a moment that is certainly past; the time itself where it is known."""
        standing = self.standing()
        return self.now() if standing.known else standing.checked

    def compare(self, truth: datetime, before: float, after: float) -> None:
        """Take the server's signed time, asked for and answered at these counts.

        An answer that was too slow in coming says nothing. Never raises: what the disk refuses
        is only unknown after the next start.
        """
        if after - before > SLOW:
            return
        middle = (before + after) / 2
        now = truth + timedelta(seconds=self._counter() - middle)
        offset = (self._machine() - now).total_seconds()
        check = _Check(truth.astimezone(UTC), middle, self._boot, offset)
        with self._guard:
            self._check = check
        plain = {"at": check.at.isoformat(), "counter": middle, "boot": check.boot}
        with suppress(OSError):
            write_atomic(self._path, json.dumps({**plain, "offset": offset}).encode())

    def standing(self) -> Standing:
        """Say what is known about the time now."""
        with self._guard:
            check, live = self._check, self._live()
            moment, at = self._anchor()
            start = self._start
        count, machine = self._counter(), self._machine()
        now = moment + timedelta(seconds=count - at)
        offset = machine - now
        checked = check.at if check is not None else None
        if live:
            doubt = Doubt.APART if abs(offset) > TOLERANCE else None
            return Standing(offset, checked, Reference.SERVER, doubt)
        if self._kept_right():
            with self._guard:
                self._start = (machine, count)
            return Standing(timedelta(0), checked, Reference.NTP, None)
        jumped = machine - (start[0] + timedelta(seconds=count - start[1]))
        if abs(jumped) > TOLERANCE:
            return Standing(jumped, checked, None, Doubt.JUMPED)
        if check is not None and now < check.at - TOLERANCE:
            return Standing(now - check.at, checked, None, Doubt.BEHIND)
        if self._battery_is_good(check, now):
            return Standing(timedelta(0), checked, Reference.BATTERY, None)
        return Standing(timedelta(0), checked, None, Doubt.UNKNOWN)

    def _battery_is_good(self, check: _Check | None, now: datetime) -> bool:
        if check is None or check.boot == self._boot or abs(check.offset) > TOLERANCE.seconds:
            return False
        return now - check.at < BATTERY and self._battery()

    def _live(self) -> bool:
        """Say whether the counter still carries the server's time."""
        check = self._check
        if check is None or check.boot != self._boot:
            return False
        return 0 <= self._counter() - check.counter < COUNTED.total_seconds()

    def _anchor(self) -> tuple[datetime, float]:
        if self._check is not None and self._live():
            return self._check.at, self._check.counter
        return self._start


def _from_battery() -> bool:
    try:
        return _FROM_BATTERY.read_text().strip() == "1"
    except OSError:
        return False


def _load(path: Path) -> _Check | None:
    """Return the last comparison; None where there is none that can be read."""
    try:
        found = json.loads(path.read_bytes())
        at = datetime.fromisoformat(found["at"])
        check = _Check(at, float(found["counter"]), str(found["boot"]), float(found["offset"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return check if at.tzinfo is not None else None
