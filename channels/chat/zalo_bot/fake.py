"""A fake of Zalo's bot server for trials and tests: what is documented of it, and no more.

Whatever it takes is written to an append-only log of its own before it is answered. A refusal
comes with HTTP 200 and ``ok: false``; clients that look at the status alone are found out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote

from channels.chat.bots.fake_handler import BrokenError, HabitHandler, encoded
from channels.chat.bots.fake_server import FakeServer
from channels.chat.bots.habits import Script
from channels.chat.zalo_bot.fake_world import METHODS, BotWorld, RefusalError, page_of


class FakeZaloBot(FakeServer):
    """``with FakeZaloBot(BotWorld(log=path)) as server: server.base_url``."""

    def __init__(self, world: BotWorld, *, port: int = 0) -> None:
        super().__init__(_Handler, port)
        self.world: BotWorld = world

    def may_meet(self, asked: str, script: Script) -> bool:
        """Scripts are for messages."""
        return asked.startswith("send")


class _Handler(HabitHandler, BaseHTTPRequestHandler):
    nameless: ClassVar[Mapping[str, Any]] = {"ok": True, "result": {}}

    @property
    def bot(self) -> FakeZaloBot:
        assert isinstance(self.fake, FakeZaloBot)
        return self.fake

    def refusal(self, number: int) -> Exception:
        return RefusalError(number, "Scripted")

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
