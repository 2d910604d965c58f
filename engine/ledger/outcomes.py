"""What came of sending a bundle, recorded for it and its deliveries in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from datetime import datetime
from typing import Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    literal,
    select,
    update,
)

from engine.ledger.bundling import soonest_end, touch_bundles
from engine.ledger.columns import instant_text
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, literal_state, lock_bundles, lock_held
from engine.ledger.given import among, rows_given
from engine.ledger.leaving import kept, left, noted, sending_ended, tell_why
from engine.ledger.moves import move_deliveries, record_event
from engine.ledger.stopping import drop_stopped, recall_replaced
from engine.ledger.tables import bundles, deliveries
from engine.models import Bundle, Receipt
from engine.states import State


class Outcomes:
    """Results of one commune's bundles. ``actor`` in every method is who or what did it.

    With a ``holder``, only what is leased to it is touched: one that overslept its lease
    records nothing about a bundle that is in another's hands by now.
    """

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id
        self._holder: str | None = None

    def under(self, holder: str | None) -> Self:
        """Return the same for one who holds leases."""
        acting = copy(self)
        acting._holder = holder
        return acting

    @again_if_lost
    def sent(
        self,
        results: Sequence[tuple[Bundle, Receipt, str]],
        *,
        at: datetime,
        actor: str,
        recalled: Collection[str] = (),
    ) -> None:
        """Record receipts: (bundle, receipt, what to note with each delivery).

        What was worded anew or withdrawn meanwhile is taken back on ``recalled`` channels,
        before its slot comes.
        """
        rows = [
            (
                bundle.id,
                bundle.version,
                noted(receipt, remark),
                kept(receipt),
                instant_text(receipt.ends_at) if receipt.ends_at is not None else None,
            )
            for bundle, receipt, remark in results
        ]
        if not rows:
            return
        with self._database.write(durable=True) as connection:
            if self._holder is not None:
                mine = self._mine(connection, [row[0] for row in rows])
                rows = [row for row in rows if row[0] in mine]
            if not rows:
                return
            ids = [row[0] for row in rows]
            given = {"ids": ids, "of_commune": self._commune_id, **rows_given(rows)}
            ended = sending_ended(connection.dialect.name)
            as_begun = set(connection.execute(ended.leave, given).scalars())
            changed = [bundle_id for bundle_id in ids if bundle_id not in as_begun]
            lock_bundles(connection, changed)
            ended.move.run(connection, self._commune_id, at=at, actor=actor, said=given)
            if changed:
                connection.execute(ended.leave_changed, {**given, "left_at": at})
                recall_replaced(connection, self._commune_id, changed, recalled, at, actor)

    @again_if_lost
    def try_again(
        self, bundle: Bundle, *, reason: str, next_attempt_at: datetime, at: datetime, actor: str
    ) -> None:
        """Record a temporary failure, whether sending had begun or not."""
        b = bundles.c
        with self._database.write() as connection:
            if not self._mine(connection, [bundle.id]):
                return
            self._move(connection, bundle, State.SENDING, State.PLANNED, at, actor, reason)
            tell_why(connection, self._commune_id, bundle, reason)
            connection.execute(
                update(bundles)
                .where(self._is(bundle), b.state.in_((State.SENDING, State.PLANNED)))
                .values(
                    state=State.PLANNED,
                    attempts=b.attempts + 1,
                    next_attempt_at=next_attempt_at,
                    expires_at=soonest_end(),
                    lease_until=None,
                    lease_by=None,
                )
            )
            record_event(
                connection,
                self._commune_id,
                what="retry_planned",
                at=at,
                actor=actor,
                bundle_id=bundle.id,
                detail=reason,
            )
            drop_stopped(connection, self._commune_id, bundle.id, at, actor)

    @again_if_lost
    def settle_empty(self, bundle: Bundle, at: datetime) -> None:
        """Settle a bundle that waits although nothing in it is left to send."""
        with self._database.write() as connection:
            touch_bundles(connection, self._commune_id, {bundle.id}, at)

    @again_if_lost
    def postpone(self, bundle: Bundle, until: datetime) -> None:
        """Let a bundle wait for an allowed hour; this is no failure."""
        with self._database.write() as connection:
            connection.execute(
                update(bundles)
                .where(self._is(bundle), bundles.c.state == State.PLANNED)
                .values(next_attempt_at=until, lease_until=None, lease_by=None)
            )

    @again_if_lost
    def fail(self, bundle: Bundle, *, reason: str, at: datetime, actor: str) -> None:
        """Record that trying again cannot help, or that it was tried often enough.

        Sending may have begun or not; what joined since the bundle was read goes on.
        """
        b = bundles.c
        with self._database.write() as connection:
            if not self._mine(connection, [bundle.id]):
                return
            found = connection.execute(select(b.state, b.version).where(self._is(bundle))).first()
            begun = found is not None and found.state == State.SENDING
            if not begun and found != (State.PLANNED, bundle.version):
                return
            old = State.SENDING if begun else State.PLANNED
            self._move(connection, bundle, old, State.FAILED, at, actor, reason)
            self._leave(connection, bundle, old, State.FAILED, at)
            drop_stopped(connection, self._commune_id, bundle.id, at, actor)

    @again_if_lost
    def doubt(self, bundle: Bundle, *, reason: str, at: datetime, actor: str) -> None:
        """Record that nobody can say whether the far side has it; a person decides."""
        with self._database.write() as connection:
            if not self._mine(connection, [bundle.id]):
                return
            self._move(connection, bundle, State.SENDING, State.UNCERTAIN, at, actor, reason)
            self._leave(connection, bundle, State.SENDING, State.UNCERTAIN, at)

    @again_if_lost
    def take_back(
        self,
        bundle: Bundle,
        *,
        reason: str,
        at: datetime,
        actor: str,
        next_attempt_at: datetime | None = None,
    ) -> None:
        """Let a bundle whose sending was cut short be sent again, at once or when it is said.

        No attempt is counted.
        """
        b = bundles.c
        due = b.next_attempt_at if next_attempt_at is None else next_attempt_at
        with self._database.write() as connection:
            if not self._mine(connection, [bundle.id]):
                return
            self._move(connection, bundle, State.SENDING, State.PLANNED, at, actor, reason)
            connection.execute(
                update(bundles)
                .where(self._is(bundle), b.state == State.SENDING)
                .values(
                    state=State.PLANNED,
                    next_attempt_at=due,
                    expires_at=soonest_end(),
                    lease_until=None,
                    lease_by=None,
                )
            )
            drop_stopped(connection, self._commune_id, bundle.id, at, actor)

    @again_if_lost
    def rehearsed(self, bundle: Bundle, *, reference: str, at: datetime, actor: str) -> None:
        """Record a rehearsal; no state changes."""
        with self._database.write() as connection:
            connection.execute(
                update(bundles)
                .where(self._is(bundle))
                .values(rehearsed_version=bundle.version, lease_until=None, lease_by=None)
            )
            tell_why(connection, self._commune_id, bundle, "")
            record_event(
                connection,
                self._commune_id,
                what="rehearsed",
                at=at,
                actor=actor,
                bundle_id=bundle.id,
                detail=reference,
            )

    @again_if_lost
    def fail_parts(
        self, bundle: Bundle, ids: Collection[int], *, reason: str, at: datetime, actor: str
    ) -> None:
        """Record that some of a bundle's deliveries cannot be made; the others go on."""
        with self._database.write() as connection:
            lock_bundles(connection, [bundle.id])
            move_deliveries(
                connection,
                self._commune_id,
                deliveries.c.id.in_(ids),
                old=State.PLANNED,
                new=State.FAILED,
                at=at,
                actor=actor,
                detail=reason,
            )
            touch_bundles(connection, self._commune_id, {bundle.id}, at)

    @again_if_lost
    def expire(self, now: datetime, *, actor: str, reason: str) -> int:
        """Settle what must not be sent any more; return how many deliveries."""
        with self._database.read() as connection:
            ids = connection.execute(select(bundles.c.id).where(self._over(now))).scalars().all()
        if not ids:
            return 0
        with self._database.write() as connection:
            lock_bundles(connection, ids)
            moved = move_deliveries(
                connection,
                self._commune_id,
                and_(among(deliveries.c.bundle_id, ids), deliveries.c.expires_at < now),
                old=State.PLANNED,
                new=State.EXPIRED,
                at=now,
                actor=actor,
                detail=reason,
            )
            touch_bundles(connection, self._commune_id, {row.bundle_id for row in moved}, now)
            connection.execute(
                update(bundles)
                .where(bundles.c.commune_id == self._commune_id, among(bundles.c.id, ids))
                .values(expires_at=soonest_end())
            )
        return len(moved)

    def _over(self, now: datetime) -> ColumnElement[bool]:
        """Bundles of which something was to be sent by now, and may not have been."""
        b = bundles.c
        planned = b.state == literal_state(State.PLANNED)
        return and_(b.commune_id == self._commune_id, planned, b.expires_at < now)

    def _mine(self, connection: Connection, ids: Collection[int]) -> Collection[int]:
        """Make other writers of these bundles wait; return those that may be spoken for."""
        if self._holder is None:
            lock_bundles(connection, ids)
            return ids
        return lock_held(connection, ids, self._holder)

    def _is(self, bundle: Bundle) -> ColumnElement[bool]:
        return and_(bundles.c.commune_id == self._commune_id, bundles.c.id == bundle.id)

    def _move(
        self,
        connection: Connection,
        bundle: Bundle,
        old: State,
        new: State,
        at: datetime,
        actor: str,
        detail: str = "",
    ) -> None:
        move_deliveries(
            connection,
            self._commune_id,
            deliveries.c.bundle_id == bundle.id,
            old=old,
            new=new,
            at=at,
            actor=actor,
            detail=detail,
        )

    def _leave(
        self, connection: Connection, bundle: Bundle, old: State, state: State, at: datetime
    ) -> None:
        """End a bundle's sending without a receipt.

        A bundle that is no longer ``old`` was settled by another, and stays as it is.
        """
        connection.execute(
            update(bundles)
            .where(self._is(bundle), bundles.c.state == old)
            .values(**left(state, literal(at, bundles.c.next_attempt_at.type)))
        )
