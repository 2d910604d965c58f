"""What was taken back from players and still needs a person. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, select

from engine.ledger.database import Database
from engine.ledger.tables import bundles, deliveries
from engine.states import State


class Undone(StrEnum):
    """What a person has to do about it."""

    #: The player does not take it that it is to be silent: see why.
    AWAY = "away"
    #: The player fetches by itself and may not have fetched that yet.
    UNSEEN = "unseen"
    #: It airs no more before its campaign ends: plan more days.
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Deliveries of one campaign on one cluster; ``slot`` is the last that they were for.

    They were taken back from ``since`` to ``last``.
    """

    campaign_id: str
    cluster: str
    count: int
    since: datetime
    last: datetime
    slot: datetime


def taken_back(
    database: Database,
    commune_id: str,
    undone: Undone,
    now: datetime,
    before: datetime,
    fetching: Collection[str] = (),
) -> list[TakenBack]:
    """Return what was taken back for slots after ``now`` and is not settled by that.

    A player has had its time to answer if it was told ``before``; those in ``fetching`` ask by
    themselves. What lies with a province's system is told by the notes beside its packages.
    """
    d, b = deliveries.c, bundles.c
    told = d.changed_at < before
    lacks: ColumnElement[bool] = {
        Undone.AWAY: and_(b.state != State.SENT, told),
        Undone.UNSEEN: and_(b.state == State.SENT, told, b.backend.in_(sorted(fetching))),
        Undone.NOWHERE: d.replaced_in.is_(None),
    }[undone]
    query = (
        select(d.campaign_id, d.target, func.count())
        .add_columns(func.min(d.changed_at), func.max(d.changed_at), func.max(d.slot))
        .join(bundles, d.bundle_id == b.id)
        .where(b.commune_id == commune_id, b.channel == "loudspeaker", b.slot > now)
        .where(d.state == State.WITHDRAWN, lacks)
        .group_by(d.campaign_id, d.target)
        .order_by(d.campaign_id, d.target)
    )
    with database.read() as connection:
        return [TakenBack(*row) for row in connection.execute(query)]
