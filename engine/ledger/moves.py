"""The only way a state changes: a guarded UPDATE, with its events in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Row,
    Select,
    and_,
    bindparam,
    insert,
    literal,
    select,
    update,
)

from engine.ledger.dialect import literal_state
from engine.ledger.tables import deliveries, events
from engine.states import State, may_move

#: (delivery id, campaign id, bundle id)
Moved = Sequence[Row[tuple[int, str, int | None]]]

_EVENT = (
    "commune_id",
    "at",
    "actor",
    "campaign_id",
    "delivery_id",
    "bundle_id",
    "from_state",
    "to_state",
    "detail",
)


def move_deliveries(
    connection: Connection,
    commune_id: str,
    where: ColumnElement[bool],
    *,
    old: State,
    new: State,
    at: datetime,
    actor: str,
    detail: str = "",
    also: Mapping[str, Any] | None = None,
) -> Moved:
    """Move the commune's deliveries that match ``where`` and still are ``old``.

    ``also`` are further columns to set. Returns those moved; fewer than expected means that
    somebody else won, which is no error. Raises ValueError for a move that no delivery may
    make.
    """
    move = Move(connection.dialect.name, where, old, new, also=also)
    return move.run(connection, commune_id, at=at, actor=actor, said={"said_of_all": detail})


class Move:
    """One move, made into statements once and run again and again.

    ``where`` may join with other tables, and ``detail`` come from one of them; without it one
    detail is said of all. The parameters of both are given to ``run``.
    """

    def __init__(
        self,
        dialect: str,
        where: ColumnElement[bool],
        old: State,
        new: State,
        *,
        detail: ColumnElement[str] | None = None,
        also: Mapping[str, Any] | None = None,
    ) -> None:
        if not may_move(old, new):
            raise ValueError(f"no delivery goes from {old} to {new}")
        d = deliveries.c
        meant = and_(d.commune_id == _COMMUNE, d.state == literal_state(old), where)
        said = _DETAIL if detail is None else detail
        values = {"state": new, "changed_at": _AT, "reason": said, **(also or {})}
        move = update(deliveries).where(meant).values(values)
        if dialect == "postgresql":
            moved = move.returning(d.commune_id, d.campaign_id, d.id, d.bundle_id, d.reason).cte()
            recorded = insert(events).from_select(_EVENT, _record(moved, moved.c.reason, old, new))
            e = events.c
            told = recorded.returning(e.delivery_id.label("id"), e.campaign_id, e.bundle_id)
            self._statements: tuple[Executable, ...] = (told,)
            return
        # The transaction is the only writer: both statements mean the same rows.
        record = _record(deliveries, said, old, new, (also or {}).get("bundle_id")).where(meant)
        back = move.returning(d.id, d.campaign_id, d.bundle_id)
        self._statements = (insert(events).from_select(_EVENT, record), back)

    def run(
        self,
        connection: Connection,
        commune_id: str,
        *,
        at: datetime,
        actor: str,
        said: Mapping[str, Any],
    ) -> Moved:
        """Move, record, and return what moved. ``said`` are the parameters of this run."""
        given = {"of_commune": commune_id, "moved_at": at, "moved_by": actor, **said}
        *before, last = self._statements
        for statement in before:
            connection.execute(statement, given)
        return connection.execute(last, given).all()


_COMMUNE = bindparam("of_commune", type_=deliveries.c.commune_id.type)
_AT = bindparam("moved_at", type_=events.c.at.type)
_ACTOR = bindparam("moved_by", type_=events.c.actor.type)
_DETAIL = bindparam("said_of_all", type_=events.c.detail.type)


def _record(
    moved: Any,
    said: ColumnElement[str],
    old: State,
    new: State,
    bundle: ColumnElement[int] | None = None,
) -> Select[Any]:
    """Select one event for each delivery in ``moved``."""
    m, e = moved.c, events.c
    columns = {
        "commune_id": m.commune_id,
        "at": _AT,
        "actor": _ACTOR,
        "campaign_id": m.campaign_id,
        "delivery_id": m.id,
        "bundle_id": m.bundle_id if bundle is None else bundle,
        "from_state": literal(old, e.from_state.type),
        "to_state": literal(new, e.to_state.type),
        "detail": said,
    }
    return select(*(columns[name].label(name) for name in _EVENT)).order_by(m.id)


def record_event(
    connection: Connection,
    commune_id: str,
    *,
    what: str,
    at: datetime,
    actor: str,
    campaign_id: str | None = None,
    delivery_id: int | None = None,
    bundle_id: int | None = None,
    detail: str = "",
) -> None:
    """Append one event that is not a move: a submission, an approval, a rehearsal."""
    connection.execute(
        insert(events).values(
            commune_id=commune_id,
            at=at,
            actor=actor,
            campaign_id=campaign_id,
            delivery_id=delivery_id,
            bundle_id=bundle_id,
            to_state=what,
            detail=detail,
        )
    )
