"""What processes cost: CPU seconds and peak memory, those that they started included.

On a machine that others load, seconds on the wall tell about them; CPU seconds hardly do.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """What so many messages or deliveries took: on the wall, and CPU of all that took part."""

    number: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.number / self.seconds

    @property
    def each(self) -> float:
        """CPU microseconds of one."""
        return self.cpu / self.number * 1e6


class Stopwatch:
    """Measures processes and all that they start."""

    def __init__(self, *process_ids: int) -> None:
        self._process_ids = process_ids
        self._cpu, self._began = cpu_of(*process_ids), time.perf_counter()

    def cost(self, number: int) -> Cost:
        """Return what ``number`` messages or deliveries have taken since this was made."""
        seconds = time.perf_counter() - self._began
        return Cost(number, seconds, cpu_of(*self._process_ids) - self._cpu)


def cpu_of(*process_ids: int) -> float:
    """Return the CPU seconds of processes and of all that they started, dead ones too."""
    return sum(sum(process.cpu_times()[:4]) for process in _with_children(process_ids))


def peaks_of(*process_ids: int) -> list[float]:
    """Return the peak resident megabytes of each process that lives, the greatest first."""
    found = [_peak(process.pid) for process in _with_children(process_ids)]
    return sorted((peak for peak in found if peak), reverse=True)


def _with_children(process_ids: tuple[int, ...]) -> Iterator[psutil.Process]:
    for process_id in process_ids:
        try:
            process = psutil.Process(process_id)
            yield from (process, *process.children(recursive=True))
        except psutil.NoSuchProcess:
            continue


def _peak(process_id: int) -> float:
    """Return megabytes; 0 for a process that has ended."""
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
