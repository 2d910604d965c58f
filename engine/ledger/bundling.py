"""How deliveries become bundles, and what becomes of a bundle that loses some."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.ledger.dialect import insert_on, literal_state, lock_bundles
from engine.ledger.given import among
from engine.ledger.moves import Move
from engine.ledger.tables import bundles, deliveries
from engine.models import Priority
from engine.states import State


def open_deliveries(
    connection: Connection, commune_id: str, where: ColumnElement[bool], *, at: datetime, actor: str
) -> None:
    """Let held deliveries that match be sent, each in the bundle of its target and slot."""
    opened = Opened(connection.dialect.name, where)
    opened.run(connection, commune_id, at=at, actor=actor, said={})


class Opened:
    """Lets held deliveries be sent, in statements made once and run again and again.

    Each joins the bundle of its target and slot. A bundle that exists gets a new version and
    waits to be sent again. Parameters of ``where`` are given to ``run``.
    """

    def __init__(self, dialect: str, where: ColumnElement[bool]) -> None:
        d, b = deliveries.c, bundles.c
        mine = d.commune_id == bindparam("of_commune", type_=d.commune_id.type)
        held = and_(mine, d.state == literal_state(State.HELD), where)
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
        self._make = _join_or_make(dialect, _groups(held))
        self._move = Move(
            dialect, where, State.HELD, State.PLANNED, also={"bundle_id": bundle_of_it}
        )

    def run(
        self,
        connection: Connection,
        commune_id: str,
        *,
        at: datetime,
        actor: str,
        said: Mapping[str, Any],
    ) -> None:
        """Make the bundles and move the deliveries. ``said`` are the parameters of this run."""
        connection.execute(self._make, {"of_commune": commune_id, **said})
        said = {"said_of_all": "", **said}
        self._move.run(connection, commune_id, at=at, actor=actor, said=said)


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


def _join_or_make(dialect: str, groups: Select[Any]) -> sqlite.Insert | postgresql.Insert:
    """Insert bundles, or give those that are there a new version and the higher priority.

    The backend is that of what was approved last, once nothing is being sent by the other.
    """
    b = bundles.c
    statement = insert_on(dialect, bundles)
    new = statement.excluded
    sooner = or_(b.expires_at.is_(None), new.expires_at < b.expires_at)
    return statement.from_select(_MADE, groups).on_conflict_do_update(
        index_elements=["commune_id", "channel", "target", "slot"],
        set_={
            "version": b.version + 1,
            "backend": case((b.state == State.SENDING, b.backend), else_=new.backend),
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
