"""A real Redis for tests: its own folder and port, no persistence, ended by the test.

A machine without redis-server fails the tests that need it: ``make system`` installs it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

#: How long a server may take to start, and what is waited for may take to come, on a busy machine.
PATIENCE = 60.0


def wait_until(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Look again and again until ``true``; fail the test when it does not come."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"waited {patience:.0f} s for: {what}"
        time.sleep(0.02)


class RedisServer:
    """A redis-server that may be stopped, started again empty, and flushed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> Redis:
        return Redis(port=self.port, socket_timeout=PATIENCE)

    def start(self) -> None:
        program = shutil.which("redis-server", path=os.environ.get("PATH", "") + ":/usr/bin")
        assert program is not None, "redis-server is not installed: run make system"
        nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            [*command, "--appendonly", "no", "--dir", str(self._folder)],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            **(nobody if os.geteuid() == 0 else {}),
        )
        wait_until(self._answers, "redis-server to answer")

    def stop(self) -> None:
        """Kill it: nothing of what it held is kept."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with self.client as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False


@contextmanager
def running() -> Iterator[RedisServer]:
    """Run a server in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="loa-redis-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        server = RedisServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisServer]:
    """The tests' Redis; it starts when the first test needs it."""
    with running() as server:
        yield server


@pytest.fixture
def redis_server(shared_redis: RedisServer) -> RedisServer:
    """An empty Redis. A test may stop it; it is started again for the next."""
    shared_redis.stop()
    shared_redis.start()
    return shared_redis
