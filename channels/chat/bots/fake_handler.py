"""What the fakes' web servers share: bad habits, played as they are scripted."""

from __future__ import annotations

import contextlib
import json
import socket
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar

from channels.chat.bots.fake_server import FakeServer, Listening
from channels.chat.bots.habits import Habit, Script


class BrokenError(Exception):
    """Stands for no answer of the far side's at all: a line that drops, a gateway's own page."""


class HabitHandler(BaseHTTPRequestHandler, ABC):
    """Answers requests by their scripts. Subclasses say how their far side refuses."""

    protocol_version = "HTTP/1.1"

    #: What is answered where an answer should name a message and does not.
    nameless: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def refusal(self, number: int) -> Exception:
        """Return what a subclass catches and answers as its far side refuses."""

    @property
    def fake(self) -> FakeServer:
        """The fake that is asked."""
        assert isinstance(self.server, Listening)
        return self.server.fake

    def more_headers(self) -> Mapping[str, str]:
        """Return what else each answer says about itself."""
        return {}

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's own name
        """Stay quiet: the log of what arrived is the only one."""

    def before(self, script: Script) -> None:
        """Play what comes before anything is taken. Raises BrokenError, or ``refusal``."""
        match script.habit:
            case Habit.REFUSE:
                raise self.refusal(script.number)
            case Habit.BREAK:
                self.write(script.number, b"<html>gateway</html>", "text/html")
                raise BrokenError
            case Habit.DROP_BEFORE:
                self.drop()
                raise BrokenError
            case Habit.HOLD_BEFORE:
                self.fake.wait_at_gate()

    def after(self, script: Script, envelope: Mapping[str, Any]) -> None:
        """Answer what was taken, or do not."""
        body = encoded(envelope)
        match script.habit:
            case Habit.DROP_AFTER:
                self.drop()
            case Habit.NO_RESULT:
                self.write(200, encoded(self.nameless))
            case Habit.HANG_AFTER:
                self.fake.closing.wait()
                self.drop()
            case Habit.HOLD_AFTER:
                self.fake.wait_at_gate()
                self.write(200, body)
            case Habit.HALF_BODY:
                self.write(200, body[: len(body) // 2], length=len(body))
            case Habit.NOT_JSON:
                self.write(200, b"<html>proxy</html>", "text/html")
            case _:
                self.write(200, body)

    def write(
        self, status: int, body: bytes, kind: str = "application/json", length: int | None = None
    ) -> None:
        """Answer; with ``length`` more than there is, the line drops when it is out."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in self.more_headers().items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the client may have been killed meanwhile
            self.wfile.write(body)
        if length is not None and len(body) < length:
            self.drop()

    def drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client may have hung up first
            self.connection.shutdown(socket.SHUT_RDWR)


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
