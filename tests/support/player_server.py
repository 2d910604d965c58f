"""A server as docs/player-protocol.md describes it, small enough to be wrong in planned ways."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from engine.models.airing import Cancel, Programme, ServerTime, Sound
from engine.models.enrolment import Code
from engine.models.envelope import SigningKey
from support.airing import KEY
from support.serving import serving

COMMUNE = "binh-hoa-hung"
PLAYER = "loa-ap-1"
TOKEN = "khong-ai-duoc-thay"

#: Seconds for which a question is held while there is nothing to say.
HELD = 25.0


class Far:
    """What the server knows, and what it was told: the far side's own log."""

    def __init__(self, key: SigningKey = KEY, clusters: tuple[str, ...] = ("cum-1",)) -> None:
        self.key, self.clusters = key, clusters
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.token = TOKEN
        self.envelopes: list[tuple[int, dict[str, str]]] = []
        self.sounds: dict[str, bytes] = {}
        self.plays: dict[int, dict[str, Any]] = {}
        self.statuses: list[dict[str, Any]] = []
        self.asked: list[str] = []
        #: Bytes of sounds that went out, answer by answer.
        self.sent: list[int] = []
        #: Bytes of a sound after which the line breaks, once.
        self.break_after: int | None = None
        #: Whether plays are taken and their answer lost, once.
        self.lose_answer = False
        #: A campaign of which no play is taken, unless it was refused.
        self.senseless = ""
        self.held = HELD
        self._code: Code | None = None
        self._news = threading.Condition()
        self.closing = threading.Event()

    def code(self) -> str:
        """Make an enrolment code."""
        self._code = Code.made(self.key.public)
        return self._code.text

    def secret(self) -> str:
        return self._code.secret if self._code is not None else ""

    def used(self) -> None:
        self._code = None

    def sound(self, data: bytes, seconds: float = 5.0, name: str = "tin-1") -> Sound:
        """Keep a sound's bytes; return how a programme names it."""
        sha256 = hashlib.sha256(data).hexdigest()
        self.sounds[sha256] = data
        return Sound(f"2026-12-01/0500-{name}.mp3", sha256, len(data), seconds)

    def publish(self, message: Programme | Cancel) -> dict[str, str]:
        """Sign and publish; return what goes over the wire."""
        wire = self.key.sign(message).as_json()
        self.put(message.sequence, wire)
        return wire

    def put(self, sequence: int, wire: dict[str, str]) -> None:
        """Publish what may be anything."""
        with self._news:
            self.envelopes.append((sequence, wire))
            self._news.notify_all()

    def wake(self) -> None:
        with self._news:
            self._news.notify_all()

    def after(self, sequence: int, *, wait: bool) -> list[tuple[int, dict[str, str]]]:
        def found() -> list[tuple[int, dict[str, str]]]:
            return sorted((n, e) for n, e in self.envelopes if n > sequence)

        with self._news:
            if wait:
                self._news.wait_for(lambda: found() or self.closing.is_set(), self.held)
            return found()

    def keep(self, plays: list[dict[str, Any]]) -> int:
        """Keep plays by their numbers; return up to which there is no gap."""
        for play in plays:
            known = self.plays.setdefault(play["number"], play)
            assert known == play, "one number for two plays"
        number = 0
        while number + 1 in self.plays:
            number += 1
        return number

    def is_senseless(self, play: dict[str, Any]) -> bool:
        return play["campaign_id"] == self.senseless and play["outcome"] != "refused"

    def heard(self, outcome: str = "played") -> list[str]:
        """The campaigns that were reported so, in order."""
        return [p["campaign_id"] for _n, p in sorted(self.plays.items()) if p["outcome"] == outcome]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, far: Far) -> None:
        self.far = far
        self.lines: set[Any] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A player that went away, or a line that a test broke."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer("GET", {})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer("POST", json.loads(data))

    def _answer(self, method: str, body: dict[str, Any]) -> None:
        far = self.server.far
        self.server.lines.add(self.connection)
        parts = urlsplit(self.path)
        name = parts.path.removeprefix("/player/v1/")
        far.asked.append(f"{method} {name}")
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if name == "enrol":
            self._enrol(body)
        elif self.headers.get("Authorization") != f"Bearer {far.token}":
            self._json(401, {})
        elif name in ("programmes", "events"):
            found = far.after(int(query["after"]), wait=name == "events")
            page = found[:50]
            last = page[-1][0] if page else int(query["after"])
            more = len(found) > len(page)
            answer = {"sequence": last, "more": more, "programmes": [e for _n, e in page]}
            self._json(200, answer)
        elif name == "time":
            statement = ServerTime(query["nonce"], far.now())
            self._json(200, far.key.sign(statement).as_json())
        elif name == "plays" and any(map(far.is_senseless, body["plays"])):
            self._json(422, {})
        elif name == "plays":
            kept = far.keep(body["plays"])
            if body["plays"] and far.lose_answer:
                far.lose_answer = False
                self.close_connection = True
                return
            self._json(200, {"kept": kept})
        elif name == "status":
            far.statuses.append(body)
            self._json(200, {"clusters": list(far.clusters)})
        else:
            self._sound(name.removeprefix("sounds/"))

    def _enrol(self, body: dict[str, Any]) -> None:
        far = self.server.far
        if body["code"] != far.secret():
            self._json(403, {})
            return
        far.used()
        self._json(
            200,
            {
                "player": PLAYER,
                "token": far.token,
                "commune": COMMUNE,
                "clusters": list(far.clusters),
                "public_key": far.key.public.text,
            },
        )

    def _sound(self, sha256: str) -> None:
        far = self.server.far
        data = far.sounds.get(sha256)
        if data is None:
            self._json(404, {})
            return
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        begins = int(asked[1]) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {begins}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - begins))
        self.end_headers()
        far.sent.append(far.break_after or len(data) - begins)
        if far.break_after is not None:
            self.wfile.write(data[begins : begins + far.break_after])
            self.wfile.flush()
            far.break_after = None
            self.close_connection = True
            return
        self.wfile.write(data[begins:])

    def _json(self, status: int, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: Any) -> None:
        """The far side's log is in ``Far``."""


@contextmanager
def player_server(far: Far, port: int = 0) -> Iterator[str]:
    """Let the server answer; yield its address."""
    far.closing.clear()
    closing = threading.Event()
    with serving(_Server(port, far), closing) as server:
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            far.closing.set()
            far.wake()
            for line in server.lines:
                line.close()


def sequence() -> int:
    """Return a number that is above the ones before."""
    return 1_796_000_000_000 + next(_numbers)


_numbers = iter(range(1, 1_000_000))


def forged(wire: dict[str, str]) -> dict[str, str]:
    """The same with another signature."""
    import base64

    return {**wire, "signature": base64.b64encode(secrets.token_bytes(64)).decode()}
