"""Time: aware datetimes only, one zone for people, and a clock that is always handed in."""

from __future__ import annotations

import ctypes
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

#: The zone in which every slot is written and read.
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

#: How far a machine's clock may be off before it is distrusted.
TOLERANCE = timedelta(minutes=1)

#: What the kernel answers when nothing keeps its clock right (``TIME_ERROR`` of adjtimex(2)).
_UNSYNCHRONISED = 5

#: Large enough for any kernel's ``struct timex``; all zeros ask without setting anything.
_TIMEX_BYTES = 512


class Clock(Protocol):
    """Tells the time. Everything that needs it is given one."""

    #: True when the time is made up and stated so on every screen.
    simulated: bool

    def now(self) -> datetime:
        """Return the present moment as an aware datetime in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    simulated = False

    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that stands still until it is told to advance; it never goes back."""

    simulated = True

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._now = start.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def advance_to(self, moment: datetime) -> None:
        """Move to ``moment``; an earlier moment leaves the clock where it is."""
        with self._lock:
            self._now = max(self._now, moment.astimezone(UTC))


def local(moment: datetime) -> datetime:
    """Return ``moment`` as people in Vietnam read it."""
    return moment.astimezone(VIETNAM)


def kept_right() -> bool:
    """Say whether the kernel knows that its clock is kept right from outside, by NTP."""
    try:
        ask = ctypes.CDLL(None).adjtimex
    except AttributeError:  # a system without this call vouches for nothing
        return False
    answer = ask(ctypes.create_string_buffer(_TIMEX_BYTES))
    return 0 <= int(answer) < _UNSYNCHRONISED


def seconds_since_start() -> float:
    """Return the seconds since the machine started, sleep included; no clock setting moves it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
