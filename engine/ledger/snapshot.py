"""The whole ledger in one SQLite file, as it stood at one moment, while others go on writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, DateTime, MetaData, Table, insert, inspect, select
from sqlalchemy.types import TypeEngine

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.columns import Instant
from engine.ledger.copying import CHUNK, existing
from engine.ledger.database import Database
from engine.ledger.places import Place, url_of
from engine.ledger.schema import FIRST, refuse_newer, version_of
from engine.ledger.tables import STAMP
from engine.ledger.team_tables import private_lists

#: Asks whether a table is there.
_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a ledger file holds: its version, its communes, the rows of each table.

    ``last_event_at`` is None where nothing ever happened.
    """

    version: str
    communes: tuple[str, ...]
    rows: Mapping[str, int]
    last_event_at: datetime | None


def take_snapshot(place: Place, into: Path) -> Snapshot:
    """Copy the ledger at ``place`` into the new file ``into``, whatever its version up to ours.

    Nobody waits meanwhile: SQLite is copied by its own online backup, a server is read in one
    REPEATABLE READ transaction. Raises LoaError when the ledger cannot be used or is of a
    newer Loa, OSError and sqlite3.Error when ``into`` cannot be written.
    """
    database = Database.connect(existing(place))
    try:
        with database.explained(), database.read() as connection:
            version = version_of(connection)
            if version is None:
                raise LoaError(_("{path}: there is no ledger").format(path=database.place))
            refuse_newer(version, database.place)
            if url_of(place).drivername == "sqlite":
                _copy_file(Path(database.place), into)
            else:
                _carry(connection, version, into)
        _leave_out(into)
    finally:
        database.close()
    return describe(into)


def _leave_out(file: Path) -> None:
    """Empty what no copy may keep beyond its time: private lists, which are imported anew."""
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA secure_delete = ON")
        if copy.execute(_TABLE, (private_lists.name,)).fetchone():
            copy.execute(f"DELETE FROM {private_lists.name}")  # noqa: S608 - our own table
            copy.commit()


def describe(file: Path) -> Snapshot:
    """Say what a ledger file holds. Raises LoaError when it is damaged or no ledger."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as ledger:
            return _described(ledger)
    except (sqlite3.Error, UnicodeDecodeError, ValueError):
        raise LoaError(_("{path}: the ledger in it is damaged").format(path=file)) from None


def _described(ledger: sqlite3.Connection) -> Snapshot:
    if ledger.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        raise ValueError
    tables = [
        name
        for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_")
    ]
    counts = {name: _one(ledger, f'SELECT count(*) FROM "{name}"') for name in sorted(tables)}  # noqa: S608 - names of the ledger's own tables
    stamped = _one(ledger, f"SELECT version_num FROM {STAMP}") if STAMP in tables else FIRST  # noqa: S608 - a constant
    last = _one(ledger, "SELECT max(at) FROM events")
    communes = ledger.execute("SELECT DISTINCT commune_id FROM registries ORDER BY 1").fetchall()
    return Snapshot(
        version=str(stamped),
        communes=tuple(str(row[0]) for row in communes),
        rows=counts,
        last_event_at=datetime.fromisoformat(last) if last else None,
    )


def _one(ledger: sqlite3.Connection, query: str) -> Any:
    return ledger.execute(query).fetchone()[0]


def _copy_file(ledger: Path, into: Path) -> None:
    with closing(sqlite3.connect(ledger)) as source, closing(sqlite3.connect(into)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _carry(old: Connection, version: str, into: Path) -> None:
    """Make a file of the server's version and put every row into it.

    The tables are taken as the server has them: an older ledger is copied as it is.
    """
    from engine.ledger.upgrading import migrate  # Alembic loads for those who need it

    found = MetaData()
    found.reflect(old)
    file = Database.connect(into)
    try:
        with file.write(durable=True) as new:
            migrate(new, to=version)
            ours = set(inspect(new).get_table_names()) - {STAMP}
            for table in found.sorted_tables:
                if table.name in ours:
                    _carry_table(old, new, table)
    finally:
        file.close()
    with closing(sqlite3.connect(into)) as done:
        done.execute("PRAGMA journal_mode = DELETE")


def _carry_table(old: Connection, new: Connection, table: Table) -> None:
    columns = [Column(column.name, _kind(column.type)) for column in table.columns]
    same = Table(table.name, MetaData(), *columns)
    query = select(table).order_by(*table.primary_key)
    with old.execution_options(yield_per=CHUNK).execute(query) as result:
        for rows in result.mappings().partitions():
            new.execute(insert(same), [dict(row) for row in rows])


def _kind(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type that writes into a file what was read from a server."""
    return Instant() if isinstance(kind, DateTime) else kind.as_generic()
