"""The processes of the distributed runtime, as ``deploy/compose`` starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.null_channels import Sink
from bench.watching import peaks_of

#: Seconds that a process may take to end in good order.
PATIENCE = 60.0

#: `loa run`.
EMBEDDED = ("embedded",)

#: As shipped: one scheduler, two workers for everything, one that has only emergencies.
SCHEDULER = ("scheduler",)
WORKERS = (
    ("worker", "emergency,important,routine", "4"),
    ("worker", "emergency,important,routine", "4"),
    ("worker", "emergency", "4"),
)


@dataclass
class Fleet:
    """Processes around one workspace. ``with`` ends those that still run."""

    workspace: Path
    since: float
    sink: Sink
    apart: bool
    _processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def process_ids(self) -> list[int]:
        return [process.pid for process in self._processes]

    def start(self, *roles: Sequence[str]) -> list[int]:
        """Start processes, each with its role, and wait until they work; return their ids."""
        started = [self._start(*role) for role in roles]
        for process in started:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                logs = [log.read_text() for log in self.workspace.glob("*.log")]
                raise RuntimeError("a service ended before it began:\n" + "\n".join(logs))
        return [process.pid for process in started]

    @contextmanager
    def halted(self, process_ids: Sequence[int]) -> Iterator[None]:
        """Let idle processes stand still for a while."""
        for process_id in process_ids:
            os.kill(process_id, signal.SIGSTOP)
        try:
            yield
        finally:
            for process_id in process_ids:
                os.kill(process_id, signal.SIGCONT)

    def peak(self) -> float:
        """Return the most resident megabytes that one of the processes has had."""
        return peaks_of(*self.process_ids)[0]

    def _start(self, role: str, *rest: str) -> subprocess.Popen[str]:
        apart = "apart" if self.apart else "together"
        command = [sys.executable, "-m", "bench.service", role, str(self.workspace)]
        command += [repr(self.since), self.sink, apart, *rest]
        with (self.workspace / f"{role}.log").open("a") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        self._processes.append(process)
        return process

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, *_exc: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
