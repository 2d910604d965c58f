"""A real S3-compatible object store for tests, and a line to it that fails as lines do.

A machine without it fails the tests that need it: ``make system`` installs it.
"""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path

import httpx
import pytest

from engine.artifacts.bucket import Place

KEY = "loa:loa"
#: It must never be seen in an error.
SECRET = "bi-mat-bia-ra"

#: Knows conditional puts, as most do; and one that does not.
BUCKET, OLD_BUCKET = "kho", "kho-cu"

#: To Debian's own Python its packages belong.
_PYTHON = "/usr/bin/python3"

_numbers = count(1)


@dataclass(frozen=True)
class ObjectStore:
    """A running server."""

    port: int

    def place(self, bucket: str = BUCKET, *, prefix: str = "", port: int = 0) -> Place:
        """Return a place of the test's own; ``port`` leads there by another way."""
        return Place(
            bucket=bucket,
            prefix=prefix or f"xa/{next(_numbers)}",
            endpoint=f"http://127.0.0.1:{port or self.port}",
            region="us-east-1",
            key=KEY,
            secret=SECRET,
            timeout=timedelta(seconds=30),
        )


@contextmanager
def running() -> Iterator[ObjectStore]:
    """Run a server in a folder of its own, with its two buckets made."""
    node = Path(__file__).with_name("swift_node.py")
    with (
        tempfile.TemporaryDirectory(prefix="loa-swift-", ignore_cleanup_errors=True) as name,
        (Path(name) / "log").open("w+", encoding="utf-8") as log,
    ):
        process = subprocess.Popen(
            [_PYTHON, "-W", "ignore", str(node), name, KEY, SECRET],
            env={"PATH": "/usr/bin:/bin", "HOME": name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port:
            said = (Path(name) / "log").read_text(encoding="utf-8")
            pytest.fail(f"the object store does not start: run make system\n{said}")
        try:
            store = ObjectStore(int(port))
            _make_buckets(store)
            yield store
        finally:
            process.kill()
            process.communicate()


def _make_buckets(store: ObjectStore) -> None:
    """Make the buckets through Swift's own door."""
    door = f"http://127.0.0.1:{store.port}"
    with httpx.Client(timeout=60) as client:
        login = client.get(
            f"{door}/auth/v1.0", headers={"X-Storage-User": KEY, "X-Storage-Pass": SECRET}
        )
        token = {"X-Auth-Token": login.headers["X-Auth-Token"]}
        for bucket in (BUCKET, OLD_BUCKET):
            made = client.put(f"{door}/v1/AUTH_loa/{bucket}", headers=token)
            assert made.status_code in (201, 202), made.text


class Line:
    """A way to a server on this machine. ``fault`` says how it fails, if it does.

    ``away``: hangs up before it asks. ``lost``: asks, then hangs up. ``half``: passes on half
    of what it announced. ``slow``: no answer until the test is over. A number: that status.
    """

    def __init__(self, port: int) -> None:
        self.fault: str | int = ""
        self.asked = 0
        self.over = threading.Event()
        self._far = port
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                line.asked += 1
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                line.answer(self, body)

            do_PUT = do_DELETE = do_HEAD = do_POST = do_GET  # noqa: N815 - http.server's names

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        return Handler

    def answer(self, near: BaseHTTPRequestHandler, body: bytes) -> None:
        fault = self.fault
        if fault == "slow":
            self.over.wait()
        if fault in ("slow", "away"):
            near.close_connection = True
            return
        if isinstance(fault, int):
            near.send_response(fault)
            near.send_header("Content-Length", "0")
            near.end_headers()
            return
        far = HTTPConnection("127.0.0.1", self._far, timeout=60)
        try:
            far.request(near.command, near.path, body, dict(near.headers.items()))
            answer = far.getresponse()
            data = answer.read()
        finally:
            far.close()
        if fault == "lost":
            near.close_connection = True
            return
        near.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                near.send_header(name, value)
        announced = answer.getheader("Content-Length") if near.command == "HEAD" else len(data)
        near.send_header("Content-Length", str(announced or 0))
        near.end_headers()
        near.wfile.write(data[: len(data) // 2] if fault == "half" else data)
        near.close_connection = fault == "half"


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """The tests' object store; it starts when the first test needs it."""
    with running() as store:
        yield store


@pytest.fixture
def line(object_store: ObjectStore) -> Iterator[Line]:
    """A line to it; the test says how it fails."""
    way = Line(object_store.port)
    yield way
    way.close()
