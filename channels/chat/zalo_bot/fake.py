"""A fake of Zalo's bot server for trials and tests: what is documented of it, and no more.

Whatever it takes is written to an append-only log of its own before it is answered. A refusal
comes with HTTP 200 and ``ok: false``; clients that look at the status alone are found out.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote

from channels.chat.bots.fake_handler import BrokenError, HabitHandler, encoded
from channels.chat.bots.habits import Habit, Script
from channels.chat.zalo_bot.fake_world import METHODS, BotWorld, RefusalError, page_of


class FakeZaloBot:
    """``with FakeZaloBot(BotWorld(log=path)) as server: server.base_url``."""

    def __init__(self, world: BotWorld, *, port: int = 0) -> None:
        self.world: BotWorld = world
        self._scripts: deque[Script] = deque()
        self.closing = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
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
        given = [one if isinstance(one, Script) else Script(one) for one in scripts]
        if any(one.habit in (Habit.HOLD_BEFORE, Habit.HOLD_AFTER) for one in given):
            self.gate.clear()
        self._scripts.extend(given)

    def let_go(self) -> None:
        """Let what is held go on, and forget what was still scripted."""
        self._scripts.clear()
        self.gate.set()

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
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    #: How handlers find us.
    bot: FakeZaloBot
    request_queue_size = 128
    daemon_threads = True


class _Handler(HabitHandler, BaseHTTPRequestHandler):
    nameless: ClassVar[Mapping[str, Any]] = {"ok": True, "result": {}}

    @property
    def bot(self) -> FakeZaloBot:
        assert isinstance(self.server, _Server)
        return self.server.bot

    def refusal(self, number: int) -> Exception:
        return RefusalError(number, "Scripted")

    def wait_at_gate(self) -> None:
        self.bot.gate.wait()

    def wait_until_closed(self) -> None:
        self.bot.closing.wait()

    def do_GET(self) -> None:
        if self.path == "/":
            self.write(200, page_of(self.bot.world).encode(), "text/html; charset=utf-8")
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
            self.before(script)
            if bot != f"bot{self.bot.world.token}":
                raise RefusalError(401, "Unauthorized")
            if method not in METHODS:
                raise RefusalError(404, "Not found")
            given = json.loads(body or b"{}")
            result = self.bot.world.answer(method, given if isinstance(given, dict) else {})
        except RefusalError as refused:
            said = {"ok": False, "error_code": refused.code, "description": str(refused)}
            self.write(200, encoded(said))
        except BrokenError:
            return
        else:
            self.after(script, {"ok": True, "result": result})
