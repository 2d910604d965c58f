"""Whether a ledger's tables are those that this Loa knows; an empty ledger gets them."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
)

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.dialect import take_turns
from engine.ledger.tables import SCHEMA, STAMP, metadata

#: The migration at which ledgers stood that were made before there were migrations.
FIRST = "0001"

_marks = MetaData()

#: Alembic's own table, with the one migration at which the ledger stands.
_stamp = Table(
    STAMP,
    _marks,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{STAMP}_pkc"),
)

#: The mark of ledgers made before: a table with this one number in it.
_before = Table("schema_version", _marks, Column("version", Integer, nullable=False))
_BEFORE_VERSION = 1


def open_database(place: Database) -> Database:
    """Return ``place`` with the tables that this Loa knows, made if there are none.

    Raises LoaError when it cannot be opened, is no ledger, or is of another version.
    """
    try:
        with place.explained():
            _check(place)
    except BaseException:
        place.close()
        raise
    return place


def check_version(database: Database) -> None:
    """Ask an opened ledger whether it still answers and is of the version this Loa knows.

    Raises LoaError, or what the database raises.
    """
    with database.read() as connection:
        found = version_of(connection)
    _refuse_other(found, database.place)


def version_of(connection: Connection) -> str | None:
    """Return the migration at which the ledger stands; None when it has no tables of ours."""
    names = inspect(connection).get_table_names()
    if _stamp.name in names:
        return connection.execute(select(_stamp.c.version_num)).scalar()
    if _before.name in names:
        found = connection.execute(select(_before.c.version)).scalar_one()
        return FIRST if found == _BEFORE_VERSION else f"{found:04}"
    return None


def stamp(connection: Connection, version: str) -> None:
    """Mark a ledger whose tables are there already; its mark of before goes."""
    _stamp.create(connection)
    connection.execute(insert(_stamp).values(version_num=version))
    _before.drop(connection, checkfirst=True)


def adopt(connection: Connection) -> str | None:
    """Give a ledger made before there were migrations its mark; return where it stands."""
    found = version_of(connection)
    if found is not None and not inspect(connection).has_table(STAMP):
        stamp(connection, found)
    return found


def refuse_newer(found: str | None, place: str) -> None:
    """Raises LoaError for a ledger that a newer Loa has changed."""
    if found is not None and found > SCHEMA:
        message = _(
            "{path}: this ledger is of version {found}, newer than this Loa, which knows {needed}:"
            " install the newer Loa"
        )
        raise LoaError(message.format(path=place, found=found, needed=SCHEMA))


def _check(database: Database) -> None:
    with database.read() as connection:
        ready = inspect(connection).has_table(STAMP)
        found = version_of(connection) if ready else None
    if not ready:
        with database.write(durable=True) as connection:
            found = _make(connection)
    _refuse_other(found, database.place)


def _refuse_other(found: str | None, place: str) -> None:
    refuse_newer(found, place)
    if found != SCHEMA:
        message = _(
            "{path}: this ledger is of version {found}, this Loa needs {needed}:"
            " stop Loa everywhere, then run: loa db upgrade"
        )
        raise LoaError(message.format(path=place, found=found, needed=SCHEMA))


def _make(connection: Connection) -> str:
    """Make the tables if nobody did so meanwhile; return where the ledger stands."""
    take_turns(connection, "")
    found = version_of(connection)
    if found is None:
        metadata.create_all(connection)
        stamp(connection, SCHEMA)
        return SCHEMA
    if found <= SCHEMA:
        adopt(connection)
    return found
