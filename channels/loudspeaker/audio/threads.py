"""Work done side by side, in threads: filters, LAME and decoders need no GIL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: More threads than this bring nothing but memory.
MOST = 8


def side_by_side(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return what ``work`` makes of each item, in order; one core each. Raises what it raises."""
    todo = list(items)
    threads = min(len(todo), os.cpu_count() or 1, MOST)
    if threads < 2:
        return [work(item) for item in todo]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(work, todo))
