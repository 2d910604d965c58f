"""Letting signals ask for an orderly end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGTERM and SIGINT set ``stop``; only in the main thread.

    A thread of its own sets it: the handler interrupts the main thread anywhere, also while it
    holds the event's lock, and would wait for itself for ever. What it does instead may be done
    in a handler.
    """
    asked: SimpleQueue[bool] = SimpleQueue()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        asked.put(True)

    def listen() -> None:
        while asked.get():
            stop.set()

    listener = threading.Thread(target=listen, name="signals")
    listener.start()
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        asked.put(False)
        listener.join()
