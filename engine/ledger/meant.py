"""The deliveries that a player's reports speak of, and the sounds that were handed over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, and_, cast, select

from engine.ledger.columns import instant_text
from engine.ledger.dialect import lock_bundles
from engine.ledger.given import among, given, rows_given
from engine.ledger.tables import bundles, deliveries
from engine.models import Play
from engine.states import State

#: (cluster, slot, campaign, purpose, hamlet)
_Key = tuple[str, datetime, str, str, str]


@dataclass(frozen=True, slots=True)
class Meant:
    """A delivery that a report may speak of.

    ``sounds`` are those of the programme that was handed over, with their seconds; None where
    that is not known.
    """

    delivery_id: int
    state: State
    player: str
    sounds: Mapping[str, float] | None


class Meanings:
    """What was planned for the clusters and slots of some reports."""

    def __init__(self, connection: Connection, commune_id: str, reports: Iterable[Play]) -> None:
        """Read it, and let nobody move it until the transaction ends."""
        slots = sorted({(play.cluster, instant_text(play.slot)) for play in reports})
        ids = _bundles_at(connection, commune_id, slots)
        lock_bundles(connection, ids)
        b, d = bundles.c, deliveries.c
        handed = select(b.id, b.backend, b.receipt).where(among(b.id, ids))
        sent = {row.id: (row.backend, _sounds(row.receipt)) for row in connection.execute(handed)}
        columns = (d.id, d.target, d.slot, d.campaign_id, d.purpose, d.hamlet_id)
        rows = connection.execute(
            select(*columns, d.state, d.bundle_id)
            .where(d.commune_id == commune_id, among(d.bundle_id, ids))
            .order_by(d.id)
        )
        self._found: dict[_Key, list[Meant]] = {}
        for row in rows:
            key = (row.target, row.slot, row.campaign_id, row.purpose, row.hamlet_id)
            one = Meant(row.id, State(row.state), *sent[row.bundle_id])
            self._found.setdefault(key, []).append(one)

    def of(self, play: Play) -> list[Meant]:
        """Return the deliveries that a report speaks of: one or more for each known hamlet."""
        item = (play.cluster, play.slot, play.campaign_id, play.purpose.value)
        return [one for hamlet in play.hamlets for one in self._found.get((*item, hamlet), ())]


def _bundles_at(
    connection: Connection, commune_id: str, slots: Sequence[tuple[str, str]]
) -> list[int]:
    b = bundles.c
    # The commune too is given: SQLite would rather go through all of its bundles.
    places = given(connection.dialect.name, {"commune": Text, "target": Text, "slot": Text})
    there = and_(
        b.commune_id == places.c.commune,
        b.channel == "loudspeaker",
        b.target == places.c.target,
        b.slot == cast(places.c.slot, b.slot.type),
    )
    query = select(b.id).join(places, there)
    rows = rows_given((commune_id, *place) for place in slots)
    return list(connection.execute(query, rows).scalars())


def _sounds(receipt: str | None) -> dict[str, float] | None:
    """Return the sounds that a receipt names, with their seconds."""
    try:
        kept: Any = json.loads(receipt or "{}")
        sounds = json.loads(kept["sounds"])
        return {str(sha256): float(seconds) for sha256, seconds in sounds.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # a receipt of a far side that was asked, or of an older Loa
