"""A small HTTP server for a process's own pages, on loopback or on a Unix socket."""

from __future__ import annotations

import json
import logging
import re
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import BaseServer, TCPServer, ThreadingMixIn, UnixStreamServer
from typing import ClassVar

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason

logger = logging.getLogger(__name__)

#: Seconds for which a caller may keep a connection without asking anything.
IDLE = 10.0

#: Begins an address that is the path of a Unix socket.
UNIX = "unix:"

#: machine:port, with an IPv6 address in brackets.
HOST_PORT = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:\[\]/]+)):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page says."""

    status: HTTPStatus
    media_type: str
    body: bytes

    @classmethod
    def of_json(cls, fine: bool, values: Mapping[str, object]) -> Answer:
        """Return 200, or 503 when something is not ``fine``, with what is known about it."""
        status = HTTPStatus.OK if fine else HTTPStatus.SERVICE_UNAVAILABLE
        body = json.dumps(values, ensure_ascii=False).encode() + b"\n"
        return cls(status, "application/json; charset=utf-8", body)


#: The pages, by path; each is made when it is asked for, in a thread of its own.
Pages = Mapping[str, Callable[[], Answer]]


class Endpoint:
    """Serves ``pages`` at ``listen`` from ``with`` to its end."""

    def __init__(self, listen: str, pages: Pages) -> None:
        """Raises LoaError when ``listen`` is no address, or nobody may listen there."""
        self._server = _server(listen, pages)
        self._path = Path(listen.removeprefix(UNIX)) if listen.startswith(UNIX) else None
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, name="endpoint"
        )

    @property
    def port(self) -> int:
        """The port that was taken, where the address left it open with 0."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Endpoint:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)


class _Threads(ThreadingMixIn):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about a caller who hung up; anything else is a fault of ours."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            logger.exception(_("a question about this process could not be answered"))


class _TCP(_Threads, TCPServer):
    allow_reuse_address = True


class _TCP6(_TCP):
    address_family = socket.AF_INET6


class _Unix(_Threads, UnixStreamServer):
    pass


def _server(listen: str, pages: Pages) -> TCPServer | UnixStreamServer:
    handler = type("_PagesHandler", (_Handler,), {"pages": pages})
    try:
        if listen.startswith(UNIX):
            return _Unix(listen.removeprefix(UNIX), handler)
        found = HOST_PORT.fullmatch(listen)
        if found is None or int(found["port"]) > 65535:
            message = _(
                "[http] listen is {found};"
                " allowed: machine:port such as 127.0.0.1:9464, or unix:/path"
            )
            raise LoaError(message.format(found=repr(listen)))
        kind = _TCP6 if found["six"] else _TCP
        return kind((found["six"] or found["host"], int(found["port"])), handler)
    except OSError as error:
        message = _("[http] listen: nobody can listen at {address}: {reason}")
        raise LoaError(message.format(address=listen, reason=os_reason(error))) from None


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the pages there are."""

    pages: ClassVar[Pages]
    server: BaseServer
    timeout = IDLE
    server_version = "Loa"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        answer = self._page()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def _page(self) -> Answer:
        page = self.pages.get(self.path.partition("?")[0])
        if page is None:
            return Answer(HTTPStatus.NOT_FOUND, "text/plain", b"")
        try:
            return page()
        except Exception:
            logger.exception(_("a question about this process could not be answered"))
            return Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", b"")

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: being asked every few seconds is no news."""
