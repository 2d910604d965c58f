"""The benchmark's own servers, with the durability that ships: on free ports, ended by it.

Redis keeps an append-only file, synced every second, and never evicts; PostgreSQL syncs what it
commits and writes full pages. A server that is not installed is an error: ``make system``
installs it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from redis import Redis
from redis.exceptions import RedisError

#: Seconds that a server may take to start or to end on a busy machine.
PATIENCE = 60.0

#: What decides how much a commit costs; asked of the running server and printed.
TOLD = (
    "server_version",
    "data_checksums",
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "wal_sync_method",
    "shared_buffers",
    "max_wal_size",
)

#: As ``deploy/compose`` has it: a second of queue may be lost, for the ledger knows it all.
_REDIS = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory": "256mb",
    "maxmemory-policy": "noeviction",
}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running PostgreSQL server with one user."""

    port: int
    password: str
    process_id: int

    def url(self, database: str) -> str:
        return f"postgresql://loa:{self.password}@127.0.0.1:{self.port}/{database}"

    def make_database(self, name: str) -> str:
        """Make an empty database; return its address."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def settings(self) -> Mapping[str, str]:
        """Return what the server says of its durability; a transaction may ask for less."""
        with psycopg.connect(self.url("postgres")) as connection:
            rows = connection.execute(
                "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
                [list(TOLD)],
            )
            return dict(rows.fetchall())


@contextmanager
def postgres_server(settings: Mapping[str, str | int] | None = None) -> Iterator[PostgresServer]:
    """Run a PostgreSQL server in a temporary folder. ``settings`` are added to its own."""
    programs, user = _postgres_programs(), _user("postgres")
    with _folder("loa-bench-pg-", "postgres") as folder:
        secret, data, port = folder / "secret", folder / "data", free_port()
        secret.write_text(os.urandom(12).hex())
        _own(secret, "postgres")
        make = [*user, str(programs / "initdb"), "-D", str(data), "-U", "loa", "--no-sync"]
        make += ["--pwfile", str(secret), "-A", "scram-sha-256", "--data-checksums"]
        _run([*make, "-E", "UTF8", "--locale=C.UTF-8"], folder)
        own = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": ""}
        lines = [f"{key} = '{value}'\n" for key, value in {**own, **(settings or {})}.items()]
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(lines)
        control = [*user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", f"{PATIENCE:.0f}"]
        _run([*control, "start", "-l", str(folder / "log")], folder)
        try:
            process_id = int((data / "postmaster.pid").read_text().split()[0])
            yield PostgresServer(port, secret.read_text(), process_id)
        finally:
            _run([*control, "stop", "-m", "immediate"], folder)


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A running redis-server."""

    port: int
    process_id: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @contextmanager
    def client(self) -> Iterator[Redis]:
        with Redis(port=self.port, socket_timeout=PATIENCE) as client:
            yield client

    def empty(self) -> None:
        with self.client() as client:
            client.flushall()


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Run a redis-server in a temporary folder, with its append-only file."""
    program = shutil.which("redis-server", path=os.environ.get("PATH", "") + ":/usr/bin")
    if program is None:
        raise RuntimeError("redis-server is not installed: run make system")
    with _folder("loa-bench-redis-", "nobody") as folder:
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        for key, value in _REDIS.items():
            command += [f"--{key}", value]
        root = os.geteuid() == 0
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            user="nobody" if root else None,
            group="nogroup" if root else None,
            extra_groups=[] if root else None,
        )
        server = RedisServer(port, process.pid)
        try:
            wait_until(lambda: _answers(server), "redis-server")
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


def wait_until(
    true: Callable[[], bool], what: str, patience: float = PATIENCE, pause: float = 0.01
) -> None:
    """Look until ``true``, every ``pause`` seconds. Raises TimeoutError after ``patience``."""
    deadline = time.monotonic() + patience
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience:.0f} s for {what}")
        time.sleep(pause)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(server: RedisServer) -> bool:
    with server.client() as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


def _postgres_programs() -> Path:
    """Return the folder of the newest PostgreSQL's programs; they are seldom on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    programs = found[-1] if found else Path(on_path) if on_path else None
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: run make system")
    return programs.parent


@contextmanager
def _folder(prefix: str, owner: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        _own(Path(name), owner)
        yield Path(name)


def _user(name: str) -> tuple[str, ...]:
    """Servers refuse to run as root, or should not: let a user without rights do so."""
    return ("runuser", "-u", name, "--") if os.geteuid() == 0 else ()


def _own(path: Path, name: str) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, name)


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
