"""Opening an approved plan: what it replaces stops, and its deliveries may be sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update

from engine.ledger.bundling import open_deliveries
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, literal_state
from engine.ledger.given import among
from engine.ledger.revisions import Status
from engine.ledger.stopping import stop_deliveries
from engine.ledger.tables import deliveries, revisions
from engine.states import State

#: Rows in one transaction while a plan is written or opened, so that nothing urgent waits.
CHUNK = 10_000


class Opening:
    """Opens the plans of one commune."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def open(
        self,
        campaign_id: str,
        revision: int,
        *,
        replaced: Collection[int],
        recalled: Collection[str],
        at: datetime,
        actor: str,
    ) -> None:
        """Let a held plan be sent, and what it replaces be sent no more.

        A great plan is opened in pieces, so that nothing urgent waits for it; a revision that
        is cut short stays approved, and opening it again goes on.

        ``replaced`` are ids of deliveries that the revision leaves out or words anew; of
        those already handed over for a slot to come, the ones on channels in ``recalled``
        are taken back.
        """
        if not self._make_way(campaign_id, revision, replaced, recalled, at, actor):
            return
        after: int | None = 0
        while after is not None:
            after = self._open_some(campaign_id, revision, after, at, actor)

    @again_if_lost
    def _make_way(
        self,
        campaign_id: str,
        revision: int,
        replaced: Collection[int],
        recalled: Collection[str],
        at: datetime,
        actor: str,
    ) -> bool:
        """Stop what an approved revision replaces; False when it waits for no opening."""
        d, r = deliveries.c, revisions.c
        mine = and_(r.commune_id == self._commune_id, r.campaign_id == campaign_id)
        with self._database.write(durable=True) as connection:
            if not self._is_approved(connection, campaign_id, revision):
                return False
            connection.execute(
                update(revisions)
                .where(mine, r.revision < revision, r.status.in_((Status.OPEN, Status.APPROVED)))
                .values(status=Status.SUPERSEDED)
            )
            if replaced:
                meant = among(d.id, replaced)
                stop_deliveries(
                    connection, self._commune_id, meant, State.SUPERSEDED, recalled, at, actor
                )
                connection.execute(
                    update(deliveries)
                    .where(d.commune_id == self._commune_id, meant)
                    .values(replaced_in=revision)
                )
        return True

    @again_if_lost
    def _open_some(
        self, campaign_id: str, revision: int, after: int, at: datetime, actor: str
    ) -> int | None:
        """Open the held deliveries that follow id ``after``, about a CHUNK of them.

        Returns where to go on; None at the end, when the revision is open. Deliveries of one
        bundle lie together and are opened together.
        """
        d = deliveries.c
        mine = and_(
            d.commune_id == self._commune_id,
            d.campaign_id == campaign_id,
            d.revision == revision,
            d.state == literal_state(State.HELD),
            d.id > after,
        )
        with self._database.write(durable=True) as connection:
            if not self._is_approved(connection, campaign_id, revision):
                return None
            last = connection.execute(
                select(d.id, d.channel, d.target, d.slot)
                .where(mine)
                .order_by(d.id)
                .offset(CHUNK - 1)
                .limit(1)
            ).first()
            if last is None:
                open_deliveries(connection, self._commune_id, mine, at=at, actor=actor)
                self._mark_open(connection, campaign_id, revision)
                return None
            same = and_(d.channel == last.channel, d.target == last.target, d.slot == last.slot)
            piece = and_(mine, or_(d.id <= last.id, same))
            open_deliveries(connection, self._commune_id, piece, at=at, actor=actor)
        return int(last.id)

    def _is_approved(self, connection: Connection, campaign_id: str, revision: int) -> bool:
        """Say whether a revision waits to be opened, and keep it from being cancelled meanwhile."""
        r = revisions.c
        found = connection.execute(
            select(r.revision)
            .where(
                r.commune_id == self._commune_id,
                r.campaign_id == campaign_id,
                r.revision == revision,
                r.status == Status.APPROVED,
            )
            .with_for_update()
        ).first()
        return found is not None

    def _mark_open(self, connection: Connection, campaign_id: str, revision: int) -> None:
        r = revisions.c
        connection.execute(
            update(revisions)
            .where(
                r.commune_id == self._commune_id,
                r.campaign_id == campaign_id,
                r.revision == revision,
            )
            .values(status=Status.OPEN)
        )
