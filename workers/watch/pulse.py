"""Whether the loops of a process still turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from engine.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class _Turn:
    """When something last turned (monotonic, s), and how long it may take to turn again (s)."""

    at: float
    allowed: float


class Pulse:
    """Keeps when each loop last turned, and since when each piece of work has been going on.

    A loop that finds a server away still turns: that is no fault of this process, and
    readiness tells of it.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._guard = threading.Lock()
        self._turns: dict[str, _Turn] = {}

    def beat(self, loop: str, allowed: timedelta) -> None:
        """Say that ``loop`` turns now, and within ``allowed`` will again."""
        with self._guard:
            self._turns[loop] = _Turn(self._now(), allowed.total_seconds())

    @contextmanager
    def busy(self, work: str, allowed: timedelta) -> Iterator[None]:
        """Say that this thread is at ``work``, which ends within ``allowed``."""
        name = f"{work} {threading.get_ident()}"
        self.beat(name, allowed)
        try:
            yield
        finally:
            with self._guard:
                self._turns.pop(name, None)

    def silent(self) -> list[str]:
        """Return in words what has not turned for longer than it may."""
        words = _("{loop} has not turned for {seconds} s; allowed: {allowed} s")
        now = self._now()
        with self._guard:
            turns = sorted(self._turns.items())
        return [
            words.format(loop=loop, seconds=round(now - turn.at), allowed=round(turn.allowed))
            for loop, turn in turns
            if now - turn.at > turn.allowed
        ]
