"""Second tries: deliveries that are there because another was not played.

What is tried again is an *item*: the same words of a campaign for the same hamlet on the same
cluster. A try that is heard makes good all that was not played of its item before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    exists,
    insert,
    not_,
    or_,
    select,
    update,
)

from engine.ledger.given import among
from engine.ledger.stopping import stop_deliveries
from engine.ledger.tables import deliveries, second_tries
from engine.states import State

#: Channels from which what was handed over, but is not due yet, can still be taken.
_RECALLED = frozenset({"loudspeaker"})

#: What an item's deliveries have in common.
_ITEM: Final = (
    "commune_id",
    "campaign_id",
    "hamlet_id",
    "channel",
    "target",
    "purpose",
    "content_hash",
)

#: (campaign, hamlet, cluster, purpose, content hash)
ItemKey = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """One delivery of an item: not played, or a try, of which ``number`` says the how-manieth."""

    id: int
    slot: datetime
    state: State
    number: int = 0


def told_of(
    connection: Connection, commune_id: str, campaign_ids: Collection[str]
) -> dict[ItemKey, list[Told]]:
    """Return of each item of these campaigns what was not played, and every try."""
    d, t = deliveries.c, second_tries.c
    tried = and_(t.commune_id == commune_id, t.delivery_id == d.id)
    key = (d.campaign_id, d.hamlet_id, d.target, d.purpose, d.content_hash)
    query = (
        select(*key, d.id, d.slot, d.state, t.number)
        .outerjoin(second_tries, tried)
        .where(d.commune_id == commune_id, d.campaign_id.in_(sorted(set(campaign_ids))))
        .where(d.channel == "loudspeaker", d.replaced_in.is_(None))
        .where(or_(d.state == State.NOT_PLAYED, t.number.is_not(None)))
        .order_by(d.slot, d.id)
    )
    found: dict[ItemKey, list[Told]] = defaultdict(list)
    for row in connection.execute(query):
        told = Told(row.id, row.slot, State(row.state), row.number or 0)
        found[row[0], row[1], row[2], row[3], row[4]].append(told)
    return found


def made_good(commune_id: str, missed: FromClause = deliveries) -> ColumnElement[bool]:
    """Say of ``missed``, which was not played, that a later try of its item was heard."""
    heard, t = deliveries.alias("heard"), second_tries.alias("heard_try").c
    return exists().where(
        t.commune_id == commune_id,
        t.delivery_id == heard.c.id,
        *_same_item(heard, missed),
        heard.c.slot > missed.c.slot,
        heard.c.replaced_in.is_(None),
        heard.c.state == State.CONFIRMED,
    )


def take_back_tries(
    connection: Connection,
    commune_id: str,
    proved: Collection[int],
    at: datetime,
    actor: str,
    reason: str,
) -> int:
    """Stop what is still to come of the tries that ``proved`` deliveries make needless.

    Needless is a try before which nothing of its item is left that was not played and not made
    good. Returns how many. What was handed over for a slot to come is recalled.
    """
    d, t = deliveries.c, second_tries.c
    shown, missed = deliveries.alias("shown"), deliveries.alias("missed")
    first = second_tries.alias("first_try").c
    is_try = exists().where(first.commune_id == commune_id, first.delivery_id == missed.c.id)
    needed = exists().where(
        *_same_item(missed, deliveries),
        missed.c.state == State.NOT_PLAYED,
        missed.c.slot < d.slot,
        missed.c.replaced_in.is_(None),
        not_(is_try),
        not_(made_good(commune_id, missed)),
    )
    query = (
        select(d.id)
        .join(second_tries, and_(t.commune_id == commune_id, t.delivery_id == d.id))
        .join(shown, and_(*_same_item(shown, deliveries)))
        .where(d.commune_id == commune_id, among(shown.c.id, proved), not_(needed))
    )
    needless = set(connection.execute(query).scalars()) - set(proved)
    if not needless:
        return 0
    where = and_(d.commune_id == commune_id, among(d.id, needless))
    stopped = stop_deliveries(
        connection, commune_id, where, State.CANCELLED, _RECALLED, at, actor, reason
    )
    # They count no longer: the same words may be tried in the same slot for another reason.
    over = d.state.in_((State.CANCELLED, State.WITHDRAWN))
    connection.execute(update(deliveries).where(where, over).values(replaced_in=d.revision))
    return stopped


def keep_as_tries(connection: Connection, moved: Collection[Any], there: Collection[Any]) -> None:
    """Let second tries that moved to another slot stay what they are.

    ``moved`` are rows of deliveries that left their slots, ``there`` those that came for them.
    """
    t = second_tries.c
    query = select(second_tries).where(among(t.delivery_id, [row.id for row in moved]))
    tries = {row.delivery_id: row for row in connection.execute(query)}
    if not tries:
        return
    came = {_item(row): row.id for row in there}
    rows = [
        {
            "commune_id": row.commune_id,
            "delivery_id": came[_item(row)],
            "again_of": tries[row.id].again_of,
            "number": tries[row.id].number,
        }
        for row in moved
        if row.id in tries and _item(row) in came
    ]
    if rows:
        connection.execute(insert(second_tries), rows)


def _item(row: Any) -> tuple[str, ...]:
    return tuple(getattr(row, name) for name in _ITEM)


def _same_item(one: FromClause, other: FromClause) -> list[ColumnElement[bool]]:
    return [one.c[name] == other.c[name] for name in _ITEM]
