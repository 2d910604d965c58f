"""Which tables a ledger has: made, migrated, of before, of later."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from support.dispatching import KEY

from engine.errors import LoaError
from engine.ledger import Ledger, Seal
from engine.ledger.database import Database
from engine.ledger.places import Place
from engine.ledger.schema import FIRST, open_database, version_of
from engine.ledger.tables import SCHEMA, STAMP, metadata
from engine.ledger.upgrading import MIGRATIONS, migrate, upgrade

#: A migration that is not there yet, made up.
NEXT = f"{int(SCHEMA) + 1:04}"
LATER = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{revision}", "{before}"
def upgrade():
    op.add_column("contents", sa.Column("made_up", sa.Integer()))
    {then}
"""


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    opened = Database.connect(place)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def everything_made(connection: Connection) -> list[tuple[object, ...]]:
    """Tables, columns, keys, indexes, triggers and functions, as the database describes them."""
    if connection.dialect.name == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
        found = connection.exec_driver_sql(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
        ).all()
        for (name,) in connection.exec_driver_sql(names).all():
            columns = connection.exec_driver_sql(f"PRAGMA table_info({name})").all()
            found += [(name, *column) for column in columns]
        return sorted(tuple(row) for row in found)
    queries = (
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT table_name, ordinal_position, column_name, data_type, collation_name, is_nullable,"
        " column_default, character_maximum_length FROM information_schema.columns"
        " WHERE table_schema = 'public'",
        "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger",
        "SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'loa%%'",
    )
    rows = [tuple(row) for query in queries for row in connection.exec_driver_sql(query)]
    return sorted(rows, key=repr)


def forget_tables(connection: Connection) -> None:
    metadata.drop_all(connection)
    connection.exec_driver_sql(f"DROP TABLE {STAMP}")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION loa_only_grows()")


def test_migrations_lead_to_the_tables_that_the_code_has(database: Database) -> None:
    with database.write() as connection:
        migrate(connection)
    with database.write() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_new_ledger_is_the_same_as_a_migrated_one(database: Database) -> None:
    open_database(database)
    with database.write() as connection:
        made = everything_made(connection)
        forget_tables(connection)
        assert not inspect(connection).get_table_names()
        migrate(connection)
    with database.read() as connection:
        assert everything_made(connection) == made
        triggers = [row for row in made if "only_grow" in str(row) or "_no_" in str(row)]
        assert len(triggers) >= 4 if connection.dialect.name == "sqlite" else 2


def test_the_code_names_the_newest_migration_and_there_is_one_line_of_them() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert scripts.get_heads() == [SCHEMA]
    revisions = sorted(script.revision for script in scripts.walk_revisions())
    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]


def open_ledger(place: Place) -> Ledger:
    return Ledger.open(place, "xa-mau", seal=Seal(KEY), options={})


def mark(place: Place, version: str) -> None:
    database = Database.connect(place)
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE {STAMP} SET version_num = '{version}'")
    database.close()


def test_a_ledger_of_a_newer_loa_is_refused_with_what_to_do(place: Place) -> None:
    open_ledger(place).close()
    mark(place, "9999")
    with pytest.raises(LoaError, match=r"9999.*newer.*install"):
        open_ledger(place)
    with pytest.raises(LoaError, match=r"9999.*newer.*install"):
        upgrade(place)


def test_a_ledger_of_an_older_loa_is_refused_with_what_to_do(place: Place) -> None:
    open_ledger(place).close()
    mark(place, "0000")
    with pytest.raises(LoaError, match=r"0000.*run: loa db upgrade"):
        open_ledger(place)


def later_migration(scripts: Path, then: str = "") -> None:
    text = LATER.format(revision=NEXT, before=SCHEMA, then=then)
    (scripts / "versions" / f"{NEXT}_later.py").write_text(text)


def as_before_migrations(path: Path, version: int = 1) -> None:
    """Make a ledger as they were before there were migrations, and give it their mark."""
    database = Database.connect(path)
    with database.write() as connection:
        migrate(connection, to=FIRST)
    database.close()
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            f"DROP TABLE {STAMP}; CREATE TABLE schema_version (version INTEGER NOT NULL);"
            f"INSERT INTO schema_version VALUES ({version});"
        )


def test_a_ledger_made_before_migrations_goes_on_once_it_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    as_before_migrations(path)
    event = ("xa-mau", "2026-12-01T01:00:00.000000Z", "lan", "", "submitted", "")
    with closing(sqlite3.connect(path)) as database, database:
        names = "commune_id, at, actor, from_state, to_state, detail"
        database.execute(f"INSERT INTO events ({names}) VALUES (?, ?, ?, ?, ?, ?)", event)
    with pytest.raises(LoaError, match="run: loa db upgrade"):
        open_ledger(path)
    assert upgrade(path)[0] == FIRST
    ledger = open_ledger(path)
    assert [(one.actor, one.to_state) for one in ledger.views.events()] == [("lan", "submitted")]
    with ledger.database.write() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    ledger.close()


def test_one_of_before_with_an_unknown_version_is_refused(tmp_path: Path) -> None:
    as_before_migrations(tmp_path / "loa.db", 777)
    with pytest.raises(LoaError, match="0777"):
        open_ledger(tmp_path / "loa.db")


def test_an_upgrade_makes_an_empty_ledger(place: Place) -> None:
    assert upgrade(place) == (None, None)
    open_ledger(place).close()
    assert upgrade(place) == (SCHEMA, None), "nothing is missing, so nothing is kept"


def test_a_backup_is_made_before_an_upgrade_and_only_before_one(place: Place) -> None:
    made = []

    def keep() -> Path:
        database = Database.connect(place)
        with database.read() as connection:
            made.append(version_of(connection))
        database.close()
        return Path("kept")

    assert upgrade(place, keep) == (None, None)
    assert upgrade(place, keep) == (SCHEMA, None)
    mark(place, "0000")
    with pytest.raises(Exception, match="0000"):
        upgrade(place, keep)
    assert made == ["0000"]


def test_without_a_backup_there_is_no_upgrade(place: Place) -> None:
    def keep() -> Path:
        raise LoaError("full")

    database = Database.connect(place)
    with database.write() as connection:
        migrate(connection, to=FIRST)
    with pytest.raises(LoaError, match="full"):
        upgrade(place, keep)
    with database.read() as connection:
        assert version_of(connection) == FIRST
    database.close()
    assert upgrade(place, lambda: Path("kept")) == (FIRST, Path("kept"))


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations with one more, made up, which can be told to fail at its end."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


def test_what_is_missing_is_run_and_no_more(database: Database, later: Path) -> None:
    open_database(database)
    later_migration(later)
    with database.write() as connection:
        migrate(connection, later)
    with database.read() as connection:
        names = [column["name"] for column in inspect(connection).get_columns("contents")]
        assert names[-1] == "made_up"
    with pytest.raises(LoaError, match=NEXT):
        open_database(database)


def test_an_upgrade_that_fails_leaves_the_ledger_as_it_was(database: Database, later: Path) -> None:
    open_database(database)
    later_migration(later, then="1 / 0")
    with database.read() as connection:
        before = everything_made(connection)
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        migrate(connection, later)
    with database.read() as connection:
        assert everything_made(connection) == before
    open_database(database)
