"""A small HTTP server that takes what is posted to it, keeps it, and answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """What arrived, in order; ``answers`` are given one after another, then always 200."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def target(self) -> str:
        """Return its address as Apprise writes it, with a secret in it."""
        return f"json://loa:bi-mat-cua-toi@127.0.0.1:{self.port}/thong-bao/?verify=no"

    @property
    def text(self) -> str:
        """Return all that it took."""
        return "\n".join(f"{one['title']}\n{one['message']}" for one in self.taken)

    def answer(self, body: bytes) -> int:
        with self._guard:
            status = self.answers.pop(0) if self.answers else 200
            if status == 200:
                self.taken.append(json.loads(body))
            else:
                self.refused += 1
            return status


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run one on a free port of this machine."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(kept.answer(body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing: the test asks what arrived."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
