"""What a part of the benchmark gives back, and how it is timed."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

#: The command, as it is installed beside the interpreter.
LOA = str(Path(sys.executable).with_name("loa"))


#: How long one part may take, seconds; ``LOA_BENCH_SECONDS`` allows more.
SECONDS = 180


def seconds() -> int:
    """Return how long one part may take."""
    return int(os.environ.get("LOA_BENCH_SECONDS", SECONDS))


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. ``value`` in ``unit``; ``baseline`` in the same unit, None if none fits."""

    what: str
    value: float
    unit: str
    baseline: float | None = None
    against: str = ""

    @property
    def ratio(self) -> str:
        return f"{self.value / self.baseline:.2f}×" if self.baseline else ""

    def __str__(self) -> str:
        what, value, baseline, ratio = self.row()
        return "  ".join(filter(None, (f"{what}: {value}", ratio, baseline)))

    def row(self) -> tuple[str, str, str, str]:
        baseline = f"{self.against}: {shown(self.baseline)} {self.unit}" if self.baseline else ""
        return self.what, f"{shown(self.value)} {self.unit}", baseline, self.ratio

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence beside the figures: under which settings they were measured."""

    note: str

    def __str__(self) -> str:
        return self.note

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def said(line: str) -> Figure | Note:
    """Return what a line of JSON says."""
    values = json.loads(line)
    return Note(**values) if "note" in values else Figure(**values)


def shown(value: float) -> str:
    """Return three significant digits, without an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the CPU seconds that ``work`` took in this process, and what it returned.

    Wall time on a shared machine tells more about the others than about the work.
    """
    before = time.process_time()
    result = work()
    return time.process_time() - before, result


def clocked(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds on the wall that ``work`` took, and what it returned."""
    before = time.perf_counter()
    result = work()
    return time.perf_counter() - before, result
