"""Bringing a ledger to the tables that this Loa knows, with Alembic."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.ledger.database import Database
from engine.ledger.dialect import is_postgresql, take_turns
from engine.ledger.places import Place
from engine.ledger.schema import adopt, refuse_newer, version_of
from engine.ledger.tables import SCHEMA

#: Where the migrations are.
MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(place: Place) -> tuple[str | None, Path | None]:
    """Bring the ledger at ``place`` to this Loa's version, all or nothing.

    Returns the version it had (None: it was empty; this Loa's: nothing was missing) and, for a
    file that changed, the copy that was kept of it. Raises LoaError when the ledger cannot be
    opened or is newer, or the copy cannot be made.
    """
    database = Database.connect(place)
    try:
        with database.explained(), database.write(durable=True) as connection:
            take_turns(connection, "")
            found = version_of(connection)
            refuse_newer(found, database.place)
            kept = None
            if found not in (None, SCHEMA) and not is_postgresql(connection):
                kept = _keep_copy(Path(database.place), str(found))
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


def _keep_copy(ledger: Path, version: str) -> Path:
    """Copy the file as it stands beside itself, whole or not at all.

    The caller holds the write lock, so nothing changes meanwhile.
    """
    copy = ledger.with_name(f"{ledger.name}.{version}.bak")
    unfinished = ledger.with_name(f".{copy.name}.new")
    try:
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(ledger)) as source, closing(sqlite3.connect(unfinished)) as to:
            source.backup(to)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(copy)
    except (sqlite3.Error, OSError) as error:
        unfinished.unlink(missing_ok=True)
        reason = os_reason(error) if isinstance(error, OSError) else _("the disk reports a fault")
        message = _("{path}: no copy can be kept before the upgrade: {reason}")
        raise LoaError(message.format(path=copy, reason=reason)) from error
    return copy
