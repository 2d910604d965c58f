"""What was taken back from players and still needs a person. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, case, func, literal, or_, select

from engine.ledger.database import Database
from engine.ledger.tables import bundles, deliveries
from engine.states import State


class Undone(StrEnum):
    """What a person has to do about it."""

    #: The player does not take it that it is to be silent: see why.
    AWAY = "away"
    #: It airs no more before its campaign ends: plan more days.
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Deliveries of one campaign on one cluster; ``slot`` is the last that they were for."""

    campaign_id: str
    undone: Undone
    cluster: str
    count: int
    since: datetime
    slot: datetime


def taken_back(
    database: Database, commune_id: str, now: datetime, away_since: datetime
) -> list[TakenBack]:
    """Return what was taken back for slots after ``now`` and is not settled by that.

    A player has had its time to answer if it was told before ``away_since``. What lies with a
    province's system is told by the notes beside its packages.
    """
    d, b = deliveries.c, bundles.c
    away = and_(b.state != State.SENT, d.changed_at < away_since)
    nowhere = d.replaced_in.is_(None)
    which = case((away, literal(Undone.AWAY.value)), else_=literal(Undone.NOWHERE.value))
    undone = which.label("undone")
    query = (
        select(d.campaign_id, undone, d.target, func.count())
        .add_columns(func.min(d.changed_at), func.max(d.slot))
        .join(bundles, d.bundle_id == b.id)
        .where(b.commune_id == commune_id, b.channel == "loudspeaker", b.slot > now)
        .where(d.state == State.WITHDRAWN, or_(away, nowhere))
        .group_by(d.campaign_id, undone, d.target)
        .order_by(d.campaign_id, undone, d.target)
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [TakenBack(row[0], Undone(row[1]), *row[2:]) for row in rows]
