"""What a platform tells about its groups: kept before it is answered, understood afterwards.

The same event comes several times when an answer was late. Its id is kept for good, its body
only until somebody has understood it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select, true, update

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, upsert
from engine.ledger.relay_tables import chat_events
from engine.ledger.seal import Seal

#: Events read at a time.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it came: when it was said, when it came, and its body."""

    commune_id: str
    id: str
    said_at: datetime
    came_at: datetime
    body: bytes = field(repr=False)


class Mailbox:
    """The events of every commune, or of one."""

    def __init__(self, database: Database, seal: Seal, commune_id: str | None = None) -> None:
        self._database = database
        self._seal = seal
        self._own = chat_events.c.commune_id == commune_id if commune_id is not None else true()

    @again_if_lost
    def keep(self, events: Sequence[Told]) -> None:
        """Keep events durably, in one transaction; those known already change nothing."""
        rows = [
            {
                "commune_id": one.commune_id,
                "id": one.id,
                "said_at": one.said_at,
                "came_at": one.came_at,
                "sealed": self._seal.close(one.body),
            }
            for one in {(one.commune_id, one.id): one for one in events}.values()
        ]
        if rows:
            with self._database.write(durable=True) as connection:
                connection.execute(upsert(connection, chat_events).on_conflict_do_nothing(), rows)

    def waiting(self) -> list[Told]:
        """Return what nobody has understood yet, in the order in which it was said."""
        e = chat_events.c
        query = (
            select(chat_events)
            .where(e.sealed.is_not(None), self._own)
            .order_by(e.came_at, e.said_at, e.id)
            .limit(_BATCH)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            Told(row.commune_id, row.id, row.said_at, row.came_at, self._seal.open(row.sealed))
            for row in rows
        ]

    def done(self, event: Told) -> None:
        """Forget what an event said; that it came stays known."""
        e = chat_events.c
        with self._database.write() as connection:
            connection.execute(
                update(chat_events)
                .where(e.commune_id == event.commune_id, e.id == event.id)
                .values(sealed=None)
            )

    def forget(self, before: datetime) -> None:
        """Remove what came so long ago that no platform tells it again."""
        e = chat_events.c
        with self._database.write() as connection:
            connection.execute(
                delete(chat_events).where(e.sealed.is_(None), e.came_at < before, self._own)
            )
