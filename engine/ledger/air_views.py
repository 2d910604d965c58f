"""What loudspeakers were given and will be given, as the station's rules look at it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, select, true

from engine.ledger.database import Database
from engine.ledger.tables import bundles, deliveries, second_tries
from engine.models import Priority, Purpose
from engine.states import State

#: What makes a session of the day: it was heard, or will be. What was not played was none.
AIRING = (State.HELD, State.PLANNED, State.SENDING, State.SENT, State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Airing:
    """One hamlet's part of what a cluster of loudspeakers plays in a slot.

    ``moved_from`` is the slot that it was meant for, when that was another.
    """

    cluster: str
    slot: datetime
    campaign_id: str
    hamlet_id: str
    content_hash: str
    priority: Priority
    state: State
    purpose: Purpose = Purpose.NOTICE
    moved_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Aired:
    """One sound of a session, without its hamlets. Nothing of an emergency.

    ``again``: it is a second try, because another was not played.
    """

    cluster: str
    slot: datetime
    campaign_id: str
    content_hash: str
    priority: Priority
    state: State
    again: bool


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One sound that lies with a player for a slot to come.

    ``ends_at`` is when its programme is over, by the sounds that were handed over; None where
    other items have joined or left since, or that is not known.
    """

    cluster: str
    slot: datetime
    campaign_id: str
    content_hash: str
    priority: Priority
    purpose: Purpose
    ends_at: datetime | None


class AirViews:
    """Read models of one commune's loudspeakers."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def on_air(self, after: datetime, *, but: str = "", cluster: str = "") -> list[Aired]:
        """Return what loudspeakers play, or will, from ``after`` on; of one cluster, if named.

        The campaign ``but`` is left out, and so are emergencies, drills and all-clears, which
        come beside the station's sessions.
        """
        asked: dict[str, Any] = {"of_commune": self._commune_id, "but": but, "after": after}
        if cluster:
            asked["cluster"] = cluster
        with self._database.look() as connection:
            rows = connection.execute(_on_air(of_one=bool(cluster)), asked).all()
        return [
            Aired(
                cluster=row.target,
                slot=row.slot,
                campaign_id=row.campaign_id,
                content_hash=row.content_hash,
                priority=Priority(row.priority),
                state=State(row.state),
                again=bool(row.again),
            )
            for row in rows
        ]

    def sessions_sent(
        self, clusters: Collection[str], begins: datetime, ends: datetime
    ) -> dict[str, set[datetime]]:
        """Return the slots from ``begins`` to just before ``ends`` of which clusters have had,
        or will have, what was handed over; emergencies, drills and all-clears are no sessions.
        """
        d = deliveries.c
        query = (
            select(d.target, d.slot)
            .where(
                d.commune_id == self._commune_id,
                d.channel == "loudspeaker",
                d.target.in_(bindparam("clusters", expanding=True)),
                d.slot >= begins,
                d.slot < ends,
                d.priority != Priority.EMERGENCY,
                d.purpose.not_in((Purpose.DRILL, Purpose.ALL_CLEAR)),
                d.state.in_((State.SENDING, State.SENT, State.CONFIRMED)),
            )
            .distinct()
        )
        found: dict[str, set[datetime]] = {}
        with self._database.look() as connection:
            for row in connection.execute(query, {"clusters": list(clusters)}):
                found.setdefault(row.target, set()).add(row.slot)
        return found

    def on_loudspeakers(self, begins: datetime, ends: datetime) -> list[Airing]:
        """Return what counts of what loudspeakers were given, or will be, from ``begins`` on.

        Until just before ``ends``; emergencies too, and what failed or was not played.
        """
        d = deliveries.c
        query = (
            select(
                d.target,
                d.slot,
                d.campaign_id,
                d.hamlet_id,
                d.content_hash,
                d.priority,
                d.state,
                d.purpose,
                d.moved_from,
            )
            .where(
                d.commune_id == self._commune_id,
                d.channel == "loudspeaker",
                d.slot >= begins,
                d.slot < ends,
                d.replaced_in.is_(None),
                d.state.not_in((State.CANCELLED, State.SUPERSEDED, State.WITHDRAWN)),
            )
            .order_by(d.slot, d.target, d.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Airing(
                cluster=row.target,
                slot=row.slot,
                campaign_id=row.campaign_id,
                hamlet_id=row.hamlet_id,
                content_hash=row.content_hash,
                priority=Priority(row.priority),
                state=State(row.state),
                purpose=Purpose(row.purpose),
                moved_from=row.moved_from,
            )
            for row in rows
        ]

    def handed_over(self, now: datetime) -> list[HandedOver]:
        """Return what lies with players for slots after ``now``, in order; no emergencies.

        What is being handed over at this moment is not among it.
        """
        d, b = deliveries.c, bundles.c
        query = (
            select(d.target, d.slot, d.campaign_id, d.content_hash, d.priority, d.purpose)
            .add_columns(b.state.label("stands"), b.ends_at)
            .join(bundles, d.bundle_id == b.id)
            .where(
                b.commune_id == self._commune_id,
                b.ends_at > now,
                b.state != State.SENDING,
                d.channel == "loudspeaker",
                d.priority != Priority.EMERGENCY,
                d.slot > now,
                d.replaced_in.is_(None),
                d.state == State.SENT,
            )
            .distinct()
            .order_by(d.slot, d.target, d.campaign_id, d.content_hash)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            HandedOver(
                cluster=row.target,
                slot=row.slot,
                campaign_id=row.campaign_id,
                content_hash=row.content_hash,
                priority=Priority(row.priority),
                purpose=Purpose(row.purpose),
                ends_at=row.ends_at if row.stands == State.SENT else None,
            )
            for row in rows
        ]


@cache
def _on_air(*, of_one: bool) -> Select[Any]:
    """Return what is asked for every campaign that is planned; ``of_one`` cluster, or of all."""
    d, t = deliveries.c, second_tries.c
    return (
        select(d.target, d.slot, d.campaign_id, d.content_hash, d.priority, d.state)
        .add_columns(t.delivery_id.is_not(None).label("again"))
        .outerjoin(second_tries, and_(t.commune_id == d.commune_id, t.delivery_id == d.id))
        .where(
            d.commune_id == bindparam("of_commune"),
            d.channel == "loudspeaker",
            d.campaign_id != bindparam("but"),
            d.target == bindparam("cluster") if of_one else true(),
            d.priority != Priority.EMERGENCY,
            d.purpose.not_in((Purpose.DRILL, Purpose.ALL_CLEAR)),
            d.slot >= bindparam("after", type_=d.slot.type),
            d.replaced_in.is_(None),
            d.state.in_(AIRING),
        )
        .distinct()
    )
