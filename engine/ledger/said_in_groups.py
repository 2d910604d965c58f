"""What was said in one chat group lately: what a reply there may be about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select

from engine.ledger import Ledger
from engine.ledger.tables import deliveries, evidence
from engine.models import EvidenceKind
from engine.states import State


@dataclass(frozen=True, slots=True)
class Spoken:
    """A delivery to a group; ``open``: nobody has confirmed it, or who did took that back."""

    campaign_id: str
    hamlet_id: str
    slot: datetime
    open: bool


def _taken_back() -> ColumnElement[bool]:
    """Say of a delivery whether the last word about it is that it was not passed on."""
    e, later = evidence.c, evidence.alias("later").c
    newer = exists().where(
        later.commune_id == e.commune_id,
        later.delivery_id == e.delivery_id,
        later.kind == EvidenceKind.RELAYED.value,
        later.id > e.id,
    )
    return exists().where(
        e.commune_id == deliveries.c.commune_id,
        e.delivery_id == deliveries.c.id,
        e.kind == EvidenceKind.NOT_RELAYED.value,
        ~newer,
    )


def spoken_of(ledger: Ledger, group_id: str, since: datetime) -> list[Spoken]:
    """Return what the commune said in a group ``since`` then, oldest first."""
    d = deliveries.c
    said = (State.SENT, State.CONFIRMED, State.UNCERTAIN)
    query = (
        select(d.campaign_id, d.hamlet_id, d.slot, d.state, _taken_back().label("taken_back"))
        .where(
            d.commune_id == ledger.commune_id,
            d.channel == "chat",
            d.target == group_id,
            d.slot >= since,
            d.state.in_(said),
        )
        .order_by(d.slot, d.id)
    )
    with ledger.database.read() as connection:
        rows = connection.execute(query).all()
    return [
        Spoken(
            row.campaign_id, row.hamlet_id, row.slot, row.state != State.CONFIRMED or row.taken_back
        )
        for row in rows
    ]
