"""The connection to the ledger's database, and its transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.dialect import is_postgresql
from engine.ledger.places import Place, shown, url_of
from engine.ledger.refusals import ledger_reason

#: SQLite's lock is unfair: a writer may starve for seconds behind others.
BUSY_SECONDS = 60

#: How long to wait for a PostgreSQL server that does not answer.
CONNECT_SECONDS = 10

#: How long a transaction may do nothing before PostgreSQL undoes it: a process that hangs or was
#: stopped in the middle of one must not keep its rows from everybody else.
IDLE_SECONDS = 60

#: Connections kept open, and how many more there may be: one for each thread of a worker.
POOL, MORE = 8, 56


class Database:
    """One database: embedded (SQLite in WAL) or on a PostgreSQL server.

    On SQLite a transaction takes the write lock at once (``BEGIN IMMEDIATE``), so that it
    never fails half-way because somebody else wrote first; the threads of one process take
    turns, for SQLite's own waiting is unfair and sleeps longer than it need. On PostgreSQL it
    runs READ COMMITTED, and what must not be written over is locked or guarded row by row.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self.place = place
        self.engine = engine
        self._turn: AbstractContextManager[object] = (
            nullcontext() if is_postgresql(engine) else threading.Lock()
        )
        self._reader = (
            engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            if is_postgresql(engine)
            else engine.execution_options(loa_read=True)
        )

    @classmethod
    def connect(cls, place: Place, *, busy_seconds: float = BUSY_SECONDS) -> Database:
        """Return the database at ``place`` as it is; nothing is looked at yet."""
        url = url_of(place)
        if url.drivername == "sqlite":
            return cls(_sqlite(url, busy_seconds), shown(url))
        return cls(_postgresql(url), shown(url))

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """Run one transaction. ``durable``: it survives a power cut once it has committed."""
        with self._turn, self.engine.connect() as connection:
            connection = connection.execution_options(loa_durable=durable)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one consistent state without waiting for writers."""
        with self._reader.connect() as connection, connection.begin():
            yield connection

    def forget(self, *tables: str) -> None:
        """Let go of what was removed from tables: pages and logs would hold it for a while.

        What somebody still reads is kept until he is done.
        """
        if is_postgresql(self.engine):
            at_once = self.engine.execution_options(isolation_level="AUTOCOMMIT")
            with at_once.connect() as connection:
                connection.exec_driver_sql(f"VACUUM {', '.join(tables)}")
            return
        with self._turn:
            raw = self.engine.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                raw.close()

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what the database refuses into a LoaError that names it, and no password."""
        try:
            yield
        except DBAPIError as error:
            message = _("{path}: the ledger cannot be opened: {reason}")
            raise LoaError(message.format(path=self.place, reason=ledger_reason(error))) from None


def _sqlite(url: URL, busy_seconds: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_seconds})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "loa",
            "options": f"-c idle_in_transaction_session_timeout={IDLE_SECONDS}s",
        },
        pool_pre_ping=True,
        pool_size=POOL,
        max_overflow=MORE,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Leave transactions to SQLAlchemy's begin event; sqlite3's own would start them late."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("loa_read"):
        connection.exec_driver_sql("BEGIN")
        return
    level = "FULL" if options.get("loa_durable") else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Let rows be found by their keys, whatever is believed about a table just filled.

    Until it has been analysed, a plan of 400,000 deliveries looks as if reading all of them
    were the way to find a hundred.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("SET jit = off")
    connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    """Say how sure a commit must be; a reader commits nothing."""
    options = connection.get_execution_options()
    if "loa_durable" in options:
        level = "on" if options["loa_durable"] else "off"
        connection.exec_driver_sql(f"SET LOCAL synchronous_commit = {level}")
