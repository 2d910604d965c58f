"""``loa console`` as a process of its own, and players that ask it as the protocol says."""

from __future__ import annotations

import ipaddress
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import SSLContext
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engine.app import App, open_app
from engine.ledger.places import Place
from engine.models.airing import Message
from engine.models.enrolment import Code
from engine.models.envelope import Envelope, PublicKey
from support.commune import _REGISTRY, make_commune
from support.nursery import Child, Nursery
from support.redis_server import wait_until
from support.servers import free_port

#: The registry of a commune whose clusters are played by Loa's own players.
REGISTRY = _REGISTRY.replace("hamlets: [ap-1]}", "hamlets: [ap-1], player: may}").replace(
    "hamlets: [ap-2]}", "hamlets: [ap-2], player: may}"
)


def workspace_of(folder: Path, place: Place | None = None, **more: Any) -> Path:
    """Make a commune with two clusters of Loa's own players; its ledger may be on a server."""
    workspace = make_commune(folder, registry=REGISTRY, **more)
    settings = '[players.may]\nkind = "agent"\n'
    if isinstance(place, str):
        settings += f'[ledger]\nurl = "{place}"\n'
    with (workspace / "loa.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    return workspace


class Console:
    """The server's process; it can be killed and started again at the same port.

    ``children`` forks it, which is sooner done than starting Python anew.
    """

    def __init__(self, workspace: Path, children: Nursery | None = None) -> None:
        self.workspace = workspace
        self.port, self.watch = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        #: Whom its clients trust, where it speaks HTTPS.
        self.trusted: SSLContext | bool = True
        self.log = workspace / "console.log"
        self._children = children
        self._clients: list[httpx.Client] = []
        self._process: Child | subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> Child | subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def start(self, *fatal: str) -> None:
        """Start it and wait for its answer. ``fatal``: the boundary at which a fork dies."""
        listen, watch = f"127.0.0.1:{self.port}", f"127.0.0.1:{self.watch}"
        if self._children is not None:
            arguments = [str(self.workspace), listen, watch, *fatal]
            self._process = self._children.start("console_driver", arguments, self.log)
        else:
            program: list[str | Path] = [Path(sys.executable).with_name("loa"), "console"]
            program += ["-w", self.workspace, "--listen", listen, "--watch", watch]
            environ = {**os.environ, "LOA_LANG": "en"}
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(program, env=environ, stdout=log, stderr=log)
        wait_until(lambda: self.process.poll() is not None or self.answers(), "an answer")
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")

    def answers(self) -> bool:
        try:
            answer = httpx.get(f"{self.url}/healthz", timeout=30, verify=self.trusted)
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    def client(self) -> httpx.Client:
        """Return who asks it; closed when it stops."""
        self._clients.append(httpx.Client(base_url=self.url, timeout=40, verify=self.trusted))
        return self._clients[-1]

    def stop(self) -> int:
        """Ask it to end; return its status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        while self._clients:
            self._clients.pop().close()
        return status


@contextmanager
def console(workspace: Path, children: Nursery | None = None) -> Iterator[Console]:
    server = Console(workspace, children)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Player:
    """A player that keeps to the protocol and plays nothing."""

    id: str
    token: str
    clusters: tuple[str, ...]
    key: PublicKey
    client: httpx.Client

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(f"/player/v1/{path}", headers=self.headers(more), **more)

    def post(self, path: str, body: object, **more: Any) -> httpx.Response:
        headers = self.headers(more)
        return self.client.post(f"/player/v1/{path}", json=body, headers=headers, **more)

    def headers(self, more: dict[str, Any]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}

    def news(self, path: str = "programmes", after: int = 0) -> list[Message]:
        """What it is told, opened with the key that it has pinned."""
        answer = self.get(path, params={"after": after})
        assert answer.status_code == 200, answer.text
        return [self.opened(one) for one in answer.json()["programmes"]]

    def opened(self, envelope: object) -> Message:
        return Envelope.from_json(envelope).opened({self.key.id: self.key})


def enrolled(app: App, server: Console, *clusters: str) -> Player:
    """Enrol a player as an official and an installer do it together."""
    now = app.clock.now()
    chosen = clusters or ("cum-1",)
    _player, code = app.ledger.players.invite(
        chosen, name="", at=now, until=now + timedelta(days=1)
    )
    return enrol(code, server)


def enrol(code: Code, server: Console) -> Player:
    client = server.client()
    answer = client.post("/player/v1/enrol", json={"code": code.secret, "version": "thử"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    key = PublicKey.from_text(found["public_key"])
    assert code.means(key)
    return Player(found["player"], found["token"], tuple(found["clusters"]), key, client)


@contextmanager
def opened(workspace: Path) -> Iterator[App]:
    """The commune in the test's own process: another one than the server's."""
    with open_app(workspace) as app:
        yield app


def make_certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 and its key into one PEM file."""
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Loa (thử)")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "console.pem"
    pem = serialization.Encoding.PEM
    form, open_ = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, form, open_))
    return path
