"""Giving way: while an emergency is in hand, what is routine stands still in the same process.

Threads of one process share one interpreter and take turns at the ledger: an emergency that has a
thread of its own would still wait for every other one again and again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds after which the others go on, whatever becomes of the emergency.
AT_MOST = 3.0


class Way:
    """Who is urgent enters and leaves; everybody else waits where nothing is half done."""

    def __init__(self, at_most: float = AT_MOST) -> None:
        self._at_most = at_most
        self._changed = threading.Condition()
        self._inside = 0
        self._until = 0.0

    def enter(self) -> None:
        """Begin something urgent; each ``enter`` is followed by a ``leave``."""
        with self._changed:
            self._inside += 1
            self._until = time.monotonic() + self._at_most

    def leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep it free for as long as this lasts."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def give(self) -> None:
        """Wait while something urgent is in hand, ``at_most`` since the last of it began."""
        with self._changed:
            while self._inside and (left := self._until - time.monotonic()) > 0:
                self._changed.wait(left)
