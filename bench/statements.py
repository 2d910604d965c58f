"""What the ledger alone costs: all that Loa says to it, said again by a bare loop.

Planning and sending run in one thread and are noted, statement by statement. Then the same
statements with the same values go to a copy of the ledger as it was before, by the database's
own driver, in the same transactions: the floor under everything that says the same.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import Connection, event

from bench.figures import Figure
from bench.made_up_province import Shape, approve, found
from bench.null_channels import Sink
from bench.queue_baselines import DRAMATIQ, cost_of
from bench.servers import PostgresServer, postgres_server, redis_server
from bench.tracked import Servers, check, opened
from bench.watching import Cost, Stopwatch
from engine.app import Communes
from engine.models import Priority
from workers.actors import messages

#: Messages through Dramatiq.
MESSAGES = 5_000

#: Communes of 30 hamlets: 7,200 deliveries; three more come first, and are not measured.
COMMUNES, WARM = 60, 3

#: Bundles leased at once, as `loa run` does.
LIMIT = 1_000

AGAINST = "its statements alone"


class Said(NamedTuple):
    """One statement with its values; ``many`` rows of them."""

    statement: str
    values: Any
    many: bool


@dataclass
class Recorder:
    """Notes what is said to a ledger, in order. Only for one thread."""

    said: list[Said] = field(default_factory=list)
    _in_transaction: bool = False

    @contextmanager
    def listening(self, communes: Communes) -> Iterator[None]:
        engine = communes.house.database.engine
        event.listen(engine, "before_cursor_execute", self._heard)
        event.listen(engine, "commit", self._committed)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", self._heard)
            event.remove(engine, "commit", self._committed)

    def _heard(
        self,
        _connection: Connection,
        _cursor: Any,
        statement: str,
        values: Any,
        _of: Any,
        many: bool,
    ) -> None:
        self._in_transaction = self._in_transaction or statement.startswith("BEGIN")
        self.said.append(Said(statement, values, many))

    def _committed(self, _connection: Connection) -> None:
        if self._in_transaction:
            self.said.append(Said("COMMIT", (), False))
        self._in_transaction = False


def figures(folder: Path) -> Iterator[Figure]:
    with postgres_server() as postgres, redis_server() as redis:
        each = cost_of(DRAMATIQ, redis, MESSAGES).each
        yield Figure("a fifth of a message of Dramatiq that does nothing: CPU", each / 5, "µs")
        (folder / "a").mkdir()
        yield from compared("SQLite", folder / "a", File(folder / "a" / "loa.db"), COMMUNES)
        workspace = Servers(postgres, redis).workspace(folder / "b")
        yield from compared("PostgreSQL", workspace, Served(postgres, _name(workspace)), COMMUNES)


class Place(Protocol):
    """A ledger that can be copied while nobody uses it, and spoken to without Loa."""

    @property
    def process_ids(self) -> Sequence[int]:
        """Processes that work for it beside this one."""
        ...

    def keep(self) -> None:
        """Copy the ledger as it is now."""
        ...

    @contextmanager
    def kept(self) -> Iterator[Callable[[Said], None]]:
        """Yield what says something to the copy and reads the answer to its end."""
        ...


@dataclass
class File:
    """A ledger on SQLite."""

    path: Path
    process_ids: Sequence[int] = ()

    def keep(self) -> None:
        shutil.copy(self.path, self.copy)

    @contextmanager
    def kept(self) -> Iterator[Callable[[Said], None]]:
        with closing(sqlite3.connect(self.copy, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys=ON")
            cursor = connection.cursor()

            def say(one: Said) -> None:
                (cursor.executemany if one.many else cursor.execute)(one.statement, one.values)
                cursor.fetchall()

            yield say

    @property
    def copy(self) -> Path:
        return self.path.with_name("before.db")


@dataclass
class Served:
    """A ledger on a PostgreSQL server, by the name of its database."""

    server: PostgresServer
    name: str

    @property
    def process_ids(self) -> Sequence[int]:
        return (self.server.process_id,)

    def keep(self) -> None:
        copy = sql.SQL("CREATE DATABASE before TEMPLATE {}").format(sql.Identifier(self.name))
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS before")
            connection.execute(copy)

    @contextmanager
    def kept(self) -> Iterator[Callable[[Said], None]]:
        with psycopg.connect(self.server.url("before"), autocommit=True) as connection:
            connection.execute("SET enable_seqscan = off")
            connection.execute("SET jit = off")
            cursor = connection.cursor()

            def say(one: Said) -> None:
                statement = one.statement.encode()
                if one.many:
                    cursor.executemany(statement, one.values)
                elif one.values:
                    cursor.execute(statement, one.values)
                else:
                    cursor.execute(statement, prepare=False)
                if cursor.description is not None:
                    cursor.fetchall()

            yield say


def _name(workspace: Path) -> str:
    """Return the name of the database in a workspace's settings."""
    return (workspace / "loa.toml").read_text("utf-8").split('"')[1].rpartition("/")[2]


def compared(ledger: str, workspace: Path, place: Place, communes_there: int) -> Iterator[Figure]:
    """Plan and send one campaign in so many communes, and say the same without Loa."""
    since, shape = time.time(), Shape(communes_there)
    size = communes_there * shape.of_one
    with opened(workspace, since, Sink.NULL, shape) as communes:
        found(communes, shape)
        approve(communes, "khoi-dong", min(WARM, communes_there))
        plan(communes)
        send(communes)
        approve(communes, "lich-tiem", communes_there)
    for what, work in (("planning", plan), ("sending", send)):
        place.keep()
        recorder = Recorder()
        with opened(workspace, since, Sink.NULL, shape) as communes, recorder.listening(communes):
            watch = Stopwatch(os.getpid(), *place.process_ids)
            work(communes)
            taken = watch.cost(size)
        alone = replayed(recorder.said, place, size)
        name = f"{ledger}, {what} in one thread: CPU"
        yield Figure(name, taken.each, "µs each", alone.each, AGAINST)
        yield Figure(
            f"{ledger}, {what}: statements", len(recorder.said) / communes_there, "a commune"
        )
    with opened(workspace, since, Sink.NULL, shape) as communes:
        check(communes, "lich-tiem", size)


def plan(communes: Communes) -> None:
    """Open what was approved, commune by commune."""
    for commune_id in communes.rounds.to_open():
        with communes.lent(commune_id) as app:
            app.office.open_all()


def send(communes: Communes) -> None:
    """Lease, claim and send what is due, message by message, as a worker does."""
    clock, leases, until = communes.clock, communes.leases, timedelta(minutes=15)
    while due := leases.take_due(
        clock.now(),
        Priority.ROUTINE,
        holder="queue:1",
        until=clock.now() + until,
        rehearse=(),
        limit=LIMIT,
    ):
        for commune_id, ids in messages(due):
            with communes.lent(commune_id) as app:
                until_then = clock.now() + until
                mine = leases.claim(ids, of="queue:1", holder="worker:1", until=until_then)
                app.sender.send(mine, holder="worker:1")


def replayed(said: Sequence[Said], place: Place, size: int) -> Cost:
    """Say it all again to the copy, and return what that took."""
    with place.kept() as say:
        watch = Stopwatch(os.getpid(), *place.process_ids)
        for one in said:
            say(one)
        return watch.cost(size)
