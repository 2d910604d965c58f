"""How deliveries become bundles, and what becomes of a bundle that loses some."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.ledger.dialect import IDS, lock_bundles, upsert
from engine.ledger.tables import bundles, deliveries
from engine.models import Priority
from engine.states import State


def form_bundles(connection: Connection, commune_id: str, where: ColumnElement[bool]) -> None:
    """Put planned deliveries that match into the bundle of their target and slot.

    A bundle that exists gets a new version and waits to be sent again.
    """
    d, b = deliveries.c, bundles.c
    loose = and_(d.commune_id == commune_id, d.state == State.PLANNED, d.bundle_id.is_(None), where)
    rows = [
        {
            "commune_id": commune_id,
            "channel": group.channel,
            "backend": group.backend,
            "target": group.target,
            "slot": group.slot,
            "version": 1,
            "priority": _PRIORITIES[group.rank],
            "state": State.PLANNED,
            "next_attempt_at": group.work_at,
        }
        for group in connection.execute(_groups(loose))
    ]
    if not rows:
        return
    connection.execute(_join_or_make(connection), rows)
    bundle_of_it = (
        select(b.id)
        .where(
            b.commune_id == commune_id,
            b.channel == d.channel,
            b.target == d.target,
            b.slot == d.slot,
        )
        .scalar_subquery()
    )
    connection.execute(update(deliveries).where(loose).values(bundle_id=bundle_of_it))


def _groups(loose: ColumnElement[bool]) -> Select[tuple[str, str, datetime, str, datetime, int]]:
    """One row for each target and slot among loose deliveries."""
    d = deliveries.c
    return (
        select(
            d.channel,
            d.target,
            d.slot,
            func.min(d.backend).label("backend"),
            func.min(d.work_at).label("work_at"),
            func.min(rank_of(d.priority)).label("rank"),
        )
        .where(loose)
        .group_by(d.channel, d.target, d.slot)
        .order_by(d.channel, d.target, d.slot)
    )


def _join_or_make(connection: Connection) -> sqlite.Insert | postgresql.Insert:
    """Insert a bundle, or give the one that is there a new version and the higher priority."""
    b = bundles.c
    statement = upsert(connection, bundles)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["commune_id", "channel", "target", "slot"],
        set_={
            "version": b.version + 1,
            "state": case((b.state == State.SENDING, b.state), else_=State.PLANNED),
            "priority": case(
                (rank_of(new.priority) < rank_of(b.priority), new.priority), else_=b.priority
            ),
            "next_attempt_at": new.next_attempt_at,
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
    ordered = sorted(ids)
    for start in range(0, len(ordered), IDS):
        chunk = ordered[start : start + IDS]
        connection.execute(
            update(bundles)
            .where(b.commune_id == commune_id, b.id.in_(chunk), b.state != State.SENDING)
            .values(
                version=b.version + 1,
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
            update(bundles)
            .where(b.commune_id == commune_id, b.id.in_(chunk), b.state == State.SENDING)
            .values(version=b.version + 1)
        )


_PRIORITIES = {priority.rank: priority for priority in Priority}


def rank_of(column: ColumnElement[str]) -> ColumnElement[int]:
    return case({priority.value: priority.rank for priority in Priority}, value=column)
