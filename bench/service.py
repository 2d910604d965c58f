"""One process of the distributed runtime, on null channels and the benchmark's clock.

``python -m bench.service ROLE WORKSPACE SINCE SINK APART [QUEUES THREADS]``: says ``ready`` and
works until SIGTERM. It is Loa's own scheduler, worker or embedded
runtime, with nothing changed but the channels.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.null_channels import Sink, builders
from bench.running_clock import RunningClock
from engine.app import Communes, open_communes
from engine.cli.stopping import stopped_by_signals
from engine.dispatch.observer import Everybody
from engine.models import Priority
from workers.distributed import SchedulerService
from workers.embedded import EmbeddedRuntime
from workers.queue_worker import QueueWorker
from workers.watch.journal import Journal
from workers.watch.logs import start_log
from workers.watch.metrics import Figures


def main(role: str, workspace: str, since: str, sink: str, apart: str, *rest: str) -> None:
    start_log("json", "bench")
    channels = builders(Sink(sink), apart=apart == "apart")
    clock = RunningClock(float(since))
    observer = Everybody(Journal(), Figures())
    with open_communes(
        Path(workspace), clock=clock, builders=channels, observer=observer
    ) as communes:
        stop, run = _service(role, communes, *rest)
        with stopped_by_signals(stop):
            print("ready", flush=True)
            run()


def _service(
    role: str, communes: Communes, queues: str = "", threads: str = "1"
) -> tuple[threading.Event, Callable[[], object]]:
    """Return what stops the service, and what runs it."""
    url = communes.settings.queue.url
    if role == "embedded":
        embedded = EmbeddedRuntime(communes)
        return embedded.stop, partial(embedded.run, watch=True)
    if role == "scheduler":
        scheduler = SchedulerService(communes, url)
        return scheduler.stop, scheduler.run
    wanted = [Priority(word) for word in queues.split(",")]
    worker = QueueWorker(communes, url, wanted, threads=int(threads))
    return worker.stop, worker.run


if __name__ == "__main__":
    main(*sys.argv[1:])
