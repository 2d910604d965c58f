"""What people decide about deliveries that went wrong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, case, exists, update

from engine.ledger.bundling import soonest_end
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, lock_bundles_of
from engine.ledger.given import among
from engine.ledger.moves import move_deliveries
from engine.ledger.stopping import still_wanted
from engine.ledger.tables import bundles, deliveries
from engine.states import State


@dataclass(frozen=True, slots=True)
class Which:
    """Which deliveries of a campaign a person decides about: all, or those that match."""

    campaign_id: str
    hamlet_id: str | None = None
    channel: str | None = None
    target: str | None = None

    def clause(self) -> ColumnElement[bool]:
        d = deliveries.c
        asked = {d.hamlet_id: self.hamlet_id, d.channel: self.channel, d.target: self.target}
        narrower = (column == value for column, value in asked.items() if value is not None)
        return and_(d.campaign_id == self.campaign_id, *narrower)


class Mending:
    """Decisions about one commune's failed and uncertain deliveries."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def retry(self, which: Which, *, at: datetime, actor: str) -> int:
        """Let failed deliveries be tried again at once, with all attempts; return how many.

        What was cancelled or worded anew meanwhile never goes out again.
        """
        where = and_(which.clause(), still_wanted())
        return self._decide(where, State.FAILED, State.PLANNED, at, actor)

    def resolve(self, which: Which, *, sent: bool, at: datetime, actor: str) -> int:
        """Settle uncertain deliveries: they were sent, or go out again; return how many.

        What was cancelled or worded anew meanwhile never goes out again.
        """
        if sent:
            return self._decide(which.clause(), State.UNCERTAIN, State.SENT, at, actor)
        where = and_(which.clause(), still_wanted())
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
        mine = and_(b.commune_id == self._commune_id, among(b.id, ids))
        if new is State.PLANNED:
            waiting: dict[str, Any] = {
                "state": case((b.state == State.SENDING, b.state), else_=State.PLANNED),
                "version": b.version + 1,
                "attempts": 0,
                "next_attempt_at": at,
                "expires_at": soonest_end(),
            }
            return update(bundles).where(mine).values(waiting)
        left = exists().where(deliveries.c.bundle_id == b.id, deliveries.c.state == old)
        return update(bundles).where(mine, ~left, b.state == old).values(state=new)
