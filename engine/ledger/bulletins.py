"""Which bulletins told which words of a campaign: an event of that campaign for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost
from engine.ledger.moves import record_event
from engine.ledger.revision import Status
from engine.ledger.tables import events, revisions

#: What such an event is called; its detail is a bulletin, a revision and a hash of the words.
MADE = "bulletin_made"
#: So long after an amendment nobody looks for bulletins with the old words any more.
SOUGHT: Final = timedelta(days=60)

_APART = " · "


@dataclass(frozen=True, slots=True)
class InBulletin:
    """One campaign in one bulletin, as it last was made: by its name, as ``2026-w49``."""

    bulletin: str
    revision: int
    words: str
    at: datetime

    @property
    def detail(self) -> str:
        return _APART.join((self.bulletin, str(self.revision), self.words))


@dataclass(frozen=True, slots=True)
class Stale:
    """A bulletin that tells other words of these campaigns than hold ``since``.

    ``command`` makes it again.
    """

    bulletin: str
    campaigns: tuple[str, ...]
    made_at: datetime
    since: datetime
    command: str


class BulletinBook:
    """The bulletins of one commune, in its audit trail."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    def of(self, campaign_id: str) -> list[InBulletin]:
        """Return the bulletins that told a campaign, each as it was made last."""
        e = events.c
        query = (
            select(e.at, e.detail)
            .where(e.commune_id == self._commune_id, e.campaign_id == campaign_id)
            .where(e.to_state == MADE)
            .order_by(e.id)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        found: dict[str, InBulletin] = {}
        for row in rows:
            name, revision, words = row.detail.split(_APART)
            found[name] = InBulletin(name, int(revision), words, row.at)
        return list(found.values())

    @again_if_lost
    def record(self, told: Mapping[str, InBulletin], actor: str) -> None:
        """Keep that a bulletin was made, and what it tells of each campaign, by id."""
        with self._database.write(durable=True) as connection:
            for campaign_id, one in told.items():
                record_event(
                    connection,
                    self._commune_id,
                    what=MADE,
                    at=one.at,
                    actor=actor,
                    campaign_id=campaign_id,
                    detail=one.detail,
                )

    def changed(self, after: datetime) -> list[tuple[str, int, datetime]]:
        """Return what was amended or stopped, last approved after a moment: id, revision, when."""
        r = revisions.c
        query = (
            select(r.campaign_id, func.max(r.revision), func.max(r.approved_at))
            .where(r.commune_id == self._commune_id, r.approved_at > after)
            .where(r.status.in_((Status.OPEN, Status.CANCELLED, Status.ENDED)))
            .where(or_(r.revision > 1, r.status == Status.CANCELLED))
            .group_by(r.campaign_id)
            .order_by(r.campaign_id)
        )
        with self._database.read() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]
