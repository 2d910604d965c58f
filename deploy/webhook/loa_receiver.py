#!/usr/bin/env python3
"""A small portal that takes posts from Loa's webhook: to try it with, and to write one's own from.

It does what docs/webhook.openapi.yaml asks of a portal: checks the signature and its age, knows
an event that comes again, keeps files by their hashes, and shows each post at ``/<campaign>/``.
Only Python's own library is used. Start it as
``loa_receiver.py --secret-file SECRET --folder FOLDER --listen 127.0.0.1:8080``.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import re
import tempfile
import threading
import time
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

#: Seconds that a signature may be old, or ahead.
WINDOW = 300

#: The largest call that is taken, in bytes.
LARGEST = 250_000_000

_CAMPAIGN = re.compile(r"[a-z0-9-]{1,200}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class RefusedError(Exception):
    """A call that is not taken, with its code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Receiver(ThreadingHTTPServer):
    """The portal. ``log`` in its folder has a line for each event that changed something."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], folder: Path, secret: str, url: str = "") -> None:
        super().__init__(address, Handler)
        self.url = url or f"http://{address[0]}:{self.server_address[1]}"
        self.secret = secret
        self.folder = folder
        self.log = folder / "log"
        self.one_at_a_time = threading.Lock()
        for name in ("posts", "files"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.seen = {json.loads(line)["id"] for line in lines}

    def verify(self, seconds: str, signature: str, body: bytes) -> None:
        """Raise RefusedError unless the body was signed with our secret, lately."""
        message = seconds.encode() + b"." + body
        expected = hmac.new(self.secret.encode(), message, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"v1={expected}".encode(), signature.encode()):
            raise RefusedError(401, "the signature is wrong")
        if not seconds.isdecimal() or abs(time.time() - int(seconds)) > WINDOW:
            raise RefusedError(401, "the signature is too old or ahead: compare the clocks")

    def take(self, event: dict[str, Any], files: dict[str, bytes]) -> dict[str, str]:
        """Keep a post as it is now; an event that was taken before changes nothing."""
        campaign = str(event.get("campaign"))
        if event.get("version") != 1 or not _CAMPAIGN.fullmatch(campaign):
            raise RefusedError(422, "this is no event of version 1")
        for sha256, data in files.items():
            if hashlib.sha256(data).hexdigest() != sha256:
                raise RefusedError(422, f"the file {sha256} did not arrive whole")
        with self.one_at_a_time:
            if event["id"] not in self.seen:
                for sha256, data in files.items():
                    keep(self.folder / "files" / sha256, data)
                self._need_files(event)
                keep(self.folder / "posts" / f"{campaign}.json", json.dumps(event).encode())
                line = {"id": event["id"], "kind": event["kind"], "campaign": campaign}
                with self.log.open("a", encoding="utf-8") as log:
                    log.write(json.dumps(line) + "\n")
                    log.flush()
                    os.fsync(log.fileno())
                self.seen.add(event["id"])
        return {"id": campaign, "url": f"{self.url}/{campaign}/"}

    def page(self, campaign: str) -> bytes | None:
        """Return a post's public page; None if there is none."""
        path = self.folder / "posts" / f"{campaign}.json"
        if not _CAMPAIGN.fullmatch(campaign) or not path.exists():
            return None
        event = json.loads(path.read_bytes())
        title = escape(event["title"])
        # Loa's HTML is sanitised: nothing in it runs.
        words = event["html"].replace("cid:", f"{self.url}/files/")
        head = f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>'
        return f"{head}</head><body><h1>{title}</h1>{words}</body></html>".encode()

    def _need_files(self, event: dict[str, Any]) -> None:
        for section in event["sections"]:
            for file in section["files"]:
                known = (self.folder / "files" / file["sha256"]).exists()
                if file["url"].startswith("cid:") and not known:
                    raise RefusedError(422, f"the file {file['sha256']} never came")


class Handler(BaseHTTPRequestHandler):
    """One call."""

    server: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        try:
            body = self._body()
            answer = self._taken(body)
        except RefusedError as error:
            self._say(error.code, {"message": str(error)})
        else:
            self._say(200, answer)

    def do_GET(self) -> None:
        place, _slash, name = self.path.strip("/").partition("/")
        if place == "files" and _SHA256.fullmatch(name):
            path = self.server.folder / "files" / name
            data = path.read_bytes() if path.exists() else None
            self._send(data, "application/octet-stream")
        else:
            self._send(self.server.page(place) if not name else None, "text/html; charset=utf-8")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing: the log of events is enough."""

    def _body(self) -> bytes:
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal():
            raise RefusedError(411, "Content-Length is missing")
        if int(size) > LARGEST:
            self.close_connection = True
            raise RefusedError(413, "the call is too large")
        return self.rfile.read(int(size))

    def _taken(self, body: bytes) -> dict[str, str]:
        parts = self._parts(body)
        event = parts.pop("event")
        fields = (self.headers.get(f"Loa-{name}", "") for name in ("Timestamp", "Signature"))
        self.server.verify(*fields, event)
        try:
            found = json.loads(event)
        except ValueError as error:
            raise RefusedError(422, "the event is no JSON") from error
        if found.get("kind") == "check":
            return {}
        if found.get("id") != self.headers.get("Loa-Event-Id"):
            raise RefusedError(422, "Loa-Event-Id is another one than the event's")
        return self.server.take(found, parts)

    def _parts(self, body: bytes) -> dict[str, bytes]:
        kind = self.headers.get("Content-Type", "")
        if not kind.startswith("multipart/form-data"):
            return {"event": body}
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        message: Message = BytesParser(policy=HTTP).parsebytes(head + body)
        found = {}
        for part in message.walk():
            name = part.get_param("name", header="content-disposition")
            data = part.get_payload(decode=True)
            if isinstance(name, str) and isinstance(data, bytes):
                found[name] = data
        if "event" not in found:
            raise RefusedError(422, "the part “event” is missing")
        return found

    def _say(self, code: int, answer: dict[str, str]) -> None:
        self._send(json.dumps(answer).encode(), "application/json", code)

    def _send(self, data: bytes | None, kind: str, code: int = 200) -> None:
        self.send_response(404 if data is None else code)
        self.send_header("Content-Type", kind)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")


def keep(path: Path, data: bytes) -> None:
    """Write a whole file or none."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1:8080")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--public-url", default="")
    chosen = parser.parse_args()
    host, _colon, port = chosen.listen.rpartition(":")
    secret = chosen.secret_file.read_text(encoding="utf-8").strip("\r\n")
    with Receiver((host, int(port)), chosen.folder, secret, chosen.public_url) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
