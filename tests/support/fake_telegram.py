"""A fake Telegram Bot API: what the real one offers to a sending bot, and its bad habits.

``getMe``, ``sendMessage``, ``sendPhoto`` and ``sendDocument`` exist; there is no way to ask
whether a message arrived, and no idempotency key, because Telegram has neither. Every accepted
message is written to an append-only log of the server's own before it answers, so that tests
count what arrived and not what the sender believes.

By hand, or from another process: ``python -m support.fake_telegram --log FILE --port 0``
(run in ``tests/``) prints the port on its first line and serves until it is stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import itertools
import json
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote

from channels.chat.bots.multipart import fields_in, file_in

TOKEN = "123456:made-up-token"
LONGEST_TEXT = 4096  # UTF-16 code units
LONGEST_CAPTION = 1024
LARGEST = {"photo": 10_000_000, "document": 50_000_000}
#: A method, and the field of the file that it sends; "" for none.
SENDS = {"sendmessage": "", "sendphoto": "photo", "senddocument": "document"}


class Habit(StrEnum):
    """What the next request meets in place of a plain answer."""

    PLAIN = "plain"  # accepted and answered: lets a later request meet the next habit
    DROP_BEFORE = "drop_before"  # the line drops, nothing was accepted
    DROP_AFTER = "drop_after"  # accepted, then the line drops
    HALF_BODY = "half_body"  # accepted, then half of the answer
    NOT_JSON = "not_json"  # accepted, then a page of some proxy
    NO_RESULT = "no_result"  # accepted, but the answer names no message
    HANG_AFTER = "hang_after"  # accepted, and no answer until the server closes
    HOLD_BEFORE = "hold_before"  # not accepted until the test lets it go on
    HOLD_AFTER = "hold_after"  # accepted, and answered when the test lets it go on
    REFUSE = "refuse"  # not accepted: the given status, description, parameters


@dataclass(frozen=True)
class Script:
    """One scripted answer; ``status`` and the rest belong to ``REFUSE``."""

    habit: Habit
    status: int = 500
    description: str = "Internal Server Error"
    parameters: dict[str, int] = field(default_factory=dict)


def refuse(status: int, description: str, **parameters: int) -> Script:
    return Script(Habit.REFUSE, status, description, parameters)


def too_many(retry_after: int) -> Script:
    return refuse(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


class _RefusedError(Exception):
    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.parameters = parameters


class FakeTelegram:
    """``with FakeTelegram(log=path) as server: server.base_url``.

    ``chats`` names the chats that the bot is in; None lets it write to any. ``kicked`` are
    those that it was removed from, ``moved`` those that became supergroups, with their new ids.
    ``topics`` are the topics of chats that have some; elsewhere every topic is there. A log
    that exists is continued: message ids go on where they stopped.
    """

    def __init__(
        self,
        *,
        log: Path,
        token: str = TOKEN,
        chats: Collection[str] | None = None,
        port: int = 0,
    ) -> None:
        self.log = log
        self.token = token
        self.chats = chats
        self.kicked: set[str] = set()
        self.moved: dict[str, str] = {}
        self.topics: dict[str, set[int]] = {}
        self._lock = threading.Lock()
        self._ids = itertools.count(len(self.accepted()) + 1)
        self._scripts: deque[Script] = deque()
        #: What every request meets for which no script is left; None is a plain answer.
        self.always: Script | None = None
        #: When each ``sendMessage`` came in, in seconds of a clock that never goes back.
        self.asked_at: list[float] = []
        self._closing = threading.Event()
        self._gate = threading.Event()
        self._gate.set()
        self.held = 0  # requests that wait at the gate, or have waited there
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.telegram = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def script(self, *scripts: Script | Habit) -> None:
        """Give the coming requests these answers, one each, in order."""
        if any(one in (Habit.HOLD_BEFORE, Habit.HOLD_AFTER) for one in scripts):
            self._gate.clear()
            self.held = 0
        self._scripts.extend(s if isinstance(s, Script) else Script(s) for s in scripts)

    def let_go(self) -> None:
        """Let what is held go on, and forget what was still scripted."""
        self._scripts.clear()
        self._gate.set()

    def wait_at_gate(self) -> None:
        with self._lock:
            self.held += 1
        self._gate.wait()

    def accepted(self) -> list[dict[str, Any]]:
        """Return what the log holds, in order: message_id, chat_id, text, what else was given."""
        return list(_read(self.log))

    def __enter__(self) -> FakeTelegram:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_script(self) -> Script | None:
        with self._lock:
            self.asked_at.append(time.monotonic())
            return self._scripts.popleft() if self._scripts else self.always

    def _admit(self, chat: str, topic: int) -> None:
        if chat in self.moved:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise _RefusedError(400, words, migrate_to_chat_id=int(self.moved[chat]))
        if chat in self.kicked:
            raise _RefusedError(403, "Forbidden: bot was kicked from the supergroup chat")
        if self.chats is not None and chat not in self.chats:
            raise _RefusedError(400, "Bad Request: chat not found")
        # The topic "General" has the number 1, and cannot be written to by it.
        if topic and topic not in self.topics.get(chat, {topic} - {1}):
            raise _RefusedError(400, "Bad Request: message thread not found")

    def wait_until_closed(self) -> None:
        self._closing.wait()

    def accept(self, values: dict[str, Any], file: tuple[str, bytes] | None) -> dict[str, Any]:
        """Check a message as Telegram does, write it to the log durably, and return it."""
        chat = str(values.get("chat_id", ""))
        if not chat:
            raise _RefusedError(400, "Bad Request: chat_id is empty")
        self._admit(chat, int(values.get("message_thread_id", 0)))
        said = _text(values) if file is None else _filed(values, file)
        with self._lock:
            message = {**values, "message_id": next(self._ids), "chat_id": chat, **said}
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(message, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return message


def _text(values: dict[str, Any]) -> dict[str, Any]:
    text = str(values.get("text", "")).strip()
    if not text:
        raise _RefusedError(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise _RefusedError(400, "Bad Request: message is too long")
    return {"text": text}


def _filed(values: dict[str, Any], file: tuple[str, bytes]) -> dict[str, Any]:
    """Check a file; the log holds its name and hash, and its caption as the text."""
    field, (name, data) = ("photo" if "photo" in values else "document"), file
    caption = str(values.get("caption", ""))
    if not data:
        raise _RefusedError(400, f"Bad Request: there is no {field} in the request")
    if len(data) > LARGEST[field]:
        raise _RefusedError(413, "Request Entity Too Large")
    if len(caption) > LONGEST_CAPTION:
        raise _RefusedError(400, "Bad Request: message caption is too long")
    if field == "photo" and not data.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        raise _RefusedError(400, "Bad Request: IMAGE_PROCESS_FAILED")
    found = {"text": caption, field: f"{name} {hashlib.sha256(data).hexdigest()}"}
    return {key: value for key, value in found.items() if value or key == "text"}


def _read(log: Path) -> Iterator[dict[str, Any]]:
    if log.exists():
        for line in log.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def said(message: dict[str, Any]) -> str:
    """Return what tells a message from others: its text, and which file it carries."""
    return " ".join(filter(None, (message["text"], message.get("photo"), message.get("document"))))


class _Server(ThreadingHTTPServer):
    #: How handlers find us.
    telegram: FakeTelegram


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def telegram(self) -> FakeTelegram:
        assert isinstance(self.server, _Server)
        return self.server.telegram

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's own name
        """Stay quiet: the log of what arrived is the only one."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        method = self._method()
        if method is None:
            return
        if method == "getme":
            self._answer(200, {"id": 1, "is_bot": True, "first_name": "Loa"})
            return
        if method not in SENDS:
            self._refuse(404, "Not Found")
            return
        script = self.telegram.next_script()
        if script is not None and script.habit is Habit.REFUSE:
            self._refuse(script.status, script.description, script.parameters)
        elif script is not None and script.habit is Habit.DROP_BEFORE:
            self._drop()
        else:
            kind = self.headers.get("Content-Type", "")
            values, file = self._values(body), None
            if SENDS[method]:
                values[SENDS[method]] = ""
                file = file_in(kind, body, SENDS[method])
            self._send_message(values, file, script)

    def do_GET(self) -> None:
        self.do_POST()

    def _method(self) -> str | None:
        """Return the method asked for; answer and return None when the token is wrong."""
        bot, _slash, method = self.path.lstrip("/").partition("/")
        bot = unquote(bot)
        if not bot.startswith("bot") or ":" not in bot:
            self._refuse(404, "Not Found")
            return None
        if bot != f"bot{self.telegram.token}":
            self._refuse(401, "Unauthorized")
            return None
        return method.lower()

    def _values(self, body: bytes) -> dict[str, Any]:
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("application/json"):
            found = json.loads(body)
            return found if isinstance(found, dict) else {}
        if kind.startswith("multipart/"):
            return dict(fields_in(kind, body))
        return {key: values[0] for key, values in parse_qs(body.decode()).items()}

    def _send_message(
        self, values: dict[str, Any], file: tuple[str, bytes] | None, script: Script | None
    ) -> None:
        if script is not None and script.habit is Habit.HOLD_BEFORE:
            self.telegram.wait_at_gate()
        try:
            message = self.telegram.accept(values, file)
        except _RefusedError as refused:
            self._refuse(refused.status, str(refused), refused.parameters)
            return
        result = {
            "message_id": message["message_id"],
            "date": 0,
            "chat": {"id": message["chat_id"], "type": "supergroup"},
            "text": message["text"],
        }
        match script.habit if script else None:
            case Habit.DROP_AFTER:
                self._drop()
            case Habit.NO_RESULT:
                self._answer(200, {})
            case Habit.HANG_AFTER:
                self.telegram.wait_until_closed()
                self._drop()
            case Habit.HOLD_AFTER:
                self.telegram.wait_at_gate()
                self._answer(200, result)
            case Habit.HALF_BODY:
                self._answer(200, result, half=True)
            case Habit.NOT_JSON:
                self._write(200, b"<html>proxy</html>", 18, "text/html")
            case _:
                self._answer(200, result)

    def _answer(self, status: int, result: dict[str, Any], *, half: bool = False) -> None:
        body = json.dumps({"ok": True, "result": result}, ensure_ascii=False).encode()
        self._write(status, body[: len(body) // 2] if half else body, len(body))

    def _refuse(
        self, status: int, description: str, parameters: dict[str, int] | None = None
    ) -> None:
        envelope: dict[str, Any] = {
            "ok": False,
            "error_code": status,
            "description": description,
        }
        if parameters:
            envelope["parameters"] = parameters
        body = json.dumps(envelope).encode()
        self._write(status, body, len(body))

    def _write(
        self, status: int, body: bytes, length: int, media_type: str = "application/json"
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the client may have been killed meanwhile
            self.wfile.write(body)
        if len(body) < length:
            self._drop()

    def _drop(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client may have hung up first
            self.connection.shutdown(socket.SHUT_RDWR)


def _parse_script(text: str) -> Script:
    """Read ``drop_after``, ``429:3`` (wait 3 s) or ``500``."""
    if text in set(Habit):
        return Script(Habit(text))
    status, _colon, seconds = text.partition(":")
    return too_many(int(seconds)) if seconds else refuse(int(status), "Scripted")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--script", type=_parse_script, nargs="*", default=[])
    given = parser.parse_args(arguments)
    with FakeTelegram(log=given.log, token=given.token, port=given.port) as server:
        server.script(*given.script)
        print(server.port, flush=True)
        try:
            server.wait_until_closed()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
