"""Links with which people carry messages on, and what they wrote back through them.

A link is its row's random id and a signature under the data key: whoever reads the ledger, or a
copy of it, cannot make one.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select, true, update

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, take_turns, upsert
from engine.ledger.relay_tables import relay_links, relay_words
from engine.ledger.seal import Seal
from engine.models.relay import RelayLink, RelayWord, WordKind

#: Bytes of a link's id: 12 letters.
_ID = 9

#: Letters by which a word is called.
_WORD = 12


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote, for which hamlet, about what; "" where that is not known."""

    campaign_id: str = ""
    hamlet_id: str = ""
    person_id: str = ""


class Relays:
    """The links of one commune, and the words that came back."""

    def __init__(self, database: Database, commune_id: str, seal: Seal) -> None:
        self._database = database
        self._commune_id = commune_id
        self._seal = seal

    @again_if_lost
    def link(self, campaign_id: str, person_id: str, *, at: datetime, until: datetime) -> RelayLink:
        """Return the person's open link for the campaign, made if there is none."""
        k = relay_links.c
        mine = (
            k.commune_id == self._commune_id,
            k.campaign_id == campaign_id,
            k.person_id == person_id,
            k.revoked_at.is_(None),
            k.until >= at,
        )
        with self._database.write(durable=True) as connection:
            take_turns(connection, f"{self._commune_id}/relay_links/{campaign_id}")
            found = connection.execute(select(relay_links).where(*mine)).first()
            if found is not None:
                return _link(found)
            made = RelayLink(
                self._commune_id,
                secrets.token_urlsafe(_ID),
                campaign_id,
                person_id,
                made_at=at,
                until=until,
            )
            connection.execute(
                insert(relay_links).values(
                    commune_id=made.commune_id,
                    id=made.id,
                    campaign_id=campaign_id,
                    person_id=person_id,
                    made_at=at,
                    until=until,
                )
            )
        return made

    def links(self, campaign_id: str) -> list[RelayLink]:
        """Return every link of a campaign, the revoked ones too, in the order they were made."""
        k = relay_links.c
        query = select(relay_links).where(
            k.commune_id == self._commune_id, k.campaign_id == campaign_id
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(k.made_at, k.id)).all()
        return [_link(row) for row in rows]

    def revoke(self, campaign_id: str, person_id: str, at: datetime) -> int:
        """End the person's links for the campaign; return how many were open."""
        k = relay_links.c
        with self._database.write(durable=True) as connection:
            return connection.execute(
                update(relay_links)
                .where(
                    k.commune_id == self._commune_id,
                    k.campaign_id == campaign_id,
                    k.person_id == person_id,
                    k.revoked_at.is_(None),
                )
                .values(revoked_at=at)
            ).rowcount

    def token(self, link: RelayLink) -> str:
        """Return what the link's address ends with."""
        return link.id + _signature(self._seal, link)

    def write_down(self, author: Author, kind: WordKind, text: str, at: datetime) -> bool:
        """Keep what somebody wrote; False when he has written the very same before."""
        said = "\n".join((author.campaign_id, author.hamlet_id, author.person_id, kind, text))
        with self._database.write(durable=True) as connection:
            new = upsert(connection, relay_words).values(
                commune_id=self._commune_id,
                id=self._seal.mark(said)[:_WORD],
                campaign_id=author.campaign_id,
                hamlet_id=author.hamlet_id,
                person_id=author.person_id,
                kind=kind,
                sealed=self._seal.close(text.encode()),
                at=at,
            )
            return connection.execute(new.on_conflict_do_nothing()).rowcount == 1

    def words(self, campaign_id: str | None = None, *, done: bool = False) -> list[RelayWord]:
        """Return what was written, oldest first; ``done``: also what somebody has dealt with."""
        w = relay_words.c
        query = select(relay_words).where(w.commune_id == self._commune_id)
        if campaign_id is not None:
            query = query.where(w.campaign_id == campaign_id)
        if not done:
            query = query.where(w.done_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(w.at, w.id)).all()
        return [self._word(row) for row in rows]

    def settle(self, ids: Sequence[str], *, by: str, at: datetime) -> int:
        """Record that somebody has dealt with words; return how many were open."""
        w = relay_words.c
        with self._database.write(durable=True) as connection:
            return connection.execute(
                update(relay_words)
                .where(w.commune_id == self._commune_id, w.id.in_(tuple(ids)), w.done_at.is_(None))
                .values(done_at=at, done_by=by)
            ).rowcount

    def _word(self, row: Row[Any]) -> RelayWord:
        return RelayWord(
            row.id,
            row.campaign_id,
            row.hamlet_id,
            row.person_id,
            WordKind(row.kind),
            row.at,
            self._seal.open(bytes(row.sealed)).decode(),
            row.done_at,
            row.done_by or "",
        )


class RelayDoor:
    """Where links of any commune are opened."""

    def __init__(self, database: Database, seal: Seal, commune_id: str | None = None) -> None:
        """``commune_id``: only this one's links open."""
        self._database = database
        self._seal = seal
        self._own = relay_links.c.commune_id == commune_id if commune_id is not None else true()

    def open(self, token: str, now: datetime) -> RelayLink | None:
        """Return the link that a token opens; None for a forged, over or revoked one."""
        query = select(relay_links).where(relay_links.c.id == token[: _ID * 4 // 3], self._own)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        link = _link(row)
        expected = link.id + _signature(self._seal, link)
        signed = secrets.compare_digest(expected.encode(), token.encode())
        return link if signed and link.is_open(now) else None


def _signature(seal: Seal, link: RelayLink) -> str:
    until = link.until.astimezone(UTC).isoformat()  # the same, in whatever zone it was given
    return seal.mark("\n".join((link.commune_id, link.id, until)))[:22]


def _link(row: Row[Any]) -> RelayLink:
    return RelayLink(
        row.commune_id,
        row.id,
        row.campaign_id,
        row.person_id,
        row.made_at,
        row.until,
        row.revoked_at,
    )
