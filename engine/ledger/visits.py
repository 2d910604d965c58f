"""What teams need for their visits: links, private lists, and what came of it.

Whoever is shown a list leaves an event, written before the list is opened; events hold ids and
numbers, never what is on it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, select, union

from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, is_postgresql, take_turns
from engine.ledger.evidence import add_evidence, pieces_of
from engine.ledger.links import Door, Kind, Links
from engine.ledger.moves import record_event
from engine.ledger.relay_tables import relay_words
from engine.ledger.relays import Written, add_word
from engine.ledger.seal import Seal
from engine.ledger.team_tables import private_lists, visit_links
from engine.models.relay import WordKind
from engine.models.visit import Household, VisitLink, VisitReport, last_words

#: Letters by which a household is told from others.
_MARK = 16


def _link(row: Row[Any]) -> VisitLink:
    return VisitLink(
        row.commune_id,
        row.id,
        row.campaign_id,
        row.team_id,
        row.made_at,
        row.until,
        row.revoked_at,
    )


#: The links of teams.
VISITS = Kind(visit_links, visit_links.c.team_id, _link, "link_revoked", signs="visits\n")


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed: households of private lists, and words that were dealt with.

    ``waiting`` words would have gone too, had somebody dealt with them.
    """

    households: int
    words: int
    waiting: int = 0


class VisitBook:
    """The visits of one commune."""

    def __init__(self, database: Database, commune_id: str, seal: Seal) -> None:
        self._database = database
        self._commune_id = commune_id
        self._seal = seal
        self._links = Links(database, commune_id, seal, VISITS)

    def link(self, campaign_id: str, team_id: str, *, at: datetime, until: datetime) -> VisitLink:
        """Return the team's open link for the campaign, made if there is none."""
        return self._links.link(campaign_id, team_id, at=at, until=until)

    def links(self, campaign_id: str) -> list[VisitLink]:
        """Return every link of a campaign, the revoked ones too, in the order they were made."""
        return self._links.all(campaign_id)

    def revoke(self, campaign_id: str, team_id: str, *, at: datetime, by: str) -> int:
        """End the team's links for the campaign, on the record; return how many were open."""
        return self._links.revoke(campaign_id, team_id, at=at, by=by)

    def token(self, link: VisitLink) -> str:
        """Return what the link's address ends with."""
        return self._links.token(link)

    @again_if_lost
    def put_list(
        self,
        campaign_id: str,
        households: Sequence[Household],
        *,
        ends_at: datetime,
        at: datetime,
        by: str,
    ) -> bool:
        """Keep a list in place of the campaign's earlier one, whole or not at all.

        Return whether it is another one: the very same again changes nothing.
        """
        p = private_lists.c
        marks = [self._seal.mark(_dump(one))[:_MARK] for one in households]
        mine = (p.commune_id == self._commune_id, p.campaign_id == campaign_id)
        with self._database.write(durable=True) as connection:
            take_turns(connection, f"{self._commune_id}/private_lists/{campaign_id}")
            kept = select(p.mark).where(*mine, p.ends_at == ends_at).order_by(p.number)
            if marks == list(connection.execute(kept).scalars()):
                return False
            _forget_on_disk(connection)
            replaced = connection.execute(delete(private_lists).where(*mine)).rowcount
            connection.execute(
                insert(private_lists),
                [
                    {
                        "commune_id": self._commune_id,
                        "campaign_id": campaign_id,
                        "number": number,
                        "hamlet_id": one.hamlet_id,
                        "team_id": one.team_id,
                        "sealed": self._seal.close(_dump(one).encode()),
                        "mark": mark,
                        "added_at": at,
                        "ends_at": ends_at,
                    }
                    for number, (one, mark) in enumerate(
                        zip(households, marks, strict=True), start=1
                    )
                ],
            )
            detail = _("{count} households").format(count=len(households))
            self._record(connection, "list_imported", campaign_id, at, by, detail)
        if replaced:
            self._database.forget(private_lists.name)
        return True

    def counts(self, campaign_id: str) -> dict[tuple[str, str], int]:
        """Return how many households are listed, by (hamlet, team); nothing is opened."""
        p = private_lists.c
        query = (
            select(p.hamlet_id, p.team_id, func.count())
            .where(p.commune_id == self._commune_id, p.campaign_id == campaign_id)
            .group_by(p.hamlet_id, p.team_id)
        )
        with self._database.read() as connection:
            return {(row[0], row[1]): int(row[2]) for row in connection.execute(query)}

    def read_list(
        self,
        campaign_id: str,
        team_id: str,
        hamlets: Collection[str],
        *,
        at: datetime,
        by: str,
        how: str,
    ) -> list[Household]:
        """Return a team's households, in the list's order; that they were shown is on record.

        Only of ``hamlets``: those to which it still goes. ``how`` says by which way: ids and words
        of Loa's, kept in the event.
        """
        p = private_lists.c
        query = select(p.sealed).where(
            p.commune_id == self._commune_id,
            p.campaign_id == campaign_id,
            p.team_id == team_id,
            p.hamlet_id.in_(sorted(hamlets)),
        )
        with self._database.write(durable=True) as connection:
            sealed = connection.execute(query.order_by(p.number)).scalars().all()
            if sealed:
                detail = _("{team}, {count} households, {how}").format(
                    team=team_id, count=len(sealed), how=how
                )
                self._record(connection, "list_shown", campaign_id, at, by, detail)
        return [_load(self._seal.open(bytes(one))) for one in sealed]

    def purge(
        self, *, at: datetime, by: str, keep: timedelta, campaign_id: str | None = None
    ) -> Purged:
        """Remove private lists ``keep`` after their campaigns' end, and words about help needed
        that somebody has dealt with.

        With ``campaign_id`` only that one's, whenever it ends, and its words of every kind.
        """
        p, w = private_lists.c, relay_words.c
        with self._database.write(durable=True) as connection:
            _forget_on_disk(connection)
            due = p.campaign_id == campaign_id if campaign_id else p.ends_at <= at - keep
            gone = connection.execute(
                delete(private_lists)
                .where(p.commune_id == self._commune_id, due)
                .returning(p.campaign_id)
            ).scalars()
            lists: dict[str, int] = {}
            for one in gone:
                lists[one] = lists.get(one, 0) + 1
            old = w.campaign_id == campaign_id if campaign_id else w.at <= at - keep
            kinds = tuple(WordKind) if campaign_id else (WordKind.NEEDS_HELP,)
            theirs = (w.commune_id == self._commune_id, w.kind.in_(kinds), old)
            words = connection.execute(
                delete(relay_words).where(*theirs, w.done_at.is_not(None))
            ).rowcount
            left = select(func.count()).select_from(relay_words).where(*theirs)
            waiting = connection.execute(left).scalar_one()
            for name, count in sorted(lists.items()):
                detail = _("{count} households").format(count=count)
                self._record(connection, "list_purged", name, at, by, detail)
        if lists or words:
            self._database.forget(private_lists.name, relay_words.name)
        return Purged(sum(lists.values()), words, waiting)

    @again_if_lost
    def record(self, reports: Sequence[VisitReport], word: Written | None = None) -> bool:
        """Keep what somebody says of one visit, of every delivery that it answers, or nothing.

        False when it is his last word on all of them already. What others say of the same visits
        stays beside it. ``word`` is kept with it: who needs help, for a person at the commune.
        """
        new = False
        with self._database.write(durable=True) as connection:
            for report in sorted(reports, key=lambda one: one.delivery_id):  # no two in a circle
                take_turns(connection, f"{self._commune_id}/visits/{report.delivery_id}")
            for report in reports:
                known = last_words(pieces_of(connection, self._commune_id, report.delivery_id))
                if not any(one.by == report.by and one.visits == report.visits for one in known):
                    add_evidence(connection, self._commune_id, report.pieces())
                    new = True
            if word is not None:
                new = add_word(connection, self._commune_id, self._seal, word) or new
        return new

    def _record(
        self,
        connection: Connection,
        what: str,
        campaign_id: str,
        at: datetime,
        by: str,
        detail: str,
    ) -> None:
        record_event(
            connection,
            self._commune_id,
            what=what,
            at=at,
            actor=by,
            campaign_id=campaign_id,
            detail=detail,
        )


def communes_to_purge(database: Database, before: datetime) -> list[str]:
    """Return the communes with private lists, or words dealt with, that ended ``before``."""
    p, w = private_lists.c, relay_words.c
    settled = and_(w.kind == WordKind.NEEDS_HELP, w.done_at.is_not(None), w.at <= before)
    query = union(
        select(p.commune_id).where(p.ends_at <= before), select(w.commune_id).where(settled)
    )
    with database.read() as connection:
        return sorted(connection.execute(query).scalars())


class VisitDoor(Door[VisitLink]):
    """Where teams' links of any commune are opened."""

    def __init__(self, database: Database, seal: Seal, commune_id: str | None = None) -> None:
        """``commune_id``: only this one's links open."""
        super().__init__(database, seal, VISITS, commune_id)


def _forget_on_disk(connection: Connection) -> None:
    """Let SQLite overwrite what is removed; on a server that is what VACUUM is for."""
    if not is_postgresql(connection):
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def _dump(one: Household) -> str:
    return json.dumps(asdict(one), ensure_ascii=False, sort_keys=True)


def _load(plain: bytes) -> Household:
    return Household(**json.loads(plain))
