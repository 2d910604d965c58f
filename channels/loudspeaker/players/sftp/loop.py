"""One event loop in a thread of its own, for a backend whose library is asynchronous."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import wait
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

#: Seconds between two looks at whether whoever waits has been interrupted.
_LOOK = 0.2


class Loop:
    """Starts when something is run, and again after it was closed."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run to the end and return what it returns, or raise what it raises.

        When whoever waits is interrupted, the coroutine is cancelled.
        """
        loop, tasks, given_up = self._started(), set[asyncio.Task[Any]](), threading.Event()

        async def work() -> T:
            tasks.update(filter(None, [asyncio.current_task()]))
            if given_up.is_set():
                coroutine.close()
                raise asyncio.CancelledError
            return await coroutine

        def give_up() -> None:
            for task in tasks:
                task.cancel()

        try:
            # What handed it over may be interrupted before it returns: its future is not enough.
            future = asyncio.run_coroutine_threadsafe(work(), loop)
            # A thread that waits on a lock alone could not be interrupted.
            while not wait([future], timeout=_LOOK).done:
                pass
        except BaseException:
            given_up.set()
            with suppress(RuntimeError):  # closed meanwhile: nothing runs in it
                loop.call_soon_threadsafe(give_up)
            raise
        return future.result()

    def close(self) -> None:
        """Stop the loop and wait for its thread; what still runs in it is cancelled."""
        with self._guard:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._guard:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_turn, args=(self._loop,), name="loa-sftp", daemon=True
                )
                self._thread.start()
            return self._loop


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
