"""History only grows: the database itself refuses to change or remove what has happened."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData, event

#: Tables whose rows nobody may change or remove.
APPEND_ONLY = ("events", "evidence", "plays")

_REFUSE = """
CREATE FUNCTION loa_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        MESSAGE = TG_TABLE_NAME || ' only ever grow', ERRCODE = 'integrity_constraint_violation';
END $$
"""


def guard_history(metadata: MetaData) -> None:
    """Make the guards whenever the tables are made."""
    event.listen(metadata, "after_create", _make_guards)


def _make_guards(_metadata: MetaData, connection: Connection, **_more: Any) -> None:
    make = _on_postgresql if connection.dialect.name == "postgresql" else _on_sqlite
    for statement in make():
        connection.exec_driver_sql(statement)


def _on_postgresql() -> list[str]:
    return [_REFUSE] + [
        f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION loa_only_grows()"
        for table in APPEND_ONLY
    ]


def _on_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only ever grow'); END"
        for table in APPEND_ONLY
        for action in ("UPDATE", "DELETE")
    ]
