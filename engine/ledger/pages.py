"""Posts on portals: what was handed over, and nobody has seen on its public page yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, true

from engine.ledger.database import Database
from engine.ledger.dialect import literal_state
from engine.ledger.tables import bundles, deliveries
from engine.states import State


@dataclass(frozen=True, slots=True)
class Unseen:
    """A delivery whose public page nobody has looked at with success."""

    delivery_id: int
    campaign_id: str
    hamlet_id: str
    slot: datetime


class Pages:
    """The posts of one commune."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def unseen(self, channel: str, backend: str, after: datetime, before: datetime) -> list[Unseen]:
        """Return what was sent by ``backend`` for slots in between and has no evidence."""
        b, d = bundles.c, deliveries.c
        query = (
            select(d.id, d.campaign_id, d.hamlet_id, d.slot)
            .join_from(bundles, deliveries, d.bundle_id == b.id)
            .where(b.commune_id == self._commune_id, d.commune_id == self._commune_id)
            .where(b.channel == channel, b.backend == backend, b.slot > after, b.slot <= before)
            .where(d.state == State.SENT, d.replaced_in.is_(None))
            .order_by(d.campaign_id, d.id)
        )
        with self._database.read() as connection:
            return [Unseen(*row) for row in connection.execute(query)]


def communes_to_look_for(
    database: Database,
    commune_id: str | None,
    channel: str,
    backends: Collection[str],
    after: datetime,
    before: datetime,
) -> list[str]:
    """Return the communes with something unseen; of one, or of all (None)."""
    b, d = bundles.c, deliveries.c
    mine: ColumnElement[bool] = true() if commune_id is None else b.commune_id == commune_id
    sent = and_(d.bundle_id == b.id, d.state == literal_state(State.SENT), d.replaced_in.is_(None))
    query = (
        select(b.commune_id)
        .where(mine, b.channel == channel, b.backend.in_(backends))
        .where(b.slot > after, b.slot <= before, exists().where(sent))
        .distinct()
    )
    with database.read() as connection:
        return sorted(connection.execute(query).scalars().all())
