"""A fake of the page through which Google speaks: what it answers, and its bad habits.

It answers each request as the real one does: lines of JSON behind a guard, with an MP3 in base64
in a string of JSON. The sound lasts as long as the text is long, and is the same for the same
text. Requests are kept in ``asked``.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from support.serving import serving
from support.speech import foreign_mp3

RATE = 24_000

#: Seconds of sound for each syllable, about.
SYLLABLE = 0.35


class Habit(StrEnum):
    """What a request meets in place of a plain answer."""

    PLAIN = "plain"
    TOO_MANY = "too many"  # 429, and when to come again
    ERROR = "error"  # 503
    PAGE = "page"  # a page that asks for consent, with status 200
    EMPTY = "empty"
    NO_SOUND = "no sound"  # the right form, and null where the sound should be
    NO_BASE64 = "no base64"
    NO_MP3 = "no mp3"
    SHORT_SOUND = "short sound"  # an MP3 that was cut short
    HALF_ANSWER = "half answer"  # the line drops in the middle
    DROP = "drop"  # the line drops before any answer
    HANG = "hang"  # no answer until the server closes
    DRIP = "drip"  # an answer that never ends, a few bytes at a time


#: Habits after which there is no sound, but an error that may pass.
FAILING = tuple(habit for habit in Habit if habit not in (Habit.PLAIN, Habit.SHORT_SOUND))


class FakeGoogle(ThreadingHTTPServer):
    """Meets each request with ``habit``; the first ``patience`` of them plainly all the same."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.habit = Habit.PLAIN
        self.patience = 0
        self.at_once = self.most_at_once = 0
        self.guard = threading.Lock()
        self.closing = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_arguments: object) -> None:
        """A client that gave up is no news."""


@contextmanager
def fake_google() -> Iterator[FakeGoogle]:
    server = FakeGoogle()
    with serving(server, server.closing):
        yield server


@contextmanager
def without_proxies() -> Iterator[None]:
    """Let requests to this machine stay on it, whatever proxy the environment names."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        yield


@cache
def spoken(text: str) -> bytes:
    """Return the MP3 of a text, said by a voice that the station does not use."""
    return foreign_mp3(text)


class _Handler(BaseHTTPRequestHandler):
    server: FakeGoogle

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        text = json.loads(json.loads(parse_qs(body)["f.req"][0])[0][0][1])[0]
        server = self.server
        with server.guard:
            server.asked.append(text)
            plain = len(server.asked) <= server.patience
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            self._meet(Habit.PLAIN if plain else server.habit, text)
        finally:
            with server.guard:
                server.at_once -= 1

    def _meet(self, habit: Habit, text: str) -> None:
        mp3 = spoken(text)
        answers = {
            Habit.PLAIN: _page(base64.b64encode(mp3).decode()),
            Habit.PAGE: b"<!doctype html><html><title>Before you continue</title></html>",
            Habit.EMPTY: b"",
            Habit.NO_SOUND: _page(None),
            Habit.NO_BASE64: _page("A"),
            Habit.NO_MP3: _page("AAAA"),
            Habit.SHORT_SOUND: _page(base64.b64encode(mp3[: len(mp3) // 8]).decode()),
        }
        if habit in answers:
            self._answer(200, answers[habit])
        elif habit is Habit.TOO_MANY:
            self._answer(429, b"<html>Sorry</html>", {"Retry-After": "300"})
        elif habit is Habit.ERROR:
            self._answer(503, b"")
        elif habit is Habit.HALF_ANSWER:
            whole = answers[Habit.PLAIN]
            self._head(200, len(whole))
            self.wfile.write(whole[: len(whole) // 2])
        elif habit is Habit.HANG:
            self.server.closing.wait(60)
        elif habit is Habit.DRIP:
            self._head(200, 1_000_000)
            while not self.server.closing.wait(0.02):
                self.wfile.write(b" ")

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._head(status, len(body), headers)
        self.wfile.write(body)

    def _head(self, status: int, length: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep the tests' output clean."""


def _page(sound_in_base64: str | None) -> bytes:
    inner = json.dumps([sound_in_base64])
    rows = [["wrb.fr", "jQ1olc", inner, None, None, None, "generic"], ["di", 60]]
    line = json.dumps(rows, separators=(",", ":"))
    return f')]}}\'\n\n{len(line)}\n{line}\n25\n[["e",4,null,null,166]]\n'.encode()
