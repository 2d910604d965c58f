"""What the services look for in every commune that they serve: due, over, waiting, left behind.

Nothing here is for people: they see their own commune only.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select, true

from engine.ledger.bundles import next_moment
from engine.ledger.database import Database
from engine.ledger.dialect import literal_state
from engine.ledger.escalation_tables import escalating
from engine.ledger.gauges import Gauges
from engine.ledger.leases import Leases
from engine.ledger.pages import communes_to_look_for
from engine.ledger.revisions import Status
from engine.ledger.tables import bundles, events, play_marks, registries, revisions
from engine.states import State

#: How long before the end of a programme its player is asked for the first time.
AHEAD: Final = timedelta(hours=1)

#: How often a player is asked that nothing is awaited of.
SELDOM: Final = timedelta(minutes=30)


class Rounds:
    """The round of one commune, or of all (``commune_id`` None)."""

    def __init__(self, database: Database, commune_id: str | None = None) -> None:
        self._database = database
        self._commune_id = commune_id
        self.leases = Leases(database, commune_id)
        self.gauges = Gauges(database, commune_id)

    def commune_ids(self) -> list[str]:
        """Return every commune that has a registry."""
        r = registries.c
        return self._read(select(r.commune_id).where(self._mine(r.commune_id)))

    def to_open(self) -> list[str]:
        """Return the communes in which something approved has not been opened."""
        r = revisions.c
        approved = r.status == literal_column(f"'{Status.APPROVED}'")  # as its index has it
        return self._read(select(r.commune_id).where(approved, self._mine(r.commune_id)))

    def overdue(self, now: datetime) -> list[str]:
        """Return the communes in which something's time is over before it was sent."""
        b = bundles.c
        over = and_(b.state == literal_state(State.PLANNED), b.expires_at < now)
        return self._read(select(b.commune_id).where(over, self._mine(b.commune_id)))

    def to_hear(self, now: datetime) -> list[str]:
        """Return the communes whose players are to be asked what they played, or to be judged.

        Those that something was handed over for and is awaited; the others that were ever
        asked come again by and by, for a player may have been away for days.
        """
        b, m = bundles.c, play_marks.c
        awaited = select(b.commune_id).where(
            b.ends_at.is_not(None), b.ends_at < now + AHEAD, self._mine(b.commune_id)
        )
        long_ago = select(m.commune_id).where(m.asked_at < now - SELDOM, self._mine(m.commune_id))
        with self._database.read() as connection:
            found = {*connection.execute(awaited.distinct()).scalars()}
            return sorted(found | set(connection.execute(long_ago.distinct()).scalars()))

    def to_look_for(self, portals: Collection[str], after: datetime, before: datetime) -> list[str]:
        """Return the communes with posts on ``portals`` that nobody has seen there yet."""
        span = (after, before)
        return communes_to_look_for(self._database, self._commune_id, "portal", portals, *span)

    def with_players(self, now: datetime) -> list[str]:
        """Return the communes whose players hold programmes for slots to come, or on air."""
        b = bundles.c
        return self._read(select(b.commune_id).where(b.ends_at > now, self._mine(b.commune_id)))

    def registries(self) -> dict[str, int]:
        """Return the number of each commune's newest registry."""
        r = registries.c
        newest = (
            select(r.commune_id, func.max(r.revision))
            .where(self._mine(r.commune_id))
            .group_by(r.commune_id)
        )
        with self._database.read() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(newest)}

    def escalating(self) -> list[tuple[str, str, int]]:
        """Return the campaigns of which somebody must pass something on.

        With each, by commune and id, the number of the newest event that concerns it.
        """
        w, e = escalating.c, events.c
        newest = (
            select(func.max(e.id))
            .where(e.commune_id == w.commune_id, e.campaign_id == w.campaign_id)
            .scalar_subquery()
        )
        query = select(w.commune_id, w.campaign_id, newest).where(self._mine(w.commune_id))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(w.commune_id, w.campaign_id)).all()
        return [(row[0], row[1], int(row[2] or 0)) for row in rows]

    def next_moment(self, *, rehearse: Collection[str]) -> datetime | None:
        """Return when the next bundle is due; None when nothing waits."""
        mine = self._mine(bundles.c.commune_id)
        return next_moment(self._database, mine, rehearse=rehearse)

    def left_behind(self) -> list[str]:
        """Return the communes in which somebody has leases, or was sending."""
        b = bundles.c
        in_hand = or_(b.lease_until.is_not(None), b.state == literal_state(State.SENDING))
        return self._read(select(b.commune_id).where(in_hand, self._mine(b.commune_id)))

    def last_event_at(self) -> datetime | None:
        """Return the latest moment in the audit trail; no clock may go back behind it."""
        e = events.c
        with self._database.read() as connection:
            return connection.execute(
                select(func.max(e.at)).where(self._mine(e.commune_id))
            ).scalar()

    def _mine(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        return true() if self._commune_id is None else column == self._commune_id

    def _read(self, query: Select[str]) -> list[str]:
        with self._database.read() as connection:
            return sorted(connection.execute(query.distinct()).scalars().all())
