"""Ids of rows that move into a ledger where other communes' rows have taken them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, select

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.dialect import is_postgresql
from engine.ledger.tables import bundles, deliveries, events, evidence, plays
from engine.states import State

#: Tables whose rows are numbered across all communes.
NUMBERED = (deliveries, bundles, events, evidence, plays)

#: Columns that hold such a number, and the table it belongs to.
_COLUMNS = {
    "delivery_id": "deliveries",
    "again_of": "deliveries",
    "bundle_id": "bundles",
    "play_id": "plays",
}


@dataclass(frozen=True, slots=True)
class Renumbering:
    """By how much each table's ids grow; 0 keeps them.

    All of a table's ids grow by the same, so their order stays.
    """

    commune_id: str
    added: Mapping[str, int]

    @classmethod
    def find(cls, old: Connection, new: Connection, commune_id: str) -> Renumbering:
        """Choose free ids in ``new`` and make sure that nobody else gets them.

        Raises LoaError when bundles would get other ids while the far side may know them by
        the old ones: the id is part of what makes a repeated send harmless.
        """
        spans = {table.name: _span(old, table, commune_id) for table in NUMBERED}
        added = _reserved_on_server(new, spans) if is_postgresql(new) else _free(new, spans)
        if added["bundles"] and _being_retried(old, commune_id):
            raise LoaError(
                _(
                    "ids are taken at the destination, and some sends of {commune} are being"
                    " repeated under theirs: let them end, or cancel them, then copy"
                ).format(commune=commune_id)
            )
        return cls(commune_id, added)

    @property
    def needed(self) -> bool:
        return any(self.added.values())

    def change_of(self, table: Table) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """Return what turns a row of the source into one of the destination."""
        columns = {name: self.added[of] for name, of in _COLUMNS.items() if name in table.c}
        if table in NUMBERED:
            columns["id"] = self.added[table.name]

        def change(row: dict[str, Any]) -> dict[str, Any]:
            for name, more in columns.items():
                if row[name] is not None:
                    row[name] += more
            if table is bundles:
                row["lease_until"] = row["lease_by"] = None
            if table.name == "remote_ids":
                row["key"] = self._remote_key(row["key"])
            return row

        return change

    def _remote_key(self, key: str) -> str:
        """Renew the bundle's id inside what a backend remembers about it (``Bundle.key``)."""
        commune, *rest = key.split("/", 3)
        if commune != self.commune_id or len(rest) < 2 or not rest[1].isdecimal():
            return key
        rest[1] = str(int(rest[1]) + self.added["bundles"])
        return "/".join([commune, *rest])


def _span(connection: Connection, table: Table, commune_id: str) -> tuple[int, int]:
    """Return the commune's lowest and highest id; (0, 0) when it has no row."""
    query = select(func.min(table.c.id), func.max(table.c.id))
    low, high = connection.execute(query.where(table.c.commune_id == commune_id)).one()
    return low or 0, high or 0


def _growth(span: tuple[int, int], taken: int) -> int:
    """Return what to add so that a span lies above ``taken``.

    An id that the commune itself had before is no free one either: the far side may know it.
    """
    low, high = span
    return 0 if low > taken or not high else max(taken, high)


def _free(connection: Connection, spans: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """SQLite: the transaction is the only writer, so what is free stays free."""
    taken = {
        table.name: connection.execute(select(func.max(table.c.id))).scalar() or 0
        for table in NUMBERED
    }
    return {name: _growth(span, taken[name]) for name, span in spans.items()}


def _reserved_on_server(
    connection: Connection, spans: Mapping[str, tuple[int, int]]
) -> dict[str, int]:
    """Move the sequences past the ids to come.

    Nobody may take a number meanwhile. Sequences do not roll back but locks do: rolling back
    to the savepoint lets the other communes go on at once.
    """
    added: dict[str, int] = {}
    savepoint = connection.begin_nested()
    names = ", ".join(table.name for table in NUMBERED)
    connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
    for name, span in spans.items():
        sequence = func.pg_get_serial_sequence(name, "id")
        last = connection.execute(select(func.pg_sequence_last_value(sequence))).scalar()
        added[name] = _growth(span, last or 0)
        if span[1]:
            connection.execute(select(func.setval(sequence, span[1] + added[name])))
    savepoint.rollback()
    return added


def _being_retried(connection: Connection, commune_id: str) -> bool:
    b = bundles.c
    query = select(b.id).where(b.commune_id == commune_id, b.state == State.PLANNED, b.attempts > 0)
    return connection.execute(query.limit(1)).first() is not None
