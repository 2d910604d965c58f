"""The connection to the ledger's database, its transactions and its guards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.exc import DatabaseError

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.refusals import ledger_reason
from engine.ledger.tables import SCHEMA_VERSION, metadata, schema_version

#: SQLite's lock is unfair: a writer may starve for seconds behind others.
BUSY_SECONDS = 60

_APPEND_ONLY = ("events", "evidence")


class Database:
    """One database, embedded (SQLite in WAL).

    A transaction takes the write lock at once (``BEGIN IMMEDIATE``), so that it never fails
    half-way because somebody else wrote first.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, path: Path) -> Database:
        """Open the ledger at ``path``, making it if there is none.

        Raises LoaError when the file is not a ledger or is of another version.
        """
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_connection)
        event.listen(engine, "begin", _begin)
        database = cls(engine)
        try:
            database._ensure_schema(path)
        except DatabaseError as error:
            message = _("{path}: the ledger cannot be opened: {reason}")
            raise LoaError(message.format(path=path, reason=ledger_reason(error))) from error
        return database

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """Run one transaction. ``durable``: it survives a power cut once it has committed."""
        with self._engine.connect() as connection:
            connection = connection.execution_options(loa_durable=durable)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one consistent state without waiting for writers."""
        with self._engine.connect() as connection:
            connection = connection.execution_options(loa_read=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        self._engine.dispose()

    def _ensure_schema(self, path: Path) -> None:
        with self.write() as connection:
            if not inspect(connection).has_table("schema_version"):
                metadata.create_all(connection)
                _guard_history(connection)
                connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))
            found = connection.execute(select(schema_version.c.version)).scalar_one()
        if found != SCHEMA_VERSION:
            message = _("{path}: ledger version {found}, this Loa needs {needed}")
            raise LoaError(message.format(path=path, found=found, needed=SCHEMA_VERSION))


def _prepare_connection(connection: Any, _record: object) -> None:
    """Leave transactions to SQLAlchemy's begin event; sqlite3's own would start them late."""
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("loa_read"):
        connection.exec_driver_sql("BEGIN")
        return
    level = "FULL" if options.get("loa_durable") else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _guard_history(connection: Connection) -> None:
    """Let the database itself refuse to change or remove what has happened."""
    for table in _APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} only ever grow'); END"
            )
