"""Figures about the ledger as a whole, for whoever watches the services. Counts, and no ids."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column, select, true

from engine.ledger.bundles import not_rehearsed
from engine.ledger.database import Database
from engine.ledger.tables import bundles, deliveries
from engine.models import Priority
from engine.states import State


class Gauges:
    """What stands in the ledger for one commune, or for all (``commune_id`` None)."""

    def __init__(self, database: Database, commune_id: str | None = None) -> None:
        self._database = database
        self._commune_id = commune_id

    def deliveries(self) -> dict[tuple[State, str, Priority], int]:
        """Count the deliveries that count, by state, channel and priority. Reads all of them."""
        d = deliveries.c
        kinds = (d.state, d.channel, d.priority)
        with self._database.read() as connection:
            rows = connection.execute(
                select(*kinds, func.count())
                .where(self._mine(d.commune_id), d.replaced_in.is_(None))
                .group_by(*kinds)
            ).all()
        return {(State(row[0]), row[1], Priority(row[2])): row[3] for row in rows}

    def oldest_due(self, now: datetime, *, rehearse: Collection[str]) -> dict[Priority, datetime]:
        """Return since when the oldest bundle that is due has been waiting, by priority.

        Backends in ``rehearse`` are due once per version only.
        """
        b = bundles.c
        planned = b.state == literal_column(f"'{State.PLANNED}'")
        with self._database.read() as connection:
            rows = connection.execute(
                select(b.priority, func.min(b.next_attempt_at))
                .where(
                    self._mine(b.commune_id),
                    planned,
                    b.next_attempt_at <= now,
                    not_rehearsed(rehearse),
                )
                .group_by(b.priority)
            ).all()
        return {Priority(row[0]): row[1] for row in rows}

    def _mine(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        return true() if self._commune_id is None else column == self._commune_id
