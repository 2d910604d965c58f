"""Helper processes in which libraries speak: as many as are needed, no more than are allowed.

A crash or a hang stays in the helper: it is killed with all it started, and replaced.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from channels.loudspeaker.speech.frames import KIND, LENGTH, MAX_REPLY, MAX_REQUEST, frame
from engine.i18n import gettext as _

#: Seconds without a request after which a helper ends and gives its memory back.
IDLE_SECONDS = 600.0


class HelperError(Exception):
    """A helper crashed, or took too long and was killed; the message says which."""


def helper_command(module: str) -> tuple[str, ...]:
    """Return how a helper is started whose code is in ``module`` of this package."""
    return (sys.executable, "-P", "-m", f"channels.loudspeaker.speech.{module}")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


class Helpers:
    """Up to ``size`` helpers that run ``command``, shared by all threads of this process.

    ``time_limit`` is seconds for one request, what a helper loads for it included. Helpers end
    by themselves after ``idle_seconds`` without one.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        size: int,
        time_limit: float,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._command = command
        self._size = size
        self._time_limit = time_limit
        self._idle_seconds = idle_seconds
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._room = threading.Semaphore(self._size)
        self._guard = threading.Lock()
        self._idle: list[_Helper] = []
        self._era = 0

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the helpers that wait for something to say."""
        return tuple(helper.pid for helper in self._idle)

    def ask(self, request: Mapping[str, str], needs: str = "") -> bytes:
        """Return the reply's kind, rate and payload. Waits while all helpers speak.

        ``needs`` names what a helper loads for the request: one that has it already is taken
        first. A request is tried twice, the second time by a new helper. Raises HelperError.
        """
        asked = frame(json.dumps(request, ensure_ascii=False).encode())
        if len(asked) > MAX_REQUEST:
            raise ValueError(f"a request of {len(asked)} bytes")
        if self._owner != os.getpid():
            self._begin()  # a fork has helpers of its own, and leaves its parent's alone
        with self._room:
            era, helper = self._taken(needs)
            try:
                answer = helper.ask(asked, self._time_limit)
            except HelperError:
                helper = self._started(needs)
                answer = helper.ask(asked, self._time_limit)
            self._give_back(era, helper)
            return answer

    def close(self) -> None:
        """End the helpers; those that speak end when they have answered."""
        if self._owner != os.getpid():
            return
        with self._guard:
            self._era += 1
            ending, self._idle = self._idle, []
        for helper in ending:
            helper.kill()

    def _taken(self, needs: str) -> tuple[int, _Helper]:
        with self._guard:
            era = self._era
            while self._idle:
                fitting = [helper for helper in self._idle if helper.has == needs]
                helper = (fitting or self._idle)[-1]
                self._idle.remove(helper)
                if helper.lives:
                    helper.has = needs
                    return era, helper
                helper.kill()
        return era, self._started(needs)

    def _started(self, needs: str) -> _Helper:
        helper = _Helper(self._command, self._idle_seconds)
        helper.has = needs
        return helper

    def _give_back(self, era: int, helper: _Helper) -> None:
        with self._guard:
            if era == self._era:
                self._idle.append(helper)
                return
        helper.kill()


class _Helper:
    """One helper process. ``has`` names what it has loaded."""

    has = ""

    def __init__(self, command: Sequence[str], idle_seconds: float) -> None:
        """Raises HelperError when it cannot be started."""
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [*command, str(os.getpid()), str(idle_seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                # Ctrl-C is for Loa, which finishes its sentence; and a group is killed whole.
                start_new_session=True,
                # One thread each: helpers share the cores among themselves, and can be forked.
                env={
                    **os.environ,
                    "PYTHONPATH": str(Path(__file__).parents[3]),
                    "OPENBLAS_NUM_THREADS": "1",
                    "OMP_NUM_THREADS": "1",
                },
            )
        except OSError as error:
            raise HelperError(str(error)) from error

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: bytes, time_limit: float) -> bytes:
        """Raises HelperError; whatever is raised, the helper is dead then."""
        try:
            return self._asked(request, time.monotonic() + time_limit)
        except BaseException:
            # Interrupted, too: its answer would be taken for that of the next request.
            self.kill()
            raise

    def _asked(self, request: bytes, deadline: float) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            os.write(self._process.stdin.fileno(), request)
        except BrokenPipeError as error:
            raise HelperError(_("it has stopped")) from error
        pipe = self._process.stdout.fileno()
        length = LENGTH.unpack(_read(pipe, LENGTH.size, deadline))[0]
        if not KIND.size <= length <= MAX_REPLY:
            raise HelperError(_("it answered nonsense"))
        return _read(pipe, length, deadline)

    def kill(self) -> None:
        """End the helper with all it started."""
        if self.lives:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


def _read(pipe: int, size: int, deadline: float) -> bytes:
    """Read exactly ``size`` bytes. Raises HelperError at the end of the pipe or of the time."""
    data = bytearray()
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0 or not waiting.poll(left * 1000):
            raise HelperError(_("it took too long and was stopped"))
        part = os.read(pipe, min(size - len(data), 1 << 20))
        if not part:
            raise HelperError(_("it has stopped"))
        data += part
    return bytes(data)
