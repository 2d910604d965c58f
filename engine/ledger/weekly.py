"""What was approved in a span of time, as a bulletin gathers it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, select

from engine.ledger.database import Database
from engine.ledger.revision import Status
from engine.ledger.tables import revisions

#: Where a revision can stand that was approved and set something going.
_GONE_OUT = (Status.APPROVED, Status.OPEN, Status.SUPERSEDED, Status.CANCELLED, Status.ENDED)


class WeeklyViews:
    """Approvals of one commune by their time."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def approved(self, since: datetime, before: datetime) -> list[tuple[str, int]]:
        """Return the campaigns that had a revision approved from ``since`` on and ``before``.

        Each with the number of its newest approved revision, whenever that was approved, in the
        order in which they were first approved in that time.
        """
        r = revisions.c
        mine = and_(r.commune_id == self._commune_id, r.status.in_(_GONE_OUT))
        within = (
            select(r.campaign_id, func.min(r.approved_at).label("first"))
            .where(mine, r.approved_at >= since, r.approved_at < before)
            .group_by(r.campaign_id)
            .subquery()
        )
        query = (
            select(r.campaign_id, func.max(r.revision).label("newest"), within.c.first)
            .join(within, within.c.campaign_id == r.campaign_id)
            .where(mine)
            .group_by(r.campaign_id, within.c.first)
            .order_by(within.c.first, r.campaign_id)
        )
        with self._database.read() as connection:
            return [(row.campaign_id, row.newest) for row in connection.execute(query)]
