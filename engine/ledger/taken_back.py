"""What was taken back from players and still needs a person. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, case, func, literal, or_, select

from engine.ledger.database import Database
from engine.ledger.tables import bundles, deliveries
from engine.states import State


class Lacks(StrEnum):
    """What a person has to do about it."""

    #: It lies with a system that Loa cannot reach, such as a province's: take it off there.
    BY_HAND = "by-hand"
    #: The player does not take it that it is to be silent: see why.
    AWAY = "away"
    #: It airs no more before its campaign ends: plan more days.
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Deliveries of one campaign on one cluster; ``slot`` is the last that they were for."""

    campaign_id: str
    lacks: Lacks
    cluster: str
    count: int
    since: datetime
    slot: datetime


def taken_back(
    database: Database,
    commune_id: str,
    now: datetime,
    *,
    by_hand: Collection[str],
    away_since: datetime,
) -> list[TakenBack]:
    """Return what was taken back for slots after ``now`` and is not settled by that.

    ``by_hand`` are the players whose programmes a person takes elsewhere; any other has had
    its time to answer if it was told before ``away_since``.
    """
    d, b = deliveries.c, bundles.c
    carried = b.backend.in_(sorted(by_hand))
    away = and_(b.state != State.SENT, d.changed_at < away_since)
    nowhere = d.replaced_in.is_(None)
    lacks = case(
        (carried, literal(Lacks.BY_HAND.value)),
        (away, literal(Lacks.AWAY.value)),
        else_=literal(Lacks.NOWHERE.value),
    ).label("lacks")
    query = (
        select(d.campaign_id, lacks, d.target, func.count())
        .add_columns(func.min(d.changed_at), func.max(d.slot))
        .join(bundles, d.bundle_id == b.id)
        .where(b.commune_id == commune_id, b.channel == "loudspeaker", b.slot > now)
        .where(d.state == State.WITHDRAWN, or_(carried, away, nowhere))
        .group_by(d.campaign_id, lacks, d.target)
        .order_by(d.campaign_id, lacks, d.target)
    )
    with database.read() as connection:
        rows = connection.execute(query).all()
    return [TakenBack(row[0], Lacks(row[1]), *row[2:]) for row in rows]
