"""A process that has loaded everything and forks what tests start: commands, and what they kill.

Starting Python anew for each would take most of a test's time. ``python -m
support.nursery`` (run in ``tests/``) answers one JSON line with one JSON line, and kills what
it started when nobody holds its input any more.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import gc
import importlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from support.redis_server import PATIENCE, wait_until

TESTS = Path(__file__).parents[1]

#: Lets a child write into its log where its threads are.
TELL = signal.SIGUSR1

#: What can be started; the tests' own process needs none of it.
DRIVERS = (
    "support.command_driver",
    "support.service_driver",
    "support.kill_driver",
    "support.console_driver",
    "support.alert_driver",
    "support.visits_driver",
    "support.amend_driver",
)

#: What a worker loads with the first bundle that needs it, and a command when it does its work.
LOADED_LATE = (
    "campaigns.json_schema",
    "campaigns.workspace",
    "channels.chat.bots.wire",
    "channels.loudspeaker.audio.mp3",
    "channels.loudspeaker.programme",
    "channels.portal.feeds",
    "engine.app.bulletins",
    "engine.reports.period",
    "engine.reports.playlog",
    "engine.reports.station",
    "engine.upkeep.backup",
    "engine.upkeep.doctor",
    "engine.upkeep.restore",
    "gtts",
    "lxml.etree",
    "openpyxl",
    "pypdfium2",
    "segno.writers",
    "sqlite3",
)

#: What Python reads when it starts and never again: a fork cannot have others than its nursery.
READ_AT_THE_START = ("LANG", "LC_", "PYTHON", "TZ")


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

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for its end. Fails, with its log and where its threads are, when it takes longer."""
        self.let_run(timeout)
        status = self.poll()
        assert status is not None, f"it does not end: {self._where_it_is()}"
        return status

    def let_run(self, seconds: float) -> None:
        """Wait so long, or until it ends."""
        if self.poll() is not None:
            return
        ended = os.pidfd_open(self.pid)  # until the nursery is asked again, nobody else has its id
        try:
            waiting = select.poll()
            waiting.register(ended, select.POLLIN)
            waiting.poll(seconds * 1_000)
        finally:
            os.close(ended)

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
        self._line = threading.Lock()

    def start(
        self,
        driver: str,
        arguments: Sequence[str],
        log: Path,
        *,
        errors: Path | None = None,
        cwd: Path | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Child:
        """Fork ``support.<driver>`` with these arguments; its two streams go into ``log``.

        Its errors go into ``errors`` where that is given. ``environ``: all of its environment,
        if it is to have another than the nursery.
        """
        for name in environ or ():
            if name.startswith(READ_AT_THE_START):
                assert environ is None or environ[name] == os.environ.get(name), name
        pid = self.ask(
            start=driver,
            arguments=list(arguments),
            log=str(log),
            errors=str(errors or log),
            cwd=str(cwd or TESTS),
            environ=None if environ is None else dict(environ),
        )
        assert pid is not None
        return Child(self, pid, log)

    def ask(self, **request: Any) -> int | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._line:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer: int | None = json.loads(self._process.stdout.readline())
        return answer


@cache
def shared_nursery() -> Nursery:
    """Return the nursery of this process: started by the first who needs it, ended at its end."""
    open_until_the_end = ExitStack()
    atexit.register(open_until_the_end.close)
    return open_until_the_end.enter_context(nursery())


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
    gc.freeze()  # what is shared with the children stays shared

    children: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        answer: int | None
        if "start" in request:
            answer = _fork(**request)
            children.add(answer)
        else:
            answer = _status(request["status"])
            if answer is not None:
                children.discard(request["status"])
        print(json.dumps(answer), flush=True)
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _fork(
    start: str,
    arguments: Sequence[str],
    log: str,
    errors: str,
    cwd: str,
    environ: Mapping[str, str] | None,
) -> int:
    driver = importlib.import_module(f"support.{start}")
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        with (
            Path(log).open("ab") as out,
            Path(errors).open("ab") as error,
            Path(os.devnull).open("rb") as nothing,
        ):
            os.dup2(nothing.fileno(), 0)
            os.dup2(out.fileno(), 1)
            os.dup2(error.fileno(), 2)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the nursery's own has read ahead
        os.chdir(cwd)
        if environ is not None:
            os.environ.clear()
            os.environ.update(environ)
        random.seed()
        faulthandler.register(TELL, all_threads=True)
        status = driver.main(arguments) or 0
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
