"""Second tries: deliveries that are there because another was not played."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, select

from engine.ledger.given import among
from engine.ledger.stopping import stop_deliveries
from engine.ledger.tables import deliveries, second_tries
from engine.states import State

#: Channels from which what was handed over, but is not due yet, can still be taken.
_RECALLED = frozenset({"loudspeaker"})


def take_back_tries(
    connection: Connection,
    commune_id: str,
    proved: Collection[int],
    at: datetime,
    actor: str,
    reason: str,
) -> int:
    """Stop what is still to come of the tries that ``proved`` deliveries make needless.

    Returns how many. What was handed over for a slot to come is recalled.
    """
    t, d = second_tries.c, deliveries.c
    mine = t.commune_id == commune_id
    of_tries = select(t.again_of).where(mine, among(t.delivery_id, proved))
    firsts = {*proved, *connection.execute(of_tries).scalars()}
    later = select(t.delivery_id).where(mine, among(t.again_of, firsts))
    needless = set(connection.execute(later).scalars()) - set(proved)
    if not needless:
        return 0
    where = and_(d.commune_id == commune_id, among(d.id, needless))
    return stop_deliveries(
        connection, commune_id, where, State.CANCELLED, _RECALLED, at, actor, reason
    )
