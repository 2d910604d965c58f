"""How deliveries become bundles, and what becomes of a bundle that loses some."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.ledger.dialect import literal_state, lock_bundles, upsert
from engine.ledger.given import among
from engine.ledger.moves import move_deliveries
from engine.ledger.tables import bundles, deliveries
from engine.models import Priority
from engine.states import State


def open_deliveries(
    connection: Connection, commune_id: str, where: ColumnElement[bool], *, at: datetime, actor: str
) -> None:
    """Let held deliveries that match be sent, each in the bundle of its target and slot.

    A bundle that exists gets a new version and waits to be sent again.
    """
    d, b = deliveries.c, bundles.c
    held = and_(d.commune_id == commune_id, d.state == literal_state(State.HELD), where)
    connection.execute(_join_or_make(connection, _groups(held)))
    bundle_of_it = (
        select(b.id)
        .where(
            b.commune_id == d.commune_id,
            b.channel == d.channel,
            b.target == d.target,
            b.slot == d.slot,
        )
        .scalar_subquery()
    )
    move_deliveries(
        connection,
        commune_id,
        where,
        old=State.HELD,
        new=State.PLANNED,
        at=at,
        actor=actor,
        also={"bundle_id": bundle_of_it},
    )


def soonest_end() -> ScalarSelect[datetime]:
    """When the first of a bundle's waiting deliveries must not be sent any more."""
    d = deliveries.c
    return (
        select(func.min(d.expires_at))
        .where(d.bundle_id == bundles.c.id, d.state == literal_state(State.PLANNED))
        .scalar_subquery()
    )


_MADE = (
    "commune_id",
    "channel",
    "backend",
    "target",
    "slot",
    "version",
    "priority",
    "state",
    "next_attempt_at",
    "expires_at",
)


def _groups(held: ColumnElement[bool]) -> Select[Any]:
    """One row for each target and slot among held deliveries, in the order of ``_MADE``."""
    d, b = deliveries.c, bundles.c
    priority = case(_PRIORITIES, value=func.min(rank_of(d.priority)))
    return (
        select(
            d.commune_id,
            d.channel,
            func.min(d.backend),
            d.target,
            d.slot,
            literal(1, b.version.type),
            priority,
            literal(State.PLANNED, b.state.type),
            func.min(d.work_at),
            func.min(d.expires_at),
        )
        .where(held)
        .group_by(d.commune_id, d.channel, d.target, d.slot)
        .order_by(d.channel, d.target, d.slot)
    )


def _join_or_make(connection: Connection, groups: Select[Any]) -> sqlite.Insert | postgresql.Insert:
    """Insert bundles, or give those that are there a new version and the higher priority."""
    b = bundles.c
    statement = upsert(connection, bundles)
    new = statement.excluded
    sooner = or_(b.expires_at.is_(None), new.expires_at < b.expires_at)
    return statement.from_select(_MADE, groups).on_conflict_do_update(
        index_elements=["commune_id", "channel", "target", "slot"],
        set_={
            "version": b.version + 1,
            "state": case((b.state == State.SENDING, b.state), else_=State.PLANNED),
            "priority": case(
                (rank_of(new.priority) < rank_of(b.priority), new.priority), else_=b.priority
            ),
            "next_attempt_at": new.next_attempt_at,
            "expires_at": case((sooner, new.expires_at), else_=b.expires_at),
            "attempts": 0,
        },
    )


def touch_bundles(
    connection: Connection, commune_id: str, ids: Collection[int], at: datetime
) -> None:
    """Make new versions of bundles that lost items.

    One that was handed over already waits to be sent again without them; one that never
    was and has nothing left to send is settled.
    """
    b = bundles.c
    waiting = exists().where(deliveries.c.bundle_id == b.id, deliveries.c.state == State.PLANNED)
    recalled = exists().where(deliveries.c.bundle_id == b.id, deliveries.c.state == State.WITHDRAWN)
    failed = exists().where(deliveries.c.bundle_id == b.id, deliveries.c.state == State.FAILED)
    lock_bundles(connection, ids)
    mine = and_(b.commune_id == commune_id, among(b.id, ids))
    connection.execute(
        update(bundles)
        .where(mine, b.state != State.SENDING)
        .values(
            version=b.version + 1,
            expires_at=soonest_end(),
            state=case(
                (waiting, State.PLANNED),
                (and_(b.receipt.is_not(None), recalled, b.slot > at), State.PLANNED),
                (b.receipt.is_not(None), State.SENT),
                (failed, State.FAILED),
                else_=State.CANCELLED,
            ),
        )
    )
    connection.execute(
        update(bundles).where(mine, b.state == State.SENDING).values(version=b.version + 1)
    )


_PRIORITIES = {priority.rank: priority.value for priority in Priority}


def rank_of(column: ColumnElement[str]) -> ColumnElement[int]:
    return case({priority.value: priority.rank for priority in Priority}, value=column)
