"""Helper processes in which libraries work: as many as are needed, no more than are allowed.

A crash or a hang stays in the helper: it is killed with all it started, and replaced.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.helping.pipes import LENGTH, ClosedError, SlowError, frame, receive, send
from engine.i18n import gettext as _

#: Seconds without a request after which a helper ends and gives its memory back.
IDLE_SECONDS = 600.0

_PAGE = os.sysconf("SC_PAGE_SIZE")


class HelperError(Exception):
    """A helper crashed, or took too long and was killed; the message says which."""


class TooSlowError(HelperError):
    """It took too long: another one would do no better with the same request."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a helper may take.

    ``seconds`` for one request, what it loads for it included; ``request`` and ``reply`` bytes.
    After so many ``jobs``, or above so many bytes of ``memory``, it is replaced by a new one.
    ``insists``: a request that took too long is given to a second helper all the same.
    """

    seconds: float
    request: int
    reply: int
    jobs: int | None = None
    memory: int | None = None
    insists: bool = True


def helper_command(module: str) -> tuple[str, ...]:
    """Return how a helper is started whose code is in ``module``."""
    return (sys.executable, "-P", "-m", module)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


class Helpers:
    """Up to ``size`` helpers that run ``command``, shared by all threads of this process.

    Nothing is started before somebody asks. Helpers end after ``idle_seconds`` without a
    request, when they are closed, and when this process ends, however it does.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        size: int,
        bounds: Bounds,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._command = command
        self._size = size
        self._bounds = bounds
        self._idle_seconds = idle_seconds
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._room = threading.Semaphore(self._size)
        self._guard = threading.Lock()
        self._idle: list[_Helper] = []
        self._timer: threading.Timer | None = None
        self._era = 0

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the helpers that wait for something to do."""
        return tuple(helper.pid for helper in self._idle)

    def ask(self, request: Mapping[str, Any], needs: str = "") -> bytes:
        """Return the reply. Waits while all helpers work.

        ``needs`` names what a helper loads for the request: one that has it already is taken
        first. A request is tried twice, the second time by a new helper. Raises HelperError.
        """
        asked = frame(json.dumps(request, ensure_ascii=False).encode())
        if len(asked) > self._bounds.request:
            raise ValueError(f"a request of {len(asked)} bytes")
        if self._owner != os.getpid():
            self._begin()  # a fork has helpers of its own, and leaves its parent's alone
        with self._room:
            era, helper = self._taken(needs)
            try:
                answer = helper.ask(asked)
            except HelperError as error:
                if isinstance(error, TooSlowError) and not self._bounds.insists:
                    raise
                helper = self._started(needs)
                answer = helper.ask(asked)
            self._give_back(era, helper)
            return answer

    def close(self) -> None:
        """End the helpers; those that work end when they have answered."""
        if self._owner != os.getpid():
            return
        with self._guard:
            self._era += 1
            ending, self._idle = self._idle, []
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
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
        helper = _Helper(self._command, self._bounds, self._idle_seconds)
        helper.has = needs
        return helper

    def _give_back(self, era: int, helper: _Helper) -> None:
        with self._guard:
            if era == self._era and not helper.worn:
                self._idle.append(helper)
                self._watch(self._idle_seconds)
                return
        helper.kill()

    def _watch(self, seconds: float) -> None:
        """Look again in ``seconds`` for helpers that nobody asks; held: ``_guard``."""
        if self._timer is None:
            self._timer = threading.Timer(seconds, self._rest)
            self._timer.daemon = True
            self._timer.start()

    def _rest(self) -> None:
        """End those that nobody has asked for long enough, so that no zombie stays either."""
        with self._guard:
            self._timer = None
            now = time.monotonic()
            over = [one for one in self._idle if now - one.since >= self._idle_seconds]
            self._idle = [one for one in self._idle if one not in over]
            if self._idle:
                oldest = min(one.since for one in self._idle)
                self._watch(max(oldest + self._idle_seconds - now, 0.01))
        for helper in over:
            helper.kill()


class _Helper:
    """One helper process. ``has`` names what it has loaded; ``since`` when it last answered."""

    has = ""

    def __init__(self, command: Sequence[str], bounds: Bounds, idle_seconds: float) -> None:
        """Raises HelperError when it cannot be started."""
        self._bounds = bounds
        self._jobs = 0
        self.since = time.monotonic()
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
                    "PYTHONPATH": str(Path(__file__).parents[2]),
                    "OPENBLAS_NUM_THREADS": "1",
                    "OMP_NUM_THREADS": "1",
                    "RAYON_NUM_THREADS": "1",
                },
            )
        except OSError as error:
            raise HelperError(str(error)) from error
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    @property
    def worn(self) -> bool:
        """Say whether it has done so much, or grown so large, that a new one is better."""
        bounds = self._bounds
        if bounds.jobs is not None and self._jobs >= bounds.jobs:
            return True
        return bounds.memory is not None and _resident(self.pid) > bounds.memory

    def ask(self, request: bytes) -> bytes:
        """Raises HelperError; whatever is raised, the helper is dead then."""
        try:
            answer = self._asked(request, time.monotonic() + self._bounds.seconds)
        except SlowError:
            self.kill()
            raise TooSlowError(_("it took too long and was stopped")) from None
        except ClosedError:
            self.kill()
            raise HelperError(_("it has stopped")) from None
        except BaseException:
            # Interrupted, too: its answer would be taken for that of the next request.
            self.kill()
            raise
        self._jobs += 1
        self.since = time.monotonic()
        return answer

    def _asked(self, request: bytes, deadline: float) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        send(self._process.stdin.fileno(), request, deadline)
        pipe = self._process.stdout.fileno()
        length = LENGTH.unpack(receive(pipe, LENGTH.size, deadline))[0]
        if not 0 < length <= self._bounds.reply:
            raise HelperError(_("it answered nonsense"))
        return receive(pipe, length, deadline)

    def kill(self) -> None:
        """End the helper with all it started."""
        if self.lives:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


def _resident(pid: int) -> int:
    """Return the bytes of memory a process holds; 0 when it is gone (proc(5), statm)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
