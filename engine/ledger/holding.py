"""Writing a plan: its rows travel together, for any number of them.

To a server in one parameter: bound one by one, a row's twenty values cost more than it needs to
keep them. SQLite, which is asked without any way there, takes rows as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, bindparam, cast, select
from sqlalchemy.dialects import postgresql

from engine.ledger.columns import Instant, instant_text
from engine.ledger.dialect import is_postgresql
from engine.ledger.given import given, names_given
from engine.ledger.tables import deliveries
from engine.models import PlannedDelivery
from engine.states import State

#: What differs between the rows of one plan, in the order in which they are given.
_OWN = {
    "hamlet_id": Text,
    "channel": Text,
    "backend": Text,
    "target": Text,
    "slot": Text,
    "asap": BigInteger,
    "purpose": Text,
    "content_hash": Text,
    "priority": Text,
    "households": BigInteger,
    "work_at": Text,
    "expires_at": Text,
    "moved_from": Text,
}

#: What all have in common.
_COMMON = ("commune_id", "campaign_id", "revision", "changed_at", "state")


def hold_deliveries(
    connection: Connection,
    commune_id: str,
    campaign_id: str,
    revision: int,
    planned: Iterable[PlannedDelivery],
    at: datetime,
) -> None:
    """Write deliveries as ``held``; those that are there already stay as they are."""
    if is_postgresql(connection):
        common = (commune_id, campaign_id, revision, at, State.HELD)
        rows = names_given(map(_row, planned))
        connection.execute(_statement(), {**dict(zip(_COMMON, common, strict=True)), **rows})
        return
    same = (commune_id, campaign_id, revision, instant_text(at), State.HELD.value)
    connection.exec_driver_sql(_ROW_BY_ROW, [same + _row(item) for item in planned])


def held_now(
    connection: Connection, commune_id: str, campaign_id: str, item: PlannedDelivery
) -> int | None:
    """Return the id of a delivery that is held; None when it was there before, and went on."""
    d = deliveries.c
    query = select(d.id).where(
        d.commune_id == commune_id,
        d.campaign_id == campaign_id,
        d.hamlet_id == item.hamlet_id,
        d.channel == item.channel,
        d.target == item.target,
        d.slot == item.slot,
        d.purpose == item.purpose,
        d.content_hash == item.content_hash,
        d.replaced_in.is_(None),
        d.state == State.HELD,
    )
    return connection.execute(query).scalar()


def _row(item: PlannedDelivery) -> tuple[int | str | None, ...]:
    return (
        item.hamlet_id,
        item.channel,
        item.backend,
        item.target,
        instant_text(item.slot),
        int(item.asap),
        item.purpose.value,
        item.content_hash,
        item.priority.value,
        item.households,
        instant_text(item.work_at),
        instant_text(item.expires_at),
        instant_text(item.moved_from) if item.moved_from else None,
    )


#: For SQLite; the values are those of ``_COMMON`` and ``_row``.
_ROW_BY_ROW = (
    f"INSERT INTO {deliveries.name} ({', '.join((*_COMMON, *_OWN))})"  # noqa: S608 - our own names
    f" VALUES ({', '.join('?' * len((*_COMMON, *_OWN)))}) ON CONFLICT DO NOTHING"
)


@cache
def _statement() -> postgresql.Insert:
    d, table = deliveries.c, given("postgresql", _OWN)
    rows = table.c
    own = {name: rows[name] for name in _OWN}
    values: dict[str, Any] = {
        name: cast(value, d[name].type) if isinstance(d[name].type, Instant) else value
        for name, value in own.items()
    }
    values["asap"] = rows.asap == 1
    values |= {name: bindparam(name, type_=d[name].type) for name in _COMMON}
    held = postgresql.insert(deliveries).from_select(list(values), select(*values.values()))
    return held.on_conflict_do_nothing()
