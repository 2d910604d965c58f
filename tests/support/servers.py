"""Real servers for tests: started on free ports in folders of their own, ended by the tests.

A server that is not installed fails the test that needs it: ``make system`` installs it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from engine.ledger.database import Database
from engine.ledger.schema import open_database

#: The password of the test server's one user; it must never be seen in an error.
SECRET = "khong-ai-duoc-thay"

#: How long a server may take to start or to end, on a busy machine.
PATIENCE = 60.0

_numbers = count(1)


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL server."""

    folder: Path
    port: int
    programs: Path
    user: tuple[str, ...]

    def url(self, database: str, password: str = SECRET) -> str:
        return f"postgresql://loa:{password}@127.0.0.1:{self.port}/{database}"

    def make_database(self, template: str = "template1") -> str:
        """Make a database, empty or like another one; return its name."""
        name = f"thu_{next(_numbers)}"
        self.run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return name

    def drop_database(self, name: str) -> None:
        self.run("DROP DATABASE {} WITH (FORCE)", name)

    def run(self, statement: str, *names: str) -> None:
        """Run one statement on the server, with ``names`` put in where it says ``{}``."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def become_standby(self) -> None:
        """Start again as one that follows another, and takes no changes."""
        self.stop("fast")
        (self.folder / "data" / "standby.signal").touch()
        self.start()

    def become_primary(self) -> None:
        """Take changes again."""
        self.run("SELECT pg_promote()")

    def cut_connections(self) -> None:
        """Cut every line of those who use a test's database."""
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'thu_%'"
        )

    def answers(self) -> bool:
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        self._control("start", "-l", str(self.folder / "log"))

    def stop(self, mode: str = "immediate") -> None:
        self._control("stop", "-m", mode)

    def _control(self, action: str, *options: str) -> None:
        program = str(self.programs / "pg_ctl")
        data = str(self.folder / "data")
        command = [*self.user, program, action, "-D", data, "-w", "-t", f"{PATIENCE:.0f}", *options]
        done = subprocess.run(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert done.returncode == 0, done.stderr + (self.folder / "log").read_text()


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[Postgres]:
    """Run a PostgreSQL server of its own. ``durable``: with fsync, as in real life."""
    programs = postgres_programs()
    user = _nobody()
    with tempfile.TemporaryDirectory(prefix="loa-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        secret = folder / "secret"
        secret.write_text(SECRET)
        if user:
            for place in (folder, secret):
                shutil.chown(place, "postgres", "postgres")
        data = str(folder / "data")
        initdb = [*user, str(programs / "initdb"), "-D", data, "-U", "loa", "--pwfile", str(secret)]
        initdb += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(initdb, cwd=folder, capture_output=True, text=True)
        assert made.returncode == 0, made.stdout + made.stderr
        port = free_port()
        settings = {
            "listen_addresses": "'127.0.0.1'",
            "port": port,
            "unix_socket_directories": "''",
            "fsync": "on" if durable else "off",
            "full_page_writes": "on" if durable else "off",
            "max_connections": 150,
            "shared_buffers": "'64MB'",
        }
        lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(lines)
        server = Postgres(folder, port, programs, user)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def postgres_programs() -> Path:
    """Return the folder of the server's programs; they are seldom on the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    if shutil.which("pg_config"):
        asked = subprocess.run(
            ["pg_config", "--bindir"], check=True, capture_output=True, text=True
        ).stdout
        folders.append(Path(asked.strip()))
    found = [folder for folder in folders if (folder / "initdb").is_file()]
    assert found, "PostgreSQL is not installed: run make system"
    return found[-1]


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _nobody() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: let the user that comes with it do so."""
    return ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The tests' PostgreSQL server; it starts when the first test needs it."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty database of the test's own."""
    name = postgres.make_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a ledger may be: the test runs once for each kind."""
    if request.param == "sqlite":
        return tmp_path / "loa.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def ready_database(postgres: Postgres) -> str:
    """The name of a database with the ledger's tables in it, for others to be made from."""
    name = postgres.make_database()
    open_database(Database.connect(postgres.url(name))).close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Like ``place``; on the server the tables are there already, which is sooner done."""
    if request.param == "sqlite":
        yield tmp_path / "loa.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.make_database(request.getfixturevalue("ready_database"))
    yield server.url(name)
    server.drop_database(name)
