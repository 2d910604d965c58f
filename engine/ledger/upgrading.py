"""Bringing a ledger to the tables that this Loa knows, with Alembic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from engine.ledger.database import Database
from engine.ledger.dialect import take_turns
from engine.ledger.places import Place
from engine.ledger.schema import adopt, refuse_newer, version_of
from engine.ledger.tables import SCHEMA

#: Where the migrations are.
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(place: Place, keep: Callable[[], Path] | None = None) -> tuple[str | None, Path | None]:
    """Bring the ledger at ``place`` to this Loa's version, all or nothing.

    ``keep`` makes a backup and is called before anything changes, if anything has to; what it
    raises ends the upgrade. Returns the version the ledger had (None: it was empty; this Loa's:
    nothing was missing) and the backup. Raises LoaError when the ledger cannot be opened or is
    newer.
    """
    database = Database.connect(place)
    try:
        with database.explained(), database.write(durable=True) as connection:
            take_turns(connection, "")
            found = version_of(connection)
            refuse_newer(found, database.place)
            kept = keep() if keep is not None and found not in (None, SCHEMA) else None
            adopt(connection)
            migrate(connection)
    finally:
        database.close()
    return found, kept


def migrate(connection: Connection, scripts: Path = MIGRATIONS, *, to: str = "head") -> None:
    """Run the migrations that are missing up to ``to``, in the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)
