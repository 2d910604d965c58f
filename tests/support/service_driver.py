"""One worker or scheduler process on a running clock of the tests' own, with short leases.

``ROLE WORKSPACE URL SINCE [QUEUES [BOUNDARY N [SIGNAL]]]``: with a boundary it sends itself a
signal (SIGKILL) the N-th time that boundary is passed. The nursery forks it.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from engine.app import open_communes
from engine.boundary import Boundary
from engine.cli.stopping import stopped_by_signals
from engine.ledger import database
from engine.models import Priority
from support.signboard import BUILDERS
from workers.distributed import SchedulerService
from workers.queue_worker import QueueWorker
from workers.timing import Timing
from workers.watch.journal import Journal
from workers.watch.logs import start_log

#: Just after the campaigns' slot, well within a loudspeaker's grace.
START = datetime.fromisoformat("2026-12-01T06:10:01+07:00")

#: Short enough for tests that wait for leases to run out, long enough for a busy machine.
TIMING = Timing(
    working=timedelta(seconds=3),
    sweeping=timedelta(seconds=3),
    queued=timedelta(seconds=2),
    look=timedelta(milliseconds=50),
    round=timedelta(milliseconds=200),
    patience=timedelta(milliseconds=500),
    grace=timedelta(seconds=10),
    last_words=timedelta(seconds=5),
)


def skip_file(workspace: Path) -> Path:
    """Return the file that says how many seconds every clock has jumped."""
    return workspace / "skipped"


class RunningClock:
    """Runs as the machine's clock does, from ``start`` at the moment ``since`` (epoch, s)."""

    simulated = False

    def __init__(self, since: float, start: datetime = START, skipped: Path | None = None) -> None:
        self._since = since
        self._start = start
        self._skipped = skipped

    def now(self) -> datetime:
        skipped = 0.0
        if self._skipped is not None and self._skipped.exists():
            skipped = float(self._skipped.read_text())
        return self._start + timedelta(seconds=time.time() - self._since + skipped)


def main(arguments: Sequence[str]) -> None:
    role, workspace, url, since, *rest = arguments
    queues = [Priority(word) for word in rest[0].split(",")] if rest else list(Priority)
    start_log("text", "may-thu")
    database.IDLE_SECONDS = 2
    clock = RunningClock(float(since), skipped=skip_file(Path(workspace)))
    with open_communes(
        Path(workspace),
        clock=clock,
        boundary=_fatal(*rest[1:]),
        builders=BUILDERS,
        observer=Journal(),
    ) as communes:
        service = (
            SchedulerService(communes, url, TIMING)
            if role == "scheduler"
            else QueueWorker(communes, url, queues, threads=2, timing=TIMING)
        )
        with stopped_by_signals(service.stop):
            service.run()


def _fatal(name: str = "", passed: str = "0", number: str = "SIGKILL") -> Boundary:
    left = int(passed)

    def boundary(reached: str) -> None:
        nonlocal left
        if reached == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.Signals[number])

    return boundary
