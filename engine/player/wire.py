"""The player's line to Loa's server: docs/player-protocol.md, over HTTP or HTTPS."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.player.sounds import PIECE

#: Seconds to wait for a line, and for an answer: the server holds a question for 25 s.
CONNECT, ANSWER = 8.0, 40.0

#: Bytes of the longest answer that is read into memory: 20 of the longest envelopes.
LONGEST = 30_000_000

#: What is raised on a connection that the server ended while it was idle.
_GONE = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)

#: Where the API begins.
API = "/player/v1"


class LineError(LoaError):
    """The server does not answer, or answers with a refusal (``status``; 0: no answer)."""

    def __init__(self, message: str, status: int = 0, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class Line:
    """One connection to the server, made again when it breaks. For one thread."""

    def __init__(self, server: str, token: str = "", ca_file: str | None = None) -> None:
        """Raises LoaError for an address that is none."""
        parts = urlsplit(server)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            message = _("“{address}” is no server: write it as https://loa.example")
            raise LoaError(message.format(address=server))
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/") + API
        self._tls = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._connection: http.client.HTTPConnection | None = None
        self._over = False

    @property
    def private(self) -> bool:
        """Say whether nobody between can change what the server says: TLS, or this machine."""
        return self._tls is not None or self._host in ("127.0.0.1", "::1", "localhost")

    def end(self) -> None:
        """Close it for good; a call that waits in another thread fails with LineError."""
        self._over = True
        self.close()

    def close(self) -> None:
        """End the connection; the next question makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                if connection.sock is not None:
                    connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()

    def get(self, path: str) -> Any:
        """Return the JSON that the server answers. Raises LineError."""
        return self._json("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the JSON that the server answers. Raises LineError."""
        return self._json("POST", path, json.dumps(body, ensure_ascii=False).encode())

    def sound(self, sha256: str, offset: int) -> tuple[int, Iterator[bytes]]:
        """Return where the answer begins and its pieces; a server may begin anew."""
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        answer = self._ask("GET", f"sounds/{sha256}", None, headers)
        begins = 0
        if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
            stated = answer.headers.get("Content-Range", "")
            begins = offset
            if not stated.startswith(f"bytes {offset}-"):
                self.close()
                raise LineError(_("the server sent another part of the sound than was asked for"))
        return begins, self._pieces(answer)

    def _pieces(self, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        whole = False
        try:
            while piece := answer.read(PIECE):
                yield piece
            whole = not answer.length
            if not whole:
                raise LineError(_("the line broke in the middle of a sound"))
        except (OSError, http.client.HTTPException) as error:
            raise _broken(error) from error
        finally:
            if not whole:
                self.close()

    def _json(self, method: str, path: str, body: bytes | None) -> Any:
        answer = self._ask(method, path, body, {})
        try:
            data = answer.read(LONGEST + 1)
            if len(data) > LONGEST:
                raise LineError(_("the server's answer is too long"))
            return json.loads(data)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise _broken(error) from error
        except (ValueError, RecursionError) as error:
            self.close()
            raise LineError(_("the server's answer is no JSON")) from error
        except LineError:
            self.close()
            raise

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        """Ask, once more on a new connection when an idle one turns out to be gone."""
        idle = self._connection is not None
        try:
            answer = self._send(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if self._over or not idle or not isinstance(error, _GONE):
                raise _broken(error) from error
            answer = self._again(method, path, body, headers)
        if answer.status not in (http.HTTPStatus.OK, http.HTTPStatus.PARTIAL_CONTENT):
            raise self._refusal(answer)
        return answer

    def _again(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        try:
            return self._send(method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise _broken(error) from error

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        connection = self._connection or self._connect()
        self._connection = connection
        kind = {"Content-Type": "application/json"} if body is not None else {}
        url = f"{self._prefix}/{path}"
        connection.request(method, url, body, {**self._headers, **kind, **headers})
        return connection.getresponse()

    def _connect(self) -> http.client.HTTPConnection:
        if self._tls is not None:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=CONNECT, context=self._tls
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=CONNECT)
        connection.connect()
        if connection.sock is not None:
            connection.sock.settimeout(ANSWER)
            _watch(connection.sock)
        return connection

    def _refusal(self, answer: http.client.HTTPResponse) -> LineError:
        status = answer.status
        wait = answer.headers.get("Retry-After", "")
        self.close()
        known = {
            401: _("the server does not know this player's token (any more): enrol it again"),
            403: _("the enrolment code is unknown, used, or too old: ask for a new one"),
            404: _("the server does not have what was asked for"),
            429: _("the server was asked too often"),
        }
        said = known.get(status) or _("the server answered with status {status}")
        seconds = float(wait) if wait.isascii() and wait.isdigit() else 0.0
        return LineError(said.format(status=status), status, min(seconds, 3600.0))


def _broken(error: Exception) -> LineError:
    reason = os_reason(error) if isinstance(error, OSError) else _("the line broke")
    return LineError(_("the server does not answer: {reason}").format(reason=reason))


def _watch(line: socket.socket) -> None:
    """Let the kernel find out within some 15 s that nobody is at the other end any more."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 6), ("TCP_KEEPINTVL", 3), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
