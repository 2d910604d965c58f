"""A process that has loaded everything and forks what tests kill.

Starting Python anew for each would take most of a test's time. ``python -m
support.nursery`` (run in ``tests/``) answers one JSON line with one JSON line, and kills what
it started when nobody holds its input any more.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from support.redis_server import wait_until

TESTS = Path(__file__).parents[1]

#: Lets a child write into its log where its threads are.
TELL = signal.SIGUSR1

#: What can be started; the tests' own process needs none of it.
DRIVERS = (
    "support.service_driver",
    "support.kill_driver",
    "support.console_driver",
    "support.alert_driver",
    "support.visits_driver",
    "support.amend_driver",
)

#: What a worker loads with the first bundle that needs it.
LOADED_LATE = (
    "channels.chat.bots.wire",
    "channels.loudspeaker.audio.mp3",
    "channels.loudspeaker.programme",
    "channels.portal.feeds",
    "lxml.etree",
    "pypdfium2",
    "sqlite3",
)


class Child:
    """A forked process, with the manners of subprocess.Popen."""

    def __init__(self, nursery: Nursery, pid: int, log: Path) -> None:
        self._nursery = nursery
        self._log = log
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal; None while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.ask(status=self.pid)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end. Fails, with its log and where its threads are, when it takes longer."""
        deadline = time.monotonic() + timeout
        while (status := self.poll()) is None:
            assert time.monotonic() < deadline, f"it does not end: {self._where_it_is()}"
            time.sleep(0.005)
        return status

    def let_run(self, seconds: float) -> None:
        """Wait so long, or until it ends."""
        deadline = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)

    def _where_it_is(self) -> str:
        known = self._log.read_text()
        os.kill(self.pid, TELL)
        wait_until(lambda: "Current thread" in self._log.read_text()[len(known) :], "its threads")
        return self._log.read_text()

    def wait_until_stopped(self) -> None:
        """Wait until it has sent itself SIGSTOP. Fails when it ends instead."""
        process = psutil.Process(self.pid)
        wait_until(
            lambda: self.poll() is not None or process.status() == psutil.STATUS_STOPPED,
            "it to stop",
        )
        assert self.returncode is None, "it ended without a stop"

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once; it is gone when this returns."""
        self.send_signal(signal.SIGKILL)
        self.wait(60)


class Nursery:
    """The tests' end of the line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, driver: str, arguments: Sequence[str], log: Path) -> Child:
        """Fork ``support.<driver>`` with these arguments; its two streams go into ``log``."""
        pid = self.ask(start=driver, arguments=list(arguments), log=str(log))
        assert pid is not None
        return Child(self, pid, log)

    def ask(self, **request: Any) -> int | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def nursery() -> Iterator[Nursery]:
    command = [sys.executable, "-m", "support.nursery"]
    with subprocess.Popen(
        command,
        cwd=TESTS,
        env={**os.environ, "LOA_LANG": "en"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Nursery(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=60)


def main() -> None:
    for name in (*DRIVERS, *LOADED_LATE):
        importlib.import_module(name)

    children: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        answer: int | None
        if "start" in request:
            driver = importlib.import_module(f"support.{request['start']}")
            answer = _fork(driver.main, request["arguments"], request["log"])
            children.add(answer)
        else:
            answer = _status(request["status"])
            if answer is not None:
                children.discard(request["status"])
        print(json.dumps(answer), flush=True)
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _fork(run: Any, arguments: Sequence[str], log: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        with Path(log).open("ab") as file, Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        random.seed()
        faulthandler.register(TELL, all_threads=True)
        run(arguments)
        status = 0
    except BaseException:  # noqa: BLE001 - the child ends here, and its log says why
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _status(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


if __name__ == "__main__":
    main()
