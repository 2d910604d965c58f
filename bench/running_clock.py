"""A clock that runs as the machine's does, from a morning at which everything may be sent."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

#: An hour at which no channel has to wait.
MORNING = datetime.fromisoformat("2026-12-01T08:00:00+07:00")


class RunningClock:
    """Stands at ``MORNING`` at the moment ``since`` (seconds since the epoch)."""

    simulated = False

    def __init__(self, since: float) -> None:
        self._since = since

    def now(self) -> datetime:
        return MORNING + timedelta(seconds=time.time() - self._since)
