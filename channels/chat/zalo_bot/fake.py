"""A fake of Zalo's bot server for trials and tests: what is documented of it, and no more.

Whatever it takes is written to an append-only log of its own before it is answered. A refusal
comes with HTTP 200 and ``ok: false``; clients that look at the status alone are found out.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote

from channels.chat.zalo.fake.habits import Habit, Script
from channels.chat.zalo_bot.fake_world import METHODS, BotWorld, RefusalError, page_of


class FakeZaloBot:
    """``with FakeZaloBot(BotWorld(log=path)) as server: server.base_url``."""

    def __init__(self, world: BotWorld, *, port: int = 0) -> None:
        self.world: BotWorld = world
        self._scripts: deque[Script] = deque()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.bot = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, *scripts: Script | Habit) -> None:
        """Give the coming messages these answers, one each, in order."""
        self._scripts.extend(one if isinstance(one, Script) else Script(one) for one in scripts)

    def next_script(self, method: str) -> Script:
        if method.startswith("send") and self._scripts:
            return self._scripts.popleft()
        return Script(Habit.PLAIN)

    def __enter__(self) -> FakeZaloBot:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    #: How handlers find us.
    bot: FakeZaloBot
    request_queue_size = 128
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def bot(self) -> FakeZaloBot:
        assert isinstance(self.server, _Server)
        return self.server.bot

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's own name
        """Stay quiet: the log of what arrived is the only one."""

    def do_GET(self) -> None:
        if self.path == "/":
            self._write(200, page_of(self.bot.world).encode(), "text/html; charset=utf-8")
        else:
            self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        bot, _slash, method = unquote(self.path).lstrip("/").partition("/")
        if self.path == "/noi":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self.bot.world.said(form.get("chat", ""), form.get("name", ""), form.get("text", ""))
            self.send_response(303)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        script = self.bot.next_script(method)
        try:
            self._before(script)
            if bot != f"bot{self.bot.world.token}":
                raise RefusalError(401, "Unauthorized")
            if method not in METHODS:
                raise RefusalError(404, "Not found")
            given = json.loads(body or b"{}")
            result = self.bot.world.answer(method, given if isinstance(given, dict) else {})
        except RefusalError as refused:
            said = {"ok": False, "error_code": refused.code, "description": str(refused)}
            self._write(200, _encoded(said))
        except _BrokenError:
            return
        else:
            self._after(script, _encoded({"ok": True, "result": result}))

    def _before(self, script: Script) -> None:
        match script.habit:
            case Habit.REFUSE:
                raise RefusalError(script.number, "Scripted")
            case Habit.BREAK:
                self._write(script.number, b"<html>gateway</html>", "text/html")
                raise _BrokenError
            case Habit.DROP_BEFORE:
                self._drop()
                raise _BrokenError

    def _after(self, script: Script, body: bytes) -> None:
        match script.habit:
            case Habit.DROP_AFTER:
                self._drop()
            case Habit.HANG_AFTER:
                self.bot.closing.wait()
                self._drop()
            case Habit.HALF_BODY:
                self._write(200, body[: len(body) // 2], length=len(body))
                self._drop()
            case Habit.NOT_JSON:
                self._write(200, b"<html>proxy</html>", "text/html")
            case Habit.NO_RESULT:
                self._write(200, _encoded({"ok": True, "result": {}}))
            case _:
                self._write(200, body)

    def _write(
        self, status: int, body: bytes, kind: str = "application/json", length: int | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the client may have been killed meanwhile
            self.wfile.write(body)

    def _drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client may have hung up first
            self.connection.shutdown(socket.SHUT_RDWR)


class _BrokenError(Exception):
    """Stands for no answer of Zalo's at all."""


def _encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
