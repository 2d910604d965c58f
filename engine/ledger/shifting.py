"""Deliveries that give way: they leave their slot, and come again in a later one.

A delivery's slot is part of its key and of its bundle, and never changes: what moves is stopped
in the one slot and planned anew in the other, with where it comes from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from engine.ledger.bundling import Opened, touch_bundles
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, insert_on, lock_bundles
from engine.ledger.given import among
from engine.ledger.moves import move_deliveries
from engine.ledger.stopping import stop_deliveries
from engine.ledger.tables import deliveries
from engine.ledger.tries import keep_as_tries
from engine.models import Shift
from engine.states import State

#: What may give way: it waits, or lies with the far side for a slot to come.
_MOVABLE = (State.PLANNED, State.SENT)

#: What a delivery takes along to its new slot.
_TAKEN_ALONG = (
    "commune_id",
    "campaign_id",
    "revision",
    "hamlet_id",
    "channel",
    "backend",
    "target",
    "asap",
    "purpose",
    "content_hash",
    "priority",
    "households",
)


class Shifting:
    """Moves deliveries of one commune to later slots."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    @again_if_lost
    def shift(
        self, shifts: Collection[Shift], *, recalled: Collection[str], at: datetime, actor: str
    ) -> int:
        """Move what still waits, or lies with a far side that is in ``recalled``.

        What has no later slot fails, and a person is told; if it was handed over, it is taken
        back. Return how many deliveries left their slots. Twice has the effect of once.
        """
        if not shifts:
            return 0
        alike: dict[Shift, list[str]] = defaultdict(list)
        for one in shifts:
            alike[replace(one, cluster="")].append(one.cluster)
        with self._database.write(durable=True) as connection:
            return sum(
                self._shift(connection, one, clusters, recalled, at, actor)
                for one, clusters in alike.items()
            )

    def _shift(
        self,
        connection: Connection,
        one: Shift,
        clusters: Collection[str],
        recalled: Collection[str],
        at: datetime,
        actor: str,
    ) -> int:
        """Move one sound off all ``clusters`` that it leaves for the same slot."""
        d = deliveries.c
        of_it = and_(
            d.commune_id == self._commune_id,
            d.channel.in_(recalled),
            d.target.in_(clusters),
            d.slot == one.slot,
            d.campaign_id == one.campaign_id,
            d.content_hash == one.key,
            d.replaced_in.is_(None),
            d.state.in_(_MOVABLE),
        )
        found = connection.execute(select(d.id, d.bundle_id).where(of_it)).all()
        if not found:
            return 0
        meant = among(d.id, [row.id for row in found])
        if one.to is None:
            return self._give_up(connection, found, at, actor, one.reason)
        stop_deliveries(
            connection, self._commune_id, meant, State.SUPERSEDED, recalled, at, actor, one.reason
        )
        left = and_(meant, d.state.in_((State.SUPERSEDED, State.WITHDRAWN)))
        rows = connection.execute(select(deliveries).where(left)).all()
        connection.execute(update(deliveries).where(left).values(replaced_in=d.revision))
        held = self._hold(connection, rows, one.to, one.until, at)
        keep_as_tries(connection, rows, held)
        there = and_(
            d.campaign_id == one.campaign_id,
            d.target.in_(clusters),
            d.slot == one.to,
            d.content_hash == one.key,
            d.moved_from.is_not(None),
        )
        opened = Opened(connection.dialect.name, there)
        opened.run(
            connection, self._commune_id, at=at, actor=actor, said={"said_of_all": one.reason}
        )
        return len(rows)

    def _hold(
        self,
        connection: Connection,
        rows: Iterable[Row[Any]],
        to: datetime,
        until: datetime,
        at: datetime,
    ) -> Sequence[Row[Any]]:
        """Write what moved as held in its new slot; what airs there anyway stays as it is.

        Return what was written.
        """
        written = [
            {
                **{name: getattr(row, name) for name in _TAKEN_ALONG},
                "slot": to,
                "work_at": to - (row.slot - row.work_at),
                "expires_at": until if row.asap else min(until, to + _grace(row)),
                "moved_from": row.moved_from or row.slot,
                "state": State.HELD,
                "changed_at": at,
            }
            for row in rows
        ]
        if not written:
            return ()
        held = insert_on(connection.dialect.name, deliveries)
        connection.execute(held.on_conflict_do_nothing(), written)
        first, d = written[0], deliveries.c
        there = and_(
            d.commune_id == self._commune_id,
            d.campaign_id == first["campaign_id"],
            d.slot == to,
            d.content_hash == first["content_hash"],
            d.target.in_({one["target"] for one in written}),
            d.state == State.HELD,
            d.replaced_in.is_(None),
        )
        return connection.execute(select(deliveries).where(there)).all()

    def _give_up(
        self,
        connection: Connection,
        found: Sequence[Row[Any, Any]],
        at: datetime,
        actor: str,
        reason: str,
    ) -> int:
        d = deliveries.c
        ids = [row.id for row in found]
        in_bundles = {row.bundle_id for row in found if row.bundle_id is not None}
        lock_bundles(connection, in_bundles)
        moved = 0
        for old, new, where in (
            (State.PLANNED, State.FAILED, among(d.id, ids)),
            (State.SENT, State.WITHDRAWN, and_(among(d.id, ids), d.slot > at)),
        ):
            moved += len(
                move_deliveries(
                    connection,
                    self._commune_id,
                    where,
                    old=old,
                    new=new,
                    at=at,
                    actor=actor,
                    detail=reason,
                )
            )
        touch_bundles(connection, self._commune_id, in_bundles, at)
        return moved


def _grace(row: Row[Any]) -> timedelta:
    grace: timedelta = row.expires_at - row.slot
    return grace
