"""Places that know words which an amendment changed, and for which it has nothing. No writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select

from engine.ledger.database import Database
from engine.ledger.revisions import Status
from engine.ledger.tables import deliveries, revisions
from engine.models import Purpose
from engine.states import MAY_BE_KNOWN, State


@dataclass(frozen=True, slots=True)
class Unamended:
    """The places of one campaign that nothing tells otherwise; ``since`` is the approval."""

    campaign_id: str
    revision: int
    hamlets: tuple[str, ...]
    channels: tuple[str, ...]
    count: int
    since: datetime


def unamended(database: Database, commune_id: str, after: datetime) -> list[Unamended]:
    """Return, by campaign, the places that know replaced words alone; amended ``after`` a moment.

    So it is where a channel that the new file leaves out told people while that was being
    approved, and where the registry no longer knows a group or a cluster. Who was told that the
    message does not hold knows enough.
    """
    r, d, still = revisions.c, deliveries.c, deliveries.alias("still").c
    amended = (
        select(r.campaign_id, func.max(r.revision).label("revision"), func.max(r.approved_at))
        .where(r.commune_id == commune_id, r.status == Status.OPEN)
        .where(r.revision > 1, r.approved_at > after)
        .group_by(r.campaign_id)
    )
    known = and_(
        d.purpose.not_in((Purpose.REMINDER, Purpose.WITHDRAWAL)),
        or_(
            d.state.in_(MAY_BE_KNOWN),
            and_(d.state == State.WITHDRAWN, d.changed_at >= d.slot),
        ),
    )
    there = ("commune_id", "campaign_id", "hamlet_id", "channel", "target")
    told = exists().where(
        *(still[name] == d[name] for name in there),
        or_(
            still.replaced_in.is_(None),
            and_(
                still.purpose == Purpose.WITHDRAWAL,
                still.state.in_((*MAY_BE_KNOWN, State.WITHDRAWN)),
            ),
        ),
        still.purpose != Purpose.REMINDER,
    )
    with database.read() as connection:
        newest = {row[0]: (row[1], row[2]) for row in connection.execute(amended)}
        if not newest:  # as nearly always: then the deliveries, far more, are not looked at
            return []
        places = connection.execute(
            select(d.campaign_id, d.hamlet_id, d.channel, d.target)
            .where(d.commune_id == commune_id, d.campaign_id.in_(newest))
            .where(d.replaced_in.is_not(None), known, ~told)
            .distinct()
            .order_by(d.campaign_id, d.hamlet_id, d.channel, d.target)
        ).all()
    found: dict[str, list[tuple[str, str]]] = {}
    for campaign_id, hamlet_id, channel, _target in places:
        found.setdefault(campaign_id, []).append((hamlet_id, channel))
    return [
        Unamended(
            campaign_id,
            newest[campaign_id][0],
            tuple(dict.fromkeys(hamlet for hamlet, _channel in ones)),
            tuple(dict.fromkeys(channel for _hamlet, channel in ones)),
            len(ones),
            newest[campaign_id][1],
        )
        for campaign_id, ones in found.items()
    ]
