"""Links with which people carry messages on, and what they wrote back through them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.dialect import upsert
from engine.ledger.links import Door, Kind, Links
from engine.ledger.moves import record_event
from engine.ledger.relay_tables import relay_links, relay_words
from engine.ledger.seal import Seal
from engine.models.plain import plain_lines
from engine.models.relay import RelayLink, RelayWord, WordKind

#: Letters by which a word is called.
_WORD = 12


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


#: The links of people who pass something on.
RELAYS = Kind(relay_links, relay_links.c.person_id, _link, "relay_link_revoked")


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
        self._links = Links(database, commune_id, seal, RELAYS)

    def link(self, campaign_id: str, person_id: str, *, at: datetime, until: datetime) -> RelayLink:
        """Return the person's open link for the campaign, made if there is none."""
        return self._links.link(campaign_id, person_id, at=at, until=until)

    def links(self, campaign_id: str) -> list[RelayLink]:
        """Return every link of a campaign, the revoked ones too, in the order they were made."""
        return self._links.all(campaign_id)

    def revoke(self, campaign_id: str, person_id: str, *, at: datetime, by: str) -> int:
        """End the person's links for the campaign, on the record; return how many were open."""
        return self._links.revoke(campaign_id, person_id, at=at, by=by)

    def token(self, link: RelayLink) -> str:
        """Return what the link's address ends with."""
        return self._links.token(link)

    def write_down(self, author: Author, kind: WordKind, text: str, at: datetime) -> bool:
        """Keep what somebody wrote; False when he has written the very same before."""
        word = Written(author, kind, text, at)
        with self._database.write(durable=True) as connection:
            return add_word(connection, self._commune_id, self._seal, word)

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

    def shown(self, words: Iterable[RelayWord], *, by: str, at: datetime) -> None:
        """Record who was shown words about people, before he is: how many of which campaign."""
        counts = Counter(word.campaign_id for word in words)
        with self._database.write(durable=True) as connection:
            for campaign_id, count in sorted(counts.items()):
                record_event(
                    connection,
                    self._commune_id,
                    what="words_shown",
                    at=at,
                    actor=by,
                    campaign_id=campaign_id,
                    detail=_("{count} words about who needs help").format(count=count),
                )

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


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote, and when. Personal: sealed where it is kept."""

    author: Author
    kind: WordKind
    text: str = field(repr=False)
    at: datetime


def add_word(connection: Connection, commune_id: str, seal: Seal, word: Written) -> bool:
    """Keep a word, within a transaction; False when the very same was written before.

    Whichever way it came by: what could steer a terminal or turn a line around is not kept.
    """
    author, text = word.author, plain_lines(word.text)
    said = "\n".join((author.campaign_id, author.hamlet_id, author.person_id, word.kind, text))
    new = upsert(connection, relay_words).values(
        commune_id=commune_id,
        id=seal.mark(said)[:_WORD],
        campaign_id=author.campaign_id,
        hamlet_id=author.hamlet_id,
        person_id=author.person_id,
        kind=word.kind,
        sealed=seal.close(text.encode()),
        at=word.at,
    )
    return connection.execute(new.on_conflict_do_nothing()).rowcount == 1


class RelayDoor(Door[RelayLink]):
    """Where links of any commune are opened."""

    def __init__(self, database: Database, seal: Seal, commune_id: str | None = None) -> None:
        """``commune_id``: only this one's links open."""
        super().__init__(database, seal, RELAYS, commune_id)
