"""Letting an engine rest that has just failed: hundreds of items need not each find out.

The rest is short, and one item at a time tries whether the engine speaks again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

#: Seconds of rest after a failure; each one in a row doubles it.
FIRST, LONGEST = 60.0, 900.0


@dataclass(frozen=True, slots=True)
class _Rest:
    """``tried``: the rest was over, and somebody is finding out."""

    failures: int
    until: float
    reason: str
    tried: bool = False


class Resting:
    """Which engines rest, for all threads of a process. ``now`` counts seconds upwards."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._rests: dict[str, _Rest] = {}
        self._guard = threading.Lock()

    def why(self, engine: str) -> str | None:
        """Return why an engine must be left alone now; None when it may be tried.

        Whoever may try an engine that had failed tells by ``failed`` or ``spoke`` how it went;
        for as long as the rest was, nobody else may.
        """
        with self._guard:
            rest = self._rests.get(engine)
            if rest is None:
                return None
            now = self._now()
            if now < rest.until:
                return rest.reason
            until = now + _seconds(rest.failures)
            self._rests[engine] = _Rest(rest.failures, until, rest.reason, tried=True)
            return None

    def failed(self, engine: str, reason: str, retry_after: timedelta | None = None) -> None:
        """Let an engine rest; ``retry_after`` is what its far side asked for."""
        asked = retry_after.total_seconds() if retry_after is not None else 0.0
        with self._guard:
            rest = self._rests.get(engine)
            now = self._now()
            if rest is None or rest.tried:
                failures = rest.failures + 1 if rest is not None else 1
                until = now + max(_seconds(failures), asked)
            else:  # it began before the rest did
                failures, until = rest.failures, max(rest.until, now + asked)
            self._rests[engine] = _Rest(failures, until, reason)

    def spoke(self, engine: str) -> None:
        """Note that an engine speaks."""
        with self._guard:
            self._rests.pop(engine, None)


def _seconds(failures: int) -> float:
    return float(min(FIRST * 2.0 ** min(failures - 1, 16), LONGEST))
