"""One worker or scheduler process on a running clock of the tests' own, with short leases.

``python -m support.service_driver ROLE WORKSPACE URL SINCE [QUEUES [BOUNDARY N]]``: with a
boundary it kills itself (SIGKILL) the N-th time that boundary is passed.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from engine.app import open_communes
from engine.boundary import Boundary
from engine.cli.services import stopped_by_signals
from engine.models import Priority
from workers.distributed import SchedulerService
from workers.queue_worker import QueueWorker
from workers.timing import Timing
from workers.watch.journal import Journal
from workers.watch.logs import start_log

#: Just after the campaigns' slot, well within a loudspeaker's grace.
START = datetime.fromisoformat("2026-12-01T06:10:01+07:00")

#: Short enough for tests that wait for leases to run out, long enough for a busy machine.
TIMING = Timing(
    working=timedelta(seconds=2),
    queued=timedelta(seconds=2),
    look=timedelta(milliseconds=50),
    round=timedelta(milliseconds=200),
    patience=timedelta(milliseconds=500),
    grace=timedelta(seconds=10),
    last_words=timedelta(seconds=5),
)


class RunningClock:
    """Runs as the machine's clock does, from ``start`` at the moment ``since`` (epoch, s)."""

    simulated = False

    def __init__(self, since: float, start: datetime = START) -> None:
        self._since = since
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.time() - self._since)


def main() -> None:
    role, workspace, url, since, *rest = sys.argv[1:]
    queues = [Priority(word) for word in rest[0].split(",")] if rest else list(Priority)
    start_log("text", "may-thu")
    with open_communes(
        Path(workspace),
        clock=RunningClock(float(since)),
        boundary=_fatal(*rest[1:]),
        observer=Journal(),
    ) as communes:
        service = (
            SchedulerService(communes, url, TIMING)
            if role == "scheduler"
            else QueueWorker(communes, url, queues, threads=2, timing=TIMING)
        )
        with stopped_by_signals(service.stop):
            print("ready", flush=True)
            service.run()


def _fatal(name: str = "", passed: str = "0") -> Boundary:
    left = int(passed)

    def boundary(reached: str) -> None:
        nonlocal left
        if reached == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return boundary


if __name__ == "__main__":
    main()
