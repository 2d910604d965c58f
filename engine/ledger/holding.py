"""Writing a plan: its rows travel in one parameter, for any number of them.

Bound one by one, a row's twenty values cost more than the database needs to keep them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, bindparam, cast, select, text
from sqlalchemy.dialects import postgresql, sqlite

from engine.ledger.columns import Instant, instant_text
from engine.ledger.given import given, rows_given
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
    common = {
        "commune_id": commune_id,
        "campaign_id": campaign_id,
        "revision": revision,
        "changed_at": at,
        "state": State.HELD,
    }
    rows = rows_given(map(_row, planned))
    connection.execute(_statement(connection.dialect.name), {**common, **rows})


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
        item.purpose,
        item.content_hash,
        item.priority,
        item.households,
        instant_text(item.work_at),
        instant_text(item.expires_at),
        instant_text(item.moved_from) if item.moved_from else None,
    )


@cache
def _statement(dialect: str) -> postgresql.Insert | sqlite.Insert:
    d, table = deliveries.c, given(dialect, _OWN)
    rows = table.c
    own = {name: rows[name] for name in _OWN}
    values: dict[str, Any] = {
        name: cast(value, d[name].type) if isinstance(d[name].type, Instant) else value
        for name, value in own.items()
    }
    values["asap"] = rows.asap == 1
    values |= {name: bindparam(name, type_=d[name].type) for name in _COMMON}
    # Without a WHERE, SQLite would take ON CONFLICT for a part of the join.
    found = select(*values.values()).select_from(table).where(text("true"))
    if dialect == "postgresql":
        held = postgresql.insert(deliveries).from_select(list(values), found)
        return held.on_conflict_do_nothing()
    return sqlite.insert(deliveries).from_select(list(values), found).on_conflict_do_nothing()
