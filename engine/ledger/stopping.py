"""What was cancelled or replaced while it was out of reach: being sent, or in doubt."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, not_, update

from engine.i18n import gettext as _
from engine.ledger.bundling import touch_bundles
from engine.ledger.dialect import lock_bundles_of
from engine.ledger.given import among
from engine.ledger.moves import move_deliveries
from engine.ledger.revisions import Status
from engine.ledger.tables import bundles, deliveries, revisions
from engine.states import State


def still_wanted() -> ColumnElement[bool]:
    """A delivery that no revision replaced, of a campaign that nobody cancelled."""
    d, r = deliveries.c, revisions.c
    goes_on = exists().where(
        r.commune_id == d.commune_id,
        r.campaign_id == d.campaign_id,
        # Approved, for one that is being opened in pieces.
        r.status.in_((Status.OPEN, Status.APPROVED)),
    )
    return and_(d.replaced_in.is_(None), goes_on)


def drop_stopped(
    connection: Connection, commune_id: str, bundle_id: int, at: datetime, actor: str
) -> None:
    """Settle what nobody wants any more, once a bundle has come back from being sent."""
    d = deliveries.c
    here = d.bundle_id == bundle_id
    replaced = and_(here, d.replaced_in.is_not(None))
    cancelled = and_(here, d.replaced_in.is_(None), not_(still_wanted()))
    stopped: set[int] = set()
    for new, where in ((State.SUPERSEDED, replaced), (State.CANCELLED, cancelled)):
        for old in (State.PLANNED, State.FAILED):
            moved = move_deliveries(
                connection,
                commune_id,
                where,
                old=old,
                new=new,
                at=at,
                actor=actor,
                detail=_("stopped while it was being sent"),
            )
            stopped.update(row.id for row in moved)
    if stopped:
        connection.execute(
            update(deliveries)
            .where(among(d.id, stopped), d.replaced_in.is_(None))
            .values(replaced_in=d.revision)
        )
        touch_bundles(connection, commune_id, {bundle_id}, at)


def recall_replaced(
    connection: Connection,
    commune_id: str,
    ids: Collection[int],
    recalled: Collection[str],
    at: datetime,
    actor: str,
) -> None:
    """Take back what was handed over although it had been replaced while it was being sent."""
    d = deliveries.c
    replaced = and_(among(d.bundle_id, ids), d.replaced_in.is_not(None))
    taken_back = move_deliveries(
        connection,
        commune_id,
        and_(replaced, d.channel.in_(recalled), d.slot > at),
        old=State.SENT,
        new=State.WITHDRAWN,
        at=at,
        actor=actor,
        detail=_("worded anew while it was being sent"),
    )
    touch_bundles(connection, commune_id, {row.bundle_id for row in taken_back}, at)


def mark_replaced(
    connection: Connection, commune_id: str, meant: ColumnElement[bool], revision: int
) -> None:
    """Mark what a revision replaces; what is being sent of it comes back to be looked at."""
    d, b = deliveries.c, bundles.c
    replaced = and_(d.commune_id == commune_id, meant, d.replaced_in.is_(None))
    being_sent = exists().where(d.bundle_id == b.id, replaced, d.state == State.SENDING)
    connection.execute(
        update(bundles)
        .where(b.commune_id == commune_id, b.state == State.SENDING, being_sent)
        .values(version=b.version + 1)
    )
    connection.execute(update(deliveries).where(replaced).values(replaced_in=revision))


def withdraw_deliveries(
    connection: Connection,
    commune_id: str,
    where: ColumnElement[bool],
    at: datetime,
    actor: str,
    reason: str,
) -> None:
    """Move what people were told to ``withdrawn``: they are told so by other deliveries."""
    for old in (State.SENT, State.CONFIRMED):
        move_deliveries(
            connection,
            commune_id,
            where,
            old=old,
            new=State.WITHDRAWN,
            at=at,
            actor=actor,
            detail=reason,
        )


def stop_deliveries(
    connection: Connection,
    commune_id: str,
    where: ColumnElement[bool],
    new: State,
    recalled: Collection[str],
    at: datetime,
    actor: str,
    reason: str = "",
) -> int:
    """Move what is unsent or failed to ``new``, and recall what is sent but not yet due."""
    d = deliveries.c
    not_yet_due = and_(where, d.channel.in_(recalled), d.slot > at)
    moves = [
        (State.HELD, new, where),
        (State.PLANNED, new, where),
        (State.FAILED, new, where),
        (State.SENT, State.WITHDRAWN, not_yet_due),
    ]
    touched: set[int] = set()
    stopped = 0
    olds = [old for old, _target, _condition in moves]
    lock_bundles_of(connection, commune_id, and_(where, d.state.in_(olds)))
    for old, target, condition in moves:
        moved = move_deliveries(
            connection,
            commune_id,
            and_(condition, d.replaced_in.is_(None)),
            old=old,
            new=target,
            at=at,
            actor=actor,
            detail=reason,
        )
        stopped += len(moved)
        touched.update(row.bundle_id for row in moved if row.bundle_id is not None)
    touch_bundles(connection, commune_id, touched, at)
    return stopped
