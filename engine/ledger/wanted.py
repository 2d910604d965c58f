"""Which contents deliveries still need, so that what was made from them is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from engine.ledger.copying import CHUNK
from engine.ledger.database import Database
from engine.ledger.tables import deliveries, registries, revisions
from engine.states import State

#: Nothing of these has been handed over.
_OPEN = (State.HELD, State.PLANNED, State.SENDING)

#: A person may let these go out again.
_MENDABLE = (State.FAILED, State.UNCERTAIN, State.NOT_PLAYED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One content as one hamlet gets it, and the registry that it was approved with."""

    content_hash: str
    hamlet_id: str
    registry_revision: int


def wanted(database: Database, commune_id: str, since: datetime) -> Iterator[Wanted]:
    """Go through what the commune's deliveries need that are open, or were not over ``since``.

    Held in memory a piece at a time, however many there are.
    """
    d, r = deliveries.c, revisions.c
    query = (
        select(d.content_hash, d.hamlet_id, r.registry_revision)
        .join(
            revisions,
            and_(
                r.commune_id == d.commune_id,
                r.campaign_id == d.campaign_id,
                r.revision == d.revision,
            ),
        )
        .where(
            d.commune_id == commune_id,
            or_(
                d.state.in_(_OPEN),
                and_(d.state.in_(_MENDABLE), d.expires_at >= since),
                d.slot >= since,
                d.changed_at >= since,
            ),
        )
        .distinct()
    )
    with (
        database.read() as connection,
        connection.execution_options(yield_per=CHUNK).execute(query) as rows,
    ):
        for row in rows:
            yield Wanted(*row)


def communes_of(connection: Connection) -> list[str]:
    """Return every commune whose registry the ledger holds, by id."""
    found = select(registries.c.commune_id).distinct().order_by(registries.c.commune_id)
    return list(connection.execute(found).scalars())
