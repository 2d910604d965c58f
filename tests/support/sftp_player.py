"""A folder behind a real sshd for tests, and players of the kind ``sftp`` that write into it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from channels.base import ChannelError
from channels.loudspeaker.players.contents import PIECE
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.sftp.account import SftpAccount
from channels.loudspeaker.players.sftp.backend import SftpBackend
from engine.clock import VIETNAM, SimulatedClock
from engine.models import Artifact, Bundle, File
from support import builders
from support.commune import files_below
from support.ssh_server import SshServer, ssh_server

NOW = datetime(2026, 12, 2, 4, 30, tzinfo=VIETNAM)


DAY = "2026-12-02"


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("ssh")) as server:
        yield server


@pytest.fixture
def server(shared_server: SshServer) -> Iterator[SshServer]:
    """The server with nothing in its folder; a test may kill it."""
    for path in sorted(shared_server.files.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    yield shared_server
    shared_server.kill()
    shared_server.start()


@pytest.fixture
def player(server: SshServer) -> Iterator[Callable[..., SftpBackend]]:
    """Return what makes players of that server; they are closed at the end."""
    made: list[SftpBackend] = []

    def make(keep_days: int | None = None, now: datetime = NOW, **changes: object) -> SftpBackend:
        account = SftpAccount(
            "may-chu",
            "127.0.0.1",
            server.user,
            port=server.port,
            key_file=server.key,
            host_keys=(server.fingerprint,),
            timeout=10,
        )
        made.append(
            SftpBackend(
                replace(account, **changes),
                places=Places(str(server.files)),
                keep_days=keep_days,
                clock=SimulatedClock(now),
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


def slot(target: str = "cum-1", *, day: int = 2, **changes: object) -> Bundle:
    at = datetime(2026, 12, day, 5, tzinfo=VIETNAM)
    return builders.bundle("loudspeaker", "may-chu", target, slot=at, **changes)


def programme(*audio: tuple[str, bytes], day: str = DAY, version: int = 1) -> Artifact:
    """A programme as the channel assembles it, with sounds that are only bytes."""
    files = [File.of_bytes(f"{day}/0500-routine-{name}.mp3", "audio/mpeg", d) for name, d in audio]
    items = ", ".join(f'{{"file": "{one.name}", "sha256": "{one.sha256}"}}' for one in files)
    manifest = f'{{"version": {version}, "items": [{items}]}}'
    playlist = "\n".join(["#EXTM3U", *(one.name.rpartition("/")[2] for one in files)])
    return Artifact(
        (
            *files,
            File.of_bytes(f"{day}/0500.m3u8", "audio/mpegurl", playlist.encode()),
            File.of_bytes(f"{day}/0500.json", "application/json", manifest.encode()),
        )
    )


def noise(size: int, seed: str = "") -> bytes:
    """Bytes that are nowhere the same, so that a piece in a wrong place is seen."""
    found, number = bytearray(), 0
    while len(found) < size:
        found += hashlib.sha256(f"{seed}{number}".encode()).digest()
        number += 1
    return bytes(found[:size])


def lying(server: SshServer) -> dict[str, bytes]:
    return files_below(server.files)


def wanted(artifact: Artifact, target: str = "cum-1") -> dict[str, bytes]:
    return {f"{target}/{file.name}": file.read() for file in artifact.files}


BIG = noise(3 * PIECE + 12_345)


def refused(backend: SftpBackend, target: str = "cum-1") -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        backend.deliver(programme(("tin", b"1")), slot(target))
    return caught.value


@pytest.fixture
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
