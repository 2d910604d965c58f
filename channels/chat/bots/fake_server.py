"""The web server that every fake is: on loopback, with scripted answers and a gate for what waits.

``with`` starts and ends it. Subclasses say which requests meet a script; their handlers, what
is asked and answered.
"""

from __future__ import annotations

import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from channels.chat.bots.habits import Habit, Script


class FakeServer:
    """``with SomeFake(world) as fake: fake.base_url``."""

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int) -> None:
        """``port`` 0 is any that is free."""
        self._scripts: deque[Script] = deque()
        self._lock = threading.Lock()
        self.asked: deque[str] = deque(maxlen=10_000)  # addresses, in order
        self.closing = threading.Event()
        self._gate = threading.Event()
        self._gate.set()
        self.held = threading.Semaphore(0)  # one for each request that waits at the gate
        self._server = Listening(("127.0.0.1", port), handler)
        self._server.fake = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, *scripts: Script | Habit) -> None:
        """Give the coming requests these answers, one each, in order."""
        given = [one if isinstance(one, Script) else Script(one) for one in scripts]
        if any(one.habit in (Habit.HOLD_BEFORE, Habit.HOLD_AFTER) for one in given):
            self._gate.clear()
        self._scripts.extend(given)

    def let_go(self) -> None:
        """Let what is held go on, and forget what was still scripted."""
        self._scripts.clear()
        self._gate.set()

    def next_script(self, asked: str) -> Script:
        """Return what the request for ``asked`` meets."""
        with self._lock:
            self.asked.append(asked)
            if self._scripts and self.may_meet(asked, self._scripts[0]):
                return self._scripts.popleft()
        return Script(Habit.PLAIN)

    def may_meet(self, asked: str, script: Script) -> bool:
        """Say whether the next script is for such a request."""
        return asked.endswith(script.path)

    def wait_at_gate(self) -> None:
        self.held.release()
        self._gate.wait()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Listening(ThreadingHTTPServer):
    """Listens for a fake."""

    #: How handlers find it.
    fake: FakeServer
    #: A worker's many connections at once; the usual 5 makes the system drop some.
    request_queue_size = 128
    daemon_threads = True
