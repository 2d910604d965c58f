"""Leases: which process has which bundles in hand, and what comes back when it dies.

A bundle travels under three kinds of holder: a ``queue:`` token while its message waits in the
queue, the worker that claimed it, the sweeper that settles what a dead worker left. Every step
is a guarded UPDATE, so that of any number of processes exactly one wins. Moments are those of
the caller's clock; machines may differ by less than half a lease.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from engine.ledger.bundles import bundle_of, not_rehearsed
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, literal_state
from engine.ledger.given import IDS, among, unindexed
from engine.ledger.tables import bundles
from engine.models import Bundle, Priority
from engine.states import State

#: Begins the holder of every lease whose bundle waits in the queue.
QUEUED = "queue:"

_PLANNED = bundles.c.state == literal_state(State.PLANNED)
_SENDING = bundles.c.state == literal_state(State.SENDING)


@cache
def _claim(*, scoped: bool) -> ReturningUpdate[int]:
    """Return what claims a message's bundles; it runs for every one."""
    b = bundles.c
    return (
        update(bundles)
        .where(
            among(b.id, IDS),
            b.lease_by == bindparam("of"),
            unindexed(b.state) == State.PLANNED,
            unindexed(b.commune_id) == bindparam("of_commune") if scoped else true(),
        )
        .values(
            lease_by=bindparam("holder"), lease_until=bindparam("until", type_=b.lease_until.type)
        )
        .returning(b.id)
    )


class Due(NamedTuple):
    """A bundle that somebody was given to queue."""

    id: int
    commune_id: str


class Leases:
    """The leases on one commune's bundles, or on those of all (``commune_id`` None)."""

    def __init__(self, database: Database, commune_id: str | None) -> None:
        self._database = database
        self._commune_id = commune_id
        self._mine = true() if commune_id is None else bundles.c.commune_id == commune_id

    @again_if_lost
    def take_due(
        self,
        now: datetime,
        priority: Priority,
        *,
        holder: str,
        until: datetime,
        rehearse: Collection[str],
        limit: int,
        where: ColumnElement[bool] | None = None,
    ) -> list[Due]:
        """Take bundles of one priority that are due and nobody's, the longest due first.

        Backends in ``rehearse`` are due once per version only; ``where`` narrows it further.
        """
        b = bundles.c
        free = and_(self._mine, _PLANNED, b.next_attempt_at <= now, _nobodys(now))
        if where is not None:
            free = and_(free, where)
        due = (
            select(b.id, b.commune_id)
            .where(free, b.priority == priority, not_rehearsed(rehearse))
            .order_by(b.next_attempt_at, b.id)
            .limit(limit)
        )
        return [Due(row.id, row.commune_id) for row in self._take(due, holder, until)]

    def waits(self, now: datetime, priority: Priority, *, rehearse: Collection[str]) -> bool:
        """Say whether ``take_due`` would find anything; it reads one row of an index."""
        b = bundles.c
        free = and_(self._mine, _PLANNED, b.next_attempt_at <= now, _nobodys(now))
        query = select(b.id).where(free, b.priority == priority, not_rehearsed(rehearse)).limit(1)
        with self._database.look() as connection:
            return connection.execute(query).first() is not None

    def _take(self, query: Select[Any], holder: str, until: datetime) -> Sequence[Row[Any]]:
        """Lease the bundles that ``query`` finds and nobody else is taking; return its rows.

        Ids go through this process: a join would be planned anew by what the database
        believes about a table that has just been filled.
        """
        with self._database.look() as connection:
            if connection.execute(query.limit(1)).first() is None:
                return []
        with self._database.write() as connection:
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            connection.execute(
                update(bundles)
                .where(among(bundles.c.id, [row.id for row in rows]))
                .values(lease_until=until, lease_by=holder)
            )
        return rows

    @again_if_lost
    def put_off(self, channel: str, backend: str, now: datetime, until: datetime) -> int:
        """Let all that is due and nobody's on one backend wait until then; return how many."""
        b = bundles.c
        waiting = and_(self._mine, _PLANNED, b.next_attempt_at <= now, _nobodys(now))
        with self._database.write() as connection:
            return connection.execute(
                update(bundles)
                .where(waiting, b.channel == channel, b.backend == backend)
                .values(next_attempt_at=until)
            ).rowcount

    @again_if_lost
    def claim(self, ids: Sequence[int], *, of: str, holder: str, until: datetime) -> list[int]:
        """Take over what is planned and still leased to ``of``; return it in its order.

        What is missing from the answer was sent, settled or leased anew meanwhile.
        """
        given: dict[str, Any] = {"ids": ids, "of": of, "holder": holder, "until": until}
        if self._commune_id is not None:
            given["of_commune"] = self._commune_id
        statement = _claim(scoped=self._commune_id is not None)
        with self._database.write() as connection:
            won = set(connection.execute(statement, given).scalars())
        return [bundle_id for bundle_id in ids if bundle_id in won]

    def renew(self, holder: str, until: datetime) -> int:
        """Prolong every lease of ``holder``; return how many there are."""
        states, values = (State.PLANNED, State.SENDING), {"lease_until": until}
        return self._change(states, bundles.c.lease_by == holder, values)

    def give_back(self, holder: str, *, sending: bool, only: Collection[int] | None = None) -> int:
        """Give every lease of ``holder`` back, or ``only`` those on some; return how many.

        ``sending``: those being sent as well, for the sweeper to settle; only for one who
        knows that the holder sends them no more.
        """
        states = (State.PLANNED, State.SENDING) if sending else (State.PLANNED,)
        free = {"lease_until": None, "lease_by": None}
        if only is None:
            return self._change(states, bundles.c.lease_by == holder, free)
        b = bundles.c
        theirs = and_(among(b.id, only), b.lease_by == holder, unindexed(b.state).in_(states))
        if self._commune_id is not None:
            theirs = and_(theirs, unindexed(b.commune_id) == self._commune_id)
        with self._database.write() as connection:
            return connection.execute(update(bundles).where(theirs).values(free)).rowcount

    def _change(
        self,
        states: Sequence[State],
        where: ColumnElement[bool],
        values: Mapping[str, Any],
    ) -> int:
        """Change leases on what is still to be done; return on how many bundles.

        One state at a time: each has an index that holds nothing else. An index by holder
        would be written at every step of every bundle, and costs more than it saves.
        """
        with self._database.write() as connection:
            return sum(
                connection.execute(
                    update(bundles)
                    .where(self._mine, bundles.c.state == literal_state(state), where)
                    .values(values)
                ).rowcount
                for state in states
            )

    def forget_queue(self) -> int:
        """Give back what waits in a queue that no longer exists; return how many."""
        queued = bundles.c.lease_by.startswith(QUEUED, autoescape=True)
        return self._change((State.PLANNED,), queued, {"lease_until": None, "lease_by": None})

    def take_stranded(
        self, now: datetime, *, holder: str, until: datetime, limit: int
    ) -> list[Bundle]:
        """Take bundles whose sending has begun and whose sender is dead, to settle them."""
        b = bundles.c
        # Not by the ids' own index: that would go through every bundle there ever was.
        in_turn = b.id + 0
        stranded = select(*b).where(self._mine, _SENDING, _nobodys(now)).order_by(in_turn)
        stranded = stranded.limit(limit)
        return [bundle_of(row) for row in self._take(stranded, holder, until)]


def _nobodys(now: datetime) -> ColumnElement[bool]:
    return or_(bundles.c.lease_until.is_(None), bundles.c.lease_until < now)


def sent_by(backends: Collection[str]) -> ColumnElement[bool]:
    """Only bundles of these backends."""
    return bundles.c.backend.in_(backends)


def sent_by_others(backends: Collection[str]) -> ColumnElement[bool]:
    """Only bundles of other backends than these."""
    return bundles.c.backend.not_in(backends)
