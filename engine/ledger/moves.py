"""The only way a state changes: a guarded UPDATE, with its events in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, insert, literal_column, update

from engine.ledger.tables import deliveries, events
from engine.states import State, may_move


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
) -> Sequence[Row[tuple[int, str, int | None]]]:
    """Move the commune's deliveries that match ``where`` and still are ``old``.

    Returns (id, campaign_id, bundle_id) of those moved; fewer than expected means that
    somebody else won, which is no error. Raises ValueError for a move that no delivery may
    make.
    """
    if not may_move(old, new):
        raise ValueError(f"no delivery goes from {old} to {new}")
    moved = connection.execute(
        update(deliveries)
        .where(deliveries.c.commune_id == commune_id, deliveries.c.state == _literal(old), where)
        .values(state=new, changed_at=at, reason=detail)
        .returning(deliveries.c.id, deliveries.c.campaign_id, deliveries.c.bundle_id)
    ).all()
    if moved:
        connection.execute(
            insert(events),
            [
                {
                    "commune_id": commune_id,
                    "at": at,
                    "actor": actor,
                    "campaign_id": row.campaign_id,
                    "delivery_id": row.id,
                    "bundle_id": row.bundle_id,
                    "from_state": old,
                    "to_state": new,
                    "detail": detail,
                }
                for row in moved
            ],
        )
    return moved


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


def _literal(state: State) -> ColumnElement[str]:
    """A literal, not a parameter: only so does every planner see that a partial index fits."""
    return literal_column(f"'{state}'")
