"""The tree of areas as it stands: province → commune → hamlet.

It follows the newest registries, for those who look things up. An approved campaign pins a
registry's revision and is not touched by what changes here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine.ledger.database import Database
from engine.ledger.dialect import IDS, upsert
from engine.ledger.tables import areas
from engine.models import Province, Registry
from engine.models.areas import AreaKind, area_id


@dataclass(frozen=True, slots=True)
class Area:
    """One area. ``parent`` is the area around it; None where nobody said so."""

    id: str
    parent: str | None
    kind: AreaKind
    name: str


class Areas:
    """The areas of one province. Communes of other provinces, or of none, are not in it."""

    def __init__(self, database: Database, province_id: str) -> None:
        self._database = database
        self._province_id = province_id

    def communes(self) -> list[Area]:
        """Return the province's communes by id."""
        query = select(areas).where(
            areas.c.parent == self._province_id, areas.c.kind == AreaKind.COMMUNE
        )
        with self._database.read() as connection:
            return [_area(row) for row in connection.execute(query.order_by(areas.c.id))]

    def hamlets(self, commune_id: str) -> list[Area]:
        """Return the hamlets of one of the province's communes; none of any other's."""
        mine = select(areas.c.id).where(
            areas.c.commune_id == commune_id,
            areas.c.parent == self._province_id,
            areas.c.kind == AreaKind.COMMUNE,
        )
        query = select(areas).where(
            areas.c.commune_id == commune_id,
            areas.c.kind == AreaKind.HAMLET,
            areas.c.parent.in_(mine),
        )
        with self._database.read() as connection:
            return [_area(row) for row in connection.execute(query.order_by(areas.c.id))]

    def of_others(self, commune_ids: Collection[str]) -> dict[str, str]:
        """Return which of these communes belong to another province, and to which."""
        found: dict[str, str] = {}
        named = sorted(commune_ids)
        with self._database.read() as connection:
            for start in range(0, len(named), IDS):
                rows = connection.execute(
                    select(areas.c.id, areas.c.parent).where(
                        areas.c.id.in_(named[start : start + IDS]),
                        areas.c.kind == AreaKind.COMMUNE,
                        areas.c.parent.is_not(None),
                        areas.c.parent != self._province_id,
                    )
                )
                found.update({row.id: row.parent for row in rows})
        return found

    def claim(self, commune_ids: Collection[str]) -> None:
        """Let these communes belong to the province; another province's stay where they are."""
        named = sorted(commune_ids)
        with self._database.write() as connection:
            for start in range(0, len(named), IDS):
                connection.execute(
                    update(areas)
                    .where(
                        areas.c.id.in_(named[start : start + IDS]),
                        areas.c.kind == AreaKind.COMMUNE,
                        areas.c.parent.is_(None),
                    )
                    .values(parent=self._province_id)
                )


def keep_areas(connection: Connection, registry: Registry) -> None:
    """Let the tree say what the commune's newest registry says; its province stays."""
    commune = registry.commune
    connection.execute(
        delete(areas).where(areas.c.commune_id == commune.id, areas.c.kind == AreaKind.HAMLET)
    )
    _keep(connection, commune.id, AreaKind.COMMUNE, commune.name)
    connection.execute(
        insert(areas),
        [
            {
                "commune_id": commune.id,
                "id": area_id(commune.id, hamlet.id),
                "parent": commune.id,
                "kind": AreaKind.HAMLET,
                "name": hamlet.name,
            }
            for hamlet in registry.hamlets
        ],
    )


def keep_province(connection: Connection, province: Province) -> None:
    """Let the tree name the province as its file does."""
    _keep(connection, province.id, AreaKind.PROVINCE, province.name)


def _keep(connection: Connection, name: str, kind: AreaKind, shown: str) -> None:
    values = {"commune_id": name, "id": name, "parent": None, "kind": kind, "name": shown}
    connection.execute(
        upsert(connection, areas)
        .values(**values)
        .on_conflict_do_update(index_elements=["commune_id", "id"], set_={"name": shown})
    )


def _area(row: Row[tuple[object, ...]]) -> Area:
    return Area(row.id, row.parent, AreaKind(row.kind), row.name)
