"""Figures about the ledger as a whole, for whoever watches the services. Counts, and no ids."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select, true

from engine.ledger.breakers import Breakers
from engine.ledger.bundles import not_rehearsed
from engine.ledger.database import Database
from engine.ledger.tables import bundles, deliveries
from engine.models import BreakerState, Priority
from engine.states import State


class Gauges:
    """What stands in the ledger for one commune, or for all (``commune_id`` None)."""

    def __init__(self, database: Database, commune_id: str | None = None) -> None:
        self._database = database
        self._commune_id = commune_id

    def deliveries(self, *, replaced: bool = False) -> dict[tuple[State, str, Priority], int]:
        """Count the deliveries that count, by state, channel and priority. Reads all of them.

        ``replaced``: those too in whose place a later revision has put others.
        """
        d = deliveries.c
        which = true() if replaced else d.replaced_in.is_(None)
        kinds = (d.state, d.channel, d.priority)
        with self._database.read() as connection:
            rows = connection.execute(
                select(*kinds, func.count()).where(self._mine(d.commune_id), which).group_by(*kinds)
            ).all()
        return {(State(row[0]), row[1], Priority(row[2])): row[3] for row in rows}

    def oldest_due(self, now: datetime, *, rehearse: Collection[str]) -> dict[Priority, datetime]:
        """Return since when the oldest bundle that is due could have been sent, by priority.

        What was approved after its hour has waited since it was opened. Backends in
        ``rehearse`` are due once per version only.
        """
        b, d = bundles.c, deliveries.c
        planned: ColumnElement[str] = literal_column(f"'{State.PLANNED}'")
        since = case((d.changed_at > b.next_attempt_at, d.changed_at), else_=b.next_attempt_at)
        due = and_(
            self._mine(b.commune_id),
            b.state == planned,
            b.next_attempt_at <= now,
            not_rehearsed(rehearse),
        )
        with self._database.read() as connection:
            rows = connection.execute(
                select(b.priority, func.min(since, type_=d.changed_at.type))
                .join_from(bundles, deliveries, and_(d.bundle_id == b.id, d.state == planned))
                .where(due)
                .group_by(b.priority)
            ).all()
        return {Priority(row[0]): row[1] for row in rows}

    def open_breakers(self) -> dict[str, bool]:
        """Say of each endpoint that ever failed whether bundles are kept from it now."""
        found = Breakers(self._database).all()
        return {one.endpoint: one.state is not BreakerState.CLOSED for one in found}

    def _mine(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        return true() if self._commune_id is None else column == self._commune_id
