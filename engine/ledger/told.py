"""What people may know of a campaign: every delivery that left, or of which nobody can say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.ledger.database import Database
from engine.ledger.tables import deliveries
from engine.models import Purpose
from engine.states import MAY_BE_KNOWN, State


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A delivery of which people may know, of whatever revision, in whatever state it is now."""

    id: int
    revision: int
    hamlet_id: str
    channel: str
    backend: str
    target: str
    slot: datetime
    asap: bool
    purpose: Purpose
    content_hash: str
    households: int
    state: State
    changed_at: datetime

    @property
    def place(self) -> tuple[str, str, str]:
        return (self.hamlet_id, self.channel, self.target)


class ToldBook:
    """What the people of one commune may have been told."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def of(self, campaign_id: str) -> list[ToldRow]:
        """Return what people may know of a campaign, in the order in which they were told.

        What is being sent, in doubt, or without proof is among it: somebody may have heard it.
        What was withdrawn after its slot had been heard or read; what was taken back before its
        slot had come was not. What only asks somebody to pass it on tells nothing new.
        """
        d = deliveries.c
        query = (
            select(
                d.id,
                d.revision,
                d.hamlet_id,
                d.channel,
                d.backend,
                d.target,
                d.slot,
                d.asap,
                d.purpose,
                d.content_hash,
                d.households,
                d.state,
                d.changed_at,
            )
            .where(
                d.commune_id == self._commune_id,
                d.campaign_id == campaign_id,
                d.purpose != Purpose.REMINDER,
                d.state.in_((*MAY_BE_KNOWN, State.WITHDRAWN)),
            )
            .order_by(d.revision, d.slot, d.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        found = (
            ToldRow(
                id=row.id,
                revision=row.revision,
                hamlet_id=row.hamlet_id,
                channel=row.channel,
                backend=row.backend,
                target=row.target,
                slot=row.slot,
                asap=row.asap,
                purpose=Purpose(row.purpose),
                content_hash=row.content_hash,
                households=row.households,
                state=State(row.state),
                changed_at=row.changed_at,
            )
            for row in rows
        )
        return [one for one in found if one.state is not State.WITHDRAWN or _was_known(one)]


def _was_known(one: ToldRow) -> bool:
    """Say whether it was withdrawn once people could know it, not taken back before."""
    return one.changed_at >= one.slot
