"""The connection to the ledger's database, and its transactions."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

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

#: Seconds after which a connection is asked whether it still lives before it is used again. Before
#: that it is asked only when something has come that nobody waits for: a farewell, or the end.
LIVES_SECONDS = 2.0

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
        begins = _BEGINS_POSTGRESQL if is_postgresql(engine) else _BEGINS_SQLITE
        self._reader = engine.execution_options(loa_begins=begins.read)
        self._looker = engine.execution_options(loa_begins="")
        self._writers = {
            durable: engine.execution_options(loa_begins=begin, loa_durable=durable)
            for durable, begin in ((False, begins.write), (True, begins.write_durably))
        }

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
        with self._turn, self._writers[durable].connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one consistent state without waiting for writers."""
        with self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Read by one statement, or by several that need not see the same state.

        To begin and end a transaction costs more than a small statement does.
        """
        with self._looker.connect() as connection:
            yield connection

    def forget(self, *tables: str) -> None:
        """Let go of what was removed from tables: pages and logs would hold it for a while.

        What somebody still reads is kept until he is done.
        """
        if is_postgresql(self.engine):
            with self._looker.connect() as connection:  # VACUUM refuses to run in a transaction
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


@dataclass(frozen=True, slots=True)
class _Begins:
    """How a database is told to begin each kind of transaction."""

    read: str
    write: str
    write_durably: str


_BEGINS_SQLITE = _Begins("BEGIN", "BEGIN IMMEDIATE", "BEGIN IMMEDIATE")

#: In one message each, as every step on the way to a server and back costs the same.
_BEGINS_POSTGRESQL = _Begins(
    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = off",
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit = on",
)

#: Without parameters, so that it goes as it is and may be several statements.
_AS_IT_IS = {"no_parameters": True}


def _sqlite(url: URL, busy_seconds: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": busy_seconds})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        # Transactions are begun in our own words; psycopg would begin its own before each.
        isolation_level="AUTOCOMMIT",
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "loa",
            "options": f"-c idle_in_transaction_session_timeout={IDLE_SECONDS}s",
        },
        pool_size=POOL,
        max_overflow=MORE,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "checkout", _see_that_it_lives)
    event.listen(engine, "checkin", _note_that_it_lived)
    event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "do_execute_no_params", _unprepared)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Leave transactions to SQLAlchemy's begin event; sqlite3's own would start them late."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    """Begin; how sure commits are is said again only when the connection has it otherwise."""
    options = connection.get_execution_options()
    begins, durable = options.get("loa_begins", _BEGINS_SQLITE.write), options.get("loa_durable")
    if durable is not None and connection.info.get("durable") is not durable:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.info["durable"] = durable
    if begins:
        connection.exec_driver_sql(begins)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Let rows be found by their keys, whatever is believed about a table just filled.

    Until it has been analysed, a plan of 400,000 deliveries looks as if reading all of them
    were the way to find a hundred.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("SET jit = off")


def _see_that_it_lives(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that may be dead; one that is is replaced, with all others."""
    from psycopg import Error  # not needed where the ledger is a file

    used = record.info.get("used")
    try:
        if used is None or (time.monotonic() - used < LIVES_SECONDS and _is_quiet(connection)):
            return
        connection.execute("SELECT 1")
    except Error as error:
        raise InvalidatePoolError from error


def _is_quiet(connection: Any) -> bool:
    """Say whether nothing has come from the server; to look costs no way there and back."""
    came = select.poll()
    came.register(connection.fileno(), select.POLLIN)
    return not came.poll(0)


def _note_that_it_lived(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _begin_postgresql(connection: Connection) -> None:
    """Begin, and say how sure the commit must be."""
    begins = connection.get_execution_options().get("loa_begins", "BEGIN")
    if begins:
        connection.exec_driver_sql(begins, execution_options=_AS_IT_IS)


def _unprepared(cursor: Any, statement: str, _context: object) -> bool:
    """Send several statements at once: psycopg would prepare them, and only one can be."""
    cursor.execute(statement, prepare=False)
    return True
