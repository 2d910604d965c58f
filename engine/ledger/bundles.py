"""Bundles waiting to be sent: found when due, leased, and begun."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from engine.ledger.beginning import begin_free, begin_one_by_one
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, literal_state
from engine.ledger.given import IDS, among, unindexed
from engine.ledger.moves import Move
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
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """A bundle to be worked on, with the parts it would carry."""

    bundle: Bundle
    attempts: int
    sent_before: bool
    parts: tuple[Part, ...]

    def is_over(self, now: datetime) -> bool:
        """Say whether the time of something that is still to be sent has passed."""
        return any(part.expires_at < now for part in self.parts if part.state is State.PLANNED)


class Bundles:
    """The bundles of one commune."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    @again_if_lost
    def release(self, ids: Collection[int], *, holder: str | None = None) -> None:
        """Give leases back, so that the next tick finds what was left undone.

        Only leases of ``holder``, if one is named: what another took meanwhile stays his.
        """
        if not ids:
            return
        where = [bundles.c.commune_id == self._commune_id, among(bundles.c.id, ids)]
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
        """Return a planned bundle with its parts; None when it no longer waits to be sent."""
        return self.jobs([bundle_id], cumulative=cumulative).get(bundle_id)

    def jobs(self, ids: Collection[int], *, cumulative: Collection[str]) -> dict[int, Job]:
        """Return the bundles among ``ids`` that wait to be sent, with their parts.

        On ``cumulative`` channels the parts sent with earlier versions are among them.
        """
        given = {"of_commune": self._commune_id, "ids": ids}
        with self._database.read() as connection:
            rows = connection.execute(_WAITING, given).all()
            parts: dict[int, list[Part]] = {row.id: [] for row in rows}
            carried = {"ids": list(parts), "cumulative": [*cumulative, ""]}
            for part in connection.execute(_CARRIED, carried):
                parts[part.bundle_id].append(part_of(part))
        return {
            row.id: Job(
                bundle=bundle_of(row),
                attempts=row.attempts,
                sent_before=row.receipt is not None,
                parts=tuple(parts[row.id]),
            )
            for row in rows
        }

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
            begun = choose(connection, self._commune_id, wanted, holder, at)
            if begun:
                said = {"ids": begun, "said_of_all": ""}
                move = _beginning(connection.dialect.name)
                move.run(connection, self._commune_id, at=at, actor=actor, said=said)
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
        mine = bundles.c.commune_id == self._commune_id
        return next_moment(self._database, mine, rehearse=rehearse)


def next_moment(
    database: Database, mine: ColumnElement[bool], *, rehearse: Collection[str]
) -> datetime | None:
    """Return when the next of the bundles in ``mine`` is due; None when none waits."""
    b = bundles.c
    waiting = and_(mine, b.state == literal_state(State.PLANNED), not_rehearsed(rehearse))
    with database.read() as connection:
        return connection.execute(select(func.min(b.next_attempt_at)).where(waiting)).scalar()


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


_PART = (
    deliveries.c.id,
    deliveries.c.bundle_id,
    deliveries.c.campaign_id,
    deliveries.c.revision,
    deliveries.c.hamlet_id,
    deliveries.c.content_hash,
    deliveries.c.state,
    deliveries.c.expires_at,
)


def part_of(row: Row[Any, Any, Any, Any, Any, Any, Any, Any]) -> Part:
    """Return a row of ``_PART`` as dispatch needs it."""
    number, _bundle, campaign_id, revision, hamlet_id, content_hash, state, expires_at = row
    return Part(number, campaign_id, revision, hamlet_id, content_hash, State(state), expires_at)


@cache
def _beginning(dialect: str) -> Move:
    return Move(dialect, among(deliveries.c.bundle_id, IDS), State.PLANNED, State.SENDING)


#: Built once: they run for every message.
_WAITING = select(bundles).where(
    unindexed(bundles.c.commune_id) == bindparam("of_commune"),
    among(bundles.c.id, IDS),
    unindexed(bundles.c.state) == State.PLANNED,
)
_CARRIED = (
    select(*_PART)
    .where(
        among(deliveries.c.bundle_id, IDS),
        or_(
            deliveries.c.state == literal_state(State.PLANNED),
            and_(
                deliveries.c.channel.in_(bindparam("cumulative", expanding=True)),
                deliveries.c.state.in_((State.SENT, State.CONFIRMED)),
                # Worded anew while it was being sent: it never goes out with what comes after.
                deliveries.c.replaced_in.is_(None),
            ),
        ),
    )
    .order_by(deliveries.c.id)
)
