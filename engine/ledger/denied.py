"""Deliveries of which a player itself said that they were not, or not enough, to be heard.

Such a word counts whether or not the cluster had ever reported before, and however late it
comes: silence is a guess about a player, a report is not.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, select, update

from engine.ledger.given import among
from engine.ledger.tables import bundles, deliveries, plays
from engine.models import Finding
from engine.states import State

#: What a report is worth that speaks against its deliveries.
AGAINST: Final = (Finding.TOO_SHORT, Finding.SILENT)

#: A programme that was looked at before and is to be looked at again ends so long *before* its
#: slot: no other does, so that what nobody reported in it is not judged a second time.
_AGAIN: Final = timedelta(seconds=1)


def look_again(connection: Connection, commune_id: str, delivery_ids: Collection[int]) -> None:
    """Have the programmes of these deliveries looked at again that were settled already.

    Only those in which one of the deliveries still counts as sent; in the caller's transaction.
    """
    if not delivery_ids:
        return
    b, d = bundles.c, deliveries.c
    query = (
        select(b.id, b.slot)
        .join_from(deliveries, bundles, d.bundle_id == b.id)
        .where(d.commune_id == commune_id, among(d.id, delivery_ids), d.state == State.SENT)
        .where(b.state == State.SENT, b.ends_at.is_(None))
        .distinct()
    )
    for row in connection.execute(query).all():
        again = update(bundles).where(b.id == row.id, b.ends_at.is_(None))
        connection.execute(again.values(ends_at=row.slot - _AGAIN))


def is_again() -> ColumnElement[bool]:
    """Say of a bundle whether it is looked at again for what was reported of it alone."""
    return bundles.c.ends_at < bundles.c.slot


def denied_in(
    connection: Connection, commune_id: str, bundle_ids: Collection[int]
) -> frozenset[int]:
    """Return the deliveries of these programmes that a report speaks against."""
    p, d = plays.c, deliveries.c
    query = (
        select(d.id, d.hamlet_id, p.hamlets)
        .join_from(
            deliveries,
            plays,
            (p.commune_id == d.commune_id)
            & (p.cluster == d.target)
            & (p.slot == d.slot)
            & (p.campaign_id == d.campaign_id)
            & (p.purpose == d.purpose),
        )
        .where(d.commune_id == commune_id, among(d.bundle_id, bundle_ids))
        .where(d.state == State.SENT, p.finding.in_(AGAINST))
    )
    rows = connection.execute(query).all()
    return frozenset(row.id for row in rows if row.hamlet_id in json.loads(row.hamlets))
