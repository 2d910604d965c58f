"""Bundles waiting to be sent: found when due, leased, and begun."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from engine.ledger.beginning import begin_free, begin_one_by_one
from engine.ledger.bundling import rank_of
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, lock_bundles
from engine.ledger.moves import move_deliveries
from engine.ledger.tables import bundles, deliveries
from engine.models import Bundle, Priority
from engine.states import State


@dataclass(frozen=True, slots=True)
class Part:
    """One delivery as dispatch needs it."""

    delivery_id: int
    campaign_id: str
    revision: int
    hamlet_id: str
    content_hash: str
    state: State


@dataclass(frozen=True, slots=True)
class Job:
    """A bundle to be worked on, with the parts it would carry."""

    bundle: Bundle
    attempts: int
    sent_before: bool
    parts: tuple[Part, ...]


class Bundles:
    """The bundles of one commune."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    @again_if_lost
    def lease_due(
        self,
        now: datetime,
        *,
        owner: str,
        until: datetime,
        rehearse: Collection[str],
        limit: int,
        only: Collection[Priority] = tuple(Priority),
    ) -> list[tuple[int, Priority]]:
        """Take bundles that are due and nobody's, most urgent first.

        Backends in ``rehearse`` are due once per version only. Returns (id, priority).
        """
        b = bundles.c
        due = (
            select(b.id)
            .where(
                b.commune_id == self._commune_id,
                b.state == State.PLANNED,
                b.priority.in_(only),
                b.next_attempt_at <= now,
                or_(b.lease_until.is_(None), b.lease_until < now),
                not_rehearsed(rehearse),
            )
            .order_by(rank_of(b.priority), b.slot, b.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        with self._database.write() as connection:
            rows = connection.execute(
                update(bundles)
                .where(b.id.in_(select(due.c.id)))
                .values(lease_until=until, lease_by=owner)
                .returning(b.id, b.priority, b.slot)
            ).all()
        found = [(row.id, Priority(row.priority), row.slot) for row in rows]
        found.sort(key=lambda one: (one[1].rank, one[2], one[0]))
        return [(one[0], one[1]) for one in found]

    @again_if_lost
    def release(self, ids: Collection[int], *, holder: str | None = None) -> None:
        """Give leases back, so that the next tick finds what was left undone.

        Only leases of ``holder``, if one is named: what another took meanwhile stays his.
        """
        where = [bundles.c.commune_id == self._commune_id, bundles.c.id.in_(ids)]
        if holder is not None:
            where.append(bundles.c.lease_by == holder)
        with self._database.write() as connection:
            connection.execute(
                update(bundles).where(*where).values(lease_until=None, lease_by=None)
            )

    @again_if_lost
    def release_all(self) -> None:
        """Give every lease back; only for one who knows that no other worker lives."""
        with self._database.write() as connection:
            connection.execute(
                update(bundles)
                .where(bundles.c.commune_id == self._commune_id, bundles.c.lease_until.is_not(None))
                .values(lease_until=None, lease_by=None)
            )

    def job(self, bundle_id: int, *, cumulative: Collection[str]) -> Job | None:
        """Return a planned bundle with its parts; None when it no longer waits to be sent.

        On ``cumulative`` channels the parts sent with earlier versions are among them.
        """
        with self._database.read() as connection:
            row = connection.execute(
                select(bundles).where(
                    bundles.c.commune_id == self._commune_id,
                    bundles.c.id == bundle_id,
                    bundles.c.state == State.PLANNED,
                )
            ).first()
            if row is None:
                return None
            states = [State.PLANNED]
            if row.channel in cumulative:
                states += [State.SENT, State.CONFIRMED]
            parts = connection.execute(
                select(deliveries)
                .where(deliveries.c.bundle_id == bundle_id, deliveries.c.state.in_(states))
                .order_by(deliveries.c.id)
            ).all()
        return Job(
            bundle=bundle_of(row),
            attempts=row.attempts,
            sent_before=row.receipt is not None,
            parts=tuple(
                Part(
                    part.id,
                    part.campaign_id,
                    part.revision,
                    part.hamlet_id,
                    part.content_hash,
                    State(part.state),
                )
                for part in parts
            ),
        )

    @again_if_lost
    def begin(
        self,
        wanted: Sequence[Bundle],
        *,
        at: datetime,
        actor: str,
        durable: bool,
        holder: str | None = None,
    ) -> set[int]:
        """Commit that sending begins; return the ids for which it may.

        A bundle whose items changed since it was read or are too late, whose target another
        bundle is being sent to, or whose lease ``holder`` has lost, is left out.
        """
        try:
            return self._begin(begin_free, wanted, at, actor, durable, holder)
        except IntegrityError:
            return self._begin(begin_one_by_one, wanted, at, actor, durable, holder)

    def _begin(
        self,
        choose: Callable[[Connection, str, Sequence[Bundle], str | None, datetime], set[int]],
        wanted: Sequence[Bundle],
        at: datetime,
        actor: str,
        durable: bool,
        holder: str | None,
    ) -> set[int]:
        with self._database.write(durable=durable) as connection:
            if len(wanted) > 1:
                lock_bundles(connection, [bundle.id for bundle in wanted])
            begun = choose(connection, self._commune_id, wanted, holder, at)
            move_deliveries(
                connection,
                self._commune_id,
                deliveries.c.bundle_id.in_(begun),
                old=State.PLANNED,
                new=State.SENDING,
                at=at,
                actor=actor,
            )
        return begun

    def being_sent(self) -> list[Bundle]:
        """Return bundles whose sending has begun."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(bundles)
                .where(bundles.c.commune_id == self._commune_id, bundles.c.state == State.SENDING)
                .order_by(bundles.c.id)
            ).all()
        return [bundle_of(row) for row in rows]

    def next_moment(self, *, rehearse: Collection[str]) -> datetime | None:
        """Return when the next bundle is due; None when nothing waits."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.min(bundles.c.next_attempt_at)).where(
                    bundles.c.commune_id == self._commune_id,
                    bundles.c.state == State.PLANNED,
                    not_rehearsed(rehearse),
                )
            ).scalar()


def not_rehearsed(backends: Collection[str]) -> ColumnElement[bool]:
    """Leave out bundles of ``backends`` whose present version was rehearsed already."""
    b = bundles.c
    return or_(
        b.backend.not_in(backends),
        b.rehearsed_version.is_(None),
        b.rehearsed_version != b.version,
    )


def bundle_of(row: Row[tuple[object, ...]]) -> Bundle:
    return Bundle(
        id=row.id,
        commune_id=row.commune_id,
        channel=row.channel,
        backend=row.backend,
        target=row.target,
        slot=row.slot,
        version=row.version,
        priority=Priority(row.priority),
        edition=row.edition,
    )
