"""The supervisor: what dies is buried and started again, and nobody outlives it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from support.redis_server import wait_until

from workers.supervisor import Supervisor

#: A process that writes its number to a file named after it, and ends when told to.
GOOD = "import os,sys,time; open(sys.argv[1],'w').write(str(os.getpid())); time.sleep(600)"

#: One that does not end when told to.
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + GOOD


@contextmanager
def supervised(
    folder: Path, code: str, buried: list[str], patience: timedelta = timedelta(seconds=20)
) -> Iterator[Supervisor]:
    supervisor = Supervisor(
        lambda name: [sys.executable, "-c", code, str(folder / name)],
        2,
        bury=buried.append,
        patience=patience,
    )
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield supervisor
    finally:
        supervisor.stop.set()
        thread.join()


def alive(folder: Path) -> dict[str, int]:
    """Return the names and numbers of the processes that have ever written theirs."""
    return {path.name: int(path.read_text()) for path in folder.iterdir() if path.read_text()}


def exists(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_that_dies_is_buried_and_another_started(tmp_path: Path) -> None:
    buried: list[str] = []
    with supervised(tmp_path, GOOD, buried):
        wait_until(lambda: len(alive(tmp_path)) == 2, "two processes")
        first, second = alive(tmp_path).items()
        os.kill(first[1], signal.SIGKILL)
        wait_until(lambda: len(alive(tmp_path)) == 3, "a third process")
        assert buried == [first[0]]
        assert exists(second[1])
    assert sorted(buried) == sorted(alive(tmp_path)), "each is buried once"
    assert not any(exists(number) for number in alive(tmp_path).values())


def test_one_that_does_not_end_is_killed(tmp_path: Path) -> None:
    buried: list[str] = []
    with supervised(tmp_path, DEAF, buried, timedelta(seconds=0.2)):
        wait_until(lambda: len(alive(tmp_path)) == 2, "two processes")
    assert len(buried) == 2
    assert not any(exists(number) for number in alive(tmp_path).values())


def test_one_that_keeps_dying_is_started_ever_more_seldom(tmp_path: Path) -> None:
    buried: list[str] = []
    with supervised(tmp_path, "raise SystemExit(3)", buried) as supervisor:
        wait_until(lambda: len(buried) >= 6, "three deaths each")
        pauses = [slot._pause for slot in supervisor._slots]
    assert min(pauses) >= 0.4
