"""Hearing how far something that takes long has come."""

from __future__ import annotations

from collections.abc import Callable

#: Hears of each part that is done: how many of how many.
Progress = Callable[[int, int], None]


def nothing(_done: int, _all: int) -> None:
    """Nobody wants to hear of progress."""
