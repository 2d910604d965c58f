"""What was cancelled or replaced while it was out of reach: being sent, or in doubt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, not_, update

from engine.i18n import gettext as _
from engine.ledger.bundling import touch_bundles
from engine.ledger.moves import move_deliveries
from engine.ledger.revisions import Status
from engine.ledger.tables import deliveries, revisions
from engine.states import State


def still_wanted() -> ColumnElement[bool]:
    """A delivery that no revision replaced, of a campaign that nobody cancelled."""
    d, r = deliveries.c, revisions.c
    goes_on = exists().where(
        r.commune_id == d.commune_id, r.campaign_id == d.campaign_id, r.status == Status.OPEN
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
            .where(d.id.in_(stopped), d.replaced_in.is_(None))
            .values(replaced_in=d.revision)
        )
        touch_bundles(connection, commune_id, {bundle_id}, at)
