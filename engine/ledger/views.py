"""What people and reports read from the ledger. Nothing here writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, true

from engine.ledger.air_views import AirViews
from engine.ledger.bundles import not_rehearsed
from engine.ledger.coverage_views import CoverageViews, only_asks
from engine.ledger.dialect import literal_state
from engine.ledger.given import unindexed
from engine.ledger.tables import bundles, deliveries, events
from engine.ledger.weekly import WeeklyViews
from engine.models import Priority, Purpose
from engine.states import MAY_BE_KNOWN, State


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery as it stands. ``reason`` says why it is in its state, where there is a why."""

    id: int
    campaign_id: str
    revision: int
    hamlet_id: str
    channel: str
    backend: str
    target: str
    slot: datetime
    purpose: Purpose
    content_hash: str
    priority: Priority
    households: int
    state: State
    reason: str
    changed_at: datetime
    replaced: bool

    @property
    def asks(self) -> bool:
        """Say whether it tells households nothing: it only asks somebody to pass a thing on.

        So does a team's visit that may not be needed, or was not.
        """
        return only_asks(self.purpose, self.channel, self.state)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened. For a move ``to_state`` is a state, else what happened."""

    id: int
    at: datetime
    actor: str
    campaign_id: str | None
    delivery_id: int | None
    bundle_id: int | None
    from_state: str
    to_state: str
    detail: str


class Views(AirViews, WeeklyViews, CoverageViews):
    """Read models of one commune."""

    def deliveries(self, campaign_id: str, *, replaced: bool = False) -> list[DeliveryRow]:
        """Return the campaign's deliveries in a fixed order.

        ``replaced``: also those that a later revision or a cancellation left behind.
        """
        d = deliveries.c
        query = select(deliveries).where(
            d.commune_id == self._commune_id, d.campaign_id == campaign_id
        )
        if not replaced:
            still_counts = d.replaced_in.is_(None) | d.state.in_((State.CANCELLED, State.WITHDRAWN))
            query = query.where(still_counts)
        query = query.order_by(d.hamlet_id, d.channel, d.slot, d.target, d.id)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [_row(one) for one in rows]

    def bound_for(self, channel: str, target: str, after: datetime) -> list[DeliveryRow]:
        """Return what goes to a target, of all campaigns that are not over at ``after``."""
        d, b = deliveries.c, bundles.c
        query = (
            select(deliveries)
            .join(bundles, d.bundle_id == b.id)
            .where(
                b.commune_id == self._commune_id,
                b.channel == channel,
                b.target == target,
                unindexed(d.commune_id) == self._commune_id,
                d.replaced_in.is_(None),
                d.expires_at >= after,
            )
            .order_by(d.id)
        )
        with self._database.read() as connection:
            return [_row(one) for one in connection.execute(query)]

    def events(
        self, campaign_id: str | None = None, *, after: int = 0, limit: int | None = None
    ) -> list[EventRow]:
        """Return what happened, oldest first, from event ``after`` on.

        What happened to a bundle as a whole belongs to every campaign in it.
        """
        e, d = events.c, deliveries.c
        query = select(events).where(e.commune_id == self._commune_id, e.id > after)
        if campaign_id is not None:
            bundles_of_it = select(d.bundle_id).where(
                d.commune_id == self._commune_id, d.campaign_id == campaign_id
            )
            whole_bundle = and_(e.campaign_id.is_(None), e.bundle_id.in_(bundles_of_it))
            query = query.where(or_(e.campaign_id == campaign_id, whole_bundle))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(e.id).limit(limit)).all()
        return [
            EventRow(
                id=row.id,
                at=row.at,
                actor=row.actor,
                campaign_id=row.campaign_id,
                delivery_id=row.delivery_id,
                bundle_id=row.bundle_id,
                from_state=row.from_state,
                to_state=row.to_state,
                detail=row.detail,
            )
            for row in rows
        ]

    def counts(self, *, replaced: bool = False) -> dict[tuple[str, State], int]:
        """Return how many deliveries that count are in each state, by channel.

        ``replaced``: those too in whose place a later revision has put others.
        """
        d = deliveries.c
        which = true() if replaced else d.replaced_in.is_(None)
        with self._database.read() as connection:
            rows = connection.execute(
                select(d.channel, d.state, func.count())
                .where(d.commune_id == self._commune_id, which)
                .group_by(d.channel, d.state)
            ).all()
        return {(row[0], State(row[1])): row[2] for row in rows}

    def due(self, until: datetime | None, *, rehearse: Collection[str]) -> dict[str, int]:
        """Return how many deliveries wait to be sent by ``until`` (None: ever), by channel.

        What is being sent counts; backends in ``rehearse`` rehearse once per version only.
        """
        b, d = bundles.c, deliveries.c
        found: Counter[str] = Counter()
        with self._database.read() as connection:
            for state in (State.PLANNED, State.SENDING):  # each has an index of what still lives
                here = and_(b.commune_id == self._commune_id, b.state == literal_state(state))
                if until is not None:
                    here = and_(here, b.next_attempt_at <= until)
                rows = connection.execute(
                    select(d.channel, func.count())
                    .join(bundles, d.bundle_id == b.id)
                    .where(here, not_rehearsed(rehearse))
                    .where(unindexed(d.commune_id) == self._commune_id)
                    .where(unindexed(d.state).in_((State.PLANNED, State.SENDING)))
                    .group_by(d.channel)
                )
                found.update({row[0]: row[1] for row in rows})
        return dict(found)

    def reached(self, campaign_id: str) -> frozenset[tuple[str, str, str]]:
        """Return whom a campaign has reached, or may have: (hamlet, channel, target).

        What is being sent, in doubt, or without proof counts: somebody may have heard it.
        """
        d = deliveries.c
        query = select(d.hamlet_id, d.channel, d.target).where(
            d.commune_id == self._commune_id,
            d.campaign_id == campaign_id,
            d.state.in_(MAY_BE_KNOWN),
        )
        with self._database.read() as connection:
            rows = connection.execute(query.distinct()).all()
        return frozenset((row.hamlet_id, row.channel, row.target) for row in rows)

    def last_event_at(self) -> datetime | None:
        """Return when the newest event in the audit trail was; no clock may go back behind it.

        The newest, not the latest: an event of a clock that stood ahead counts no longer once
        something has followed it.
        """
        e = events.c
        newest = select(e.at).where(e.commune_id == self._commune_id).order_by(e.id.desc())
        with self._database.read() as connection:
            return connection.execute(newest.limit(1)).scalar()


def _row(row: Row[Any]) -> DeliveryRow:
    return DeliveryRow(
        id=row.id,
        campaign_id=row.campaign_id,
        revision=row.revision,
        hamlet_id=row.hamlet_id,
        channel=row.channel,
        backend=row.backend,
        target=row.target,
        slot=row.slot,
        purpose=Purpose(row.purpose),
        content_hash=row.content_hash,
        priority=Priority(row.priority),
        households=row.households,
        state=State(row.state),
        reason=row.reason,
        changed_at=row.changed_at,
        replaced=row.replaced_in is not None,
    )
