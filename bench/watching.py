"""What processes cost: CPU seconds and peak memory, those that they started included.

On a machine that others load, seconds on the wall tell about them; CPU seconds hardly do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psutil


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
