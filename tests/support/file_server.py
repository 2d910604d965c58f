"""A server of files, with and without byte ranges, and with lines that break."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.serving import serving

#: Bytes of a file that comes through before any line breaks.
SMALL = 10_000


class FileServer(ThreadingHTTPServer):
    """Serves ``files`` by path. ``asked`` are the paths with the ranges that were wanted.

    ``ranges`` False: always answers with the whole file. ``breaks_after``: sends so many bytes of
    a file that is not small and drops the line, as often as ``breaks`` says. ``moved``: paths
    that lead to others.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.ranges = True
        self.says_length = True
        self.wrong_part = False
        self.breaks_after: int | None = None
        self.breaks = 10_000
        self.hangs = False
        self.closing = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, *_arguments: object) -> None:
        """A client that gave up is no news."""


@contextmanager
def file_server() -> Iterator[FileServer]:
    server = FileServer()
    with serving(server, server.closing):
        yield server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FileServer

    def do_GET(self) -> None:
        server, wanted = self.server, self.headers.get("Range", "")
        server.asked.append((self.path, wanted))
        if self.path in server.moved:
            self._head(302, 0, Location=server.url(server.moved[self.path]))
            return
        if self.path not in server.files:
            self._head(404, 0)
            return
        self._send(server.files[self.path], wanted)

    def _send(self, data: bytes, wanted: str) -> None:
        begin = self._begin(wanted)
        if begin and begin >= len(data):
            self._head(416, 0, **{"Content-Range": f"bytes */{len(data)}"})
            return
        said = begin + 7 if self.server.wrong_part else begin
        part = {"Content-Range": f"bytes {said}-{len(data) - 1}/{len(data)}"} if begin else {}
        self._head(206 if begin else 200, len(data) - begin, **part)
        if self.server.hangs:
            self.server.closing.wait(60)
            return
        left = data[begin:]
        breaks = self.server.breaks_after is not None and self.server.breaks > 0
        if breaks and len(data) > SMALL:
            self.server.breaks -= 1
            self.wfile.write(left[: self.server.breaks_after])
        else:
            self.wfile.write(left)
        self.close_connection = True

    def _begin(self, wanted: str) -> int:
        found = re.fullmatch(r"bytes=(\d+)-", wanted)
        return int(found[1]) if found and self.server.ranges else 0

    def _head(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        if self.server.says_length:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep the tests' output clean."""
