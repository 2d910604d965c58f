"""``loa demo``: time and memory of the whole, helper processes included."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.figures import LOA, Figure

#: What the project promises for two cores (README).
SECONDS, MEGABYTES = 20.0, 300.0


def figures(folder: Path) -> Iterator[Figure]:
    wall, cpu, peak = run(LOA, "demo", str(folder / "demo"))
    yield Figure("loa demo", wall, "s", SECONDS, "what is promised")
    yield Figure("loa demo, helpers included", cpu, "s CPU")
    yield Figure("loa demo, helpers included: peak", peak, "MB", MEGABYTES, "what is promised")


def run(*command: str) -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds and peak resident megabytes of a process and its tree."""
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        peak = max(peak, _resident(watched))
        time.sleep(0.05)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    used = os.times()
    return time.perf_counter() - before, used.children_user + used.children_system, peak / 1e6


def _resident(process: psutil.Process) -> int:
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue  # it ended between listing and looking
    return total
