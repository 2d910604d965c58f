"""The only way a state changes: a guarded UPDATE, with its events in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    insert,
    literal,
    select,
    update,
)

from engine.ledger.dialect import is_postgresql, literal_state
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
    details: CTE | None = None,
    also: Mapping[str, Any] | None = None,
) -> Moved:
    """Move the commune's deliveries that match ``where`` and still are ``old``.

    ``details`` is a table of a ``detail`` for each bundle ``id``, and only deliveries of those
    bundles move; otherwise ``detail`` is what is said of all. ``also`` are further columns to
    set. Returns those moved; fewer than expected means that somebody else won, which is no
    error. Raises ValueError for a move that no delivery may make.
    """
    if not may_move(old, new):
        raise ValueError(f"no delivery goes from {old} to {new}")
    d = deliveries.c
    meant = and_(d.commune_id == commune_id, d.state == literal_state(old), where)
    said: ColumnElement[str] = literal(detail, d.reason.type)
    if details is not None:
        meant, said = and_(meant, d.bundle_id == details.c.id), details.c.detail
    values = {"state": new, "changed_at": at, "reason": said, **(also or {})}
    move = update(deliveries).where(meant).values(values)
    facts = {"at": at, "actor": actor, "from_state": old, "to_state": new}
    if is_postgresql(connection):
        moved = move.returning(d.commune_id, d.campaign_id, d.id, d.bundle_id, d.reason).cte()
        recorded = insert(events).from_select(_EVENT, _record(moved, moved.c.reason, facts))
        e = events.c
        back = recorded.returning(e.delivery_id.label("id"), e.campaign_id, e.bundle_id)
        return connection.execute(back).all()
    # The transaction is the only writer: both statements mean the same rows.
    record = _record(deliveries, said, facts, (also or {}).get("bundle_id")).where(meant)
    connection.execute(insert(events).from_select(_EVENT, record))
    return connection.execute(move.returning(d.id, d.campaign_id, d.bundle_id)).all()


def _record(
    moved: Any,
    said: ColumnElement[str],
    facts: Mapping[str, Any],
    bundle: ColumnElement[int] | None = None,
) -> Select[Any]:
    """Select one event for each delivery in ``moved``."""
    m, e = moved.c, events.c
    told = {name: literal(value, e[name].type) for name, value in facts.items()}
    columns = {
        "commune_id": m.commune_id,
        "campaign_id": m.campaign_id,
        "delivery_id": m.id,
        "bundle_id": m.bundle_id if bundle is None else bundle,
        "detail": said,
        **told,
    }
    return select(*(columns[name] for name in _EVENT)).order_by(m.id)


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
