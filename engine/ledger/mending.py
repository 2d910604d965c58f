"""What people decide about deliveries that went wrong."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Update, and_, exists, true, update

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, lock_bundles_of
from engine.ledger.moves import move_deliveries
from engine.ledger.stopping import still_wanted
from engine.ledger.tables import bundles, deliveries
from engine.states import State


class Mending:
    """Decisions about one commune's failed and uncertain deliveries."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def retry(
        self,
        campaign_id: str,
        *,
        hamlet_id: str | None,
        channel: str | None,
        at: datetime,
        actor: str,
    ) -> int:
        """Let failed deliveries be tried again at once; return how many."""
        d = deliveries.c
        where = and_(
            d.campaign_id == campaign_id,
            d.replaced_in.is_(None),
            d.hamlet_id == hamlet_id if hamlet_id is not None else true(),
            d.channel == channel if channel is not None else true(),
        )
        return self._decide(where, State.FAILED, State.PLANNED, at, actor)

    def resolve(self, campaign_id: str, *, sent: bool, at: datetime, actor: str) -> int:
        """Settle the campaign's uncertain deliveries: they were sent, or go out again.

        What was cancelled or worded anew meanwhile never goes out again.
        """
        where = deliveries.c.campaign_id == campaign_id
        if sent:
            return self._decide(where, State.UNCERTAIN, State.SENT, at, actor)
        where = and_(where, still_wanted())
        return self._decide(where, State.UNCERTAIN, State.PLANNED, at, actor)

    @again_if_lost
    def _decide(
        self, where: ColumnElement[bool], old: State, new: State, at: datetime, actor: str
    ) -> int:
        with self._database.write(durable=True) as connection:
            waiting = and_(where, deliveries.c.state == old)
            lock_bundles_of(connection, self._commune_id, waiting)
            moved = move_deliveries(
                connection, self._commune_id, where, old=old, new=new, at=at, actor=actor
            )
            touched = {row.bundle_id for row in moved if row.bundle_id is not None}
            connection.execute(self._after(touched, old, new, at))
        return len(moved)

    def _after(self, ids: Collection[int], old: State, new: State, at: datetime) -> Update:
        """Bring the bundles to where their deliveries are; a new version for another send."""
        b = bundles.c
        where = and_(b.commune_id == self._commune_id, b.id.in_(ids), b.state != State.SENDING)
        if new is State.PLANNED:
            values = {
                "state": State.PLANNED,
                "version": b.version + 1,
                "attempts": 0,
                "next_attempt_at": at,
            }
            return update(bundles).where(where).values(values)
        left = exists().where(deliveries.c.bundle_id == b.id, deliveries.c.state == old)
        return update(bundles).where(where, ~left, b.state == old).values(state=new)
