"""Visits: who goes where for a campaign, with which private list, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.team.rounds import planned_in, team_named
from channels.team.sheet import Listed, Sheet, sheet_pdf
from channels.team.wording import Telling, VisitInputs, tellings, titles, words_of
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow, Ledger
from engine.ledger.relays import Author, Written
from engine.models import Content, Hamlet, Purpose, Registry, Right, Team
from engine.models.plain import plain
from engine.models.relay import WordKind
from engine.models.visit import Going, Household, VisitLink, VisitReport, Visits
from engine.rules.team_days import OtherDays
from engine.rules.visits import (
    age,
    begins,
    content_of,
    goings,
    round_through,
    rows_of,
    rows_to,
    teams_going,
)
from engine.states import State


class MoreThanPlannedError(LoaError):
    """More households were visited than planned, and nobody has said that this is right.

    ``found`` is what was said, households at whose doors somebody stood.
    """

    def __init__(self, found: int, planned: int, hamlet: Hamlet) -> None:
        message = _("{hamlet}: {found} households are more than the {planned} planned.")
        super().__init__(message.format(hamlet=hamlet.name, found=found, planned=planned))
        self.found = found


#: Longest note that a team may write, in characters.
LONGEST = 1_000

#: What was, or may have been, handed to a team.
_SENT = (State.SENT, State.CONFIRMED, State.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class TeamPage:
    """What a team's link shows without being asked for more."""

    link: VisitLink
    team: Team
    members: tuple[tuple[str, str], ...]
    office: str
    phone: str
    tellings: tuple[Telling, ...]
    hamlets: tuple[Going, ...]

    @property
    def title(self) -> str:
        return titles(self.tellings)

    @property
    def listed(self) -> int:
        return sum(one.listed for one in self.hamlets)


class Visiting:
    """The visits of one commune."""

    def __init__(self, ledger: Ledger, registry: Registry) -> None:
        self._ledger = ledger
        self._registry = registry
        self._teams = {team.id: team for team in registry.teams}
        self._days = OtherDays(ledger)

    def links(self, campaign_id: str, now: datetime, life: timedelta) -> list[VisitLink]:
        """Return a link for each team that goes, made where there is none.

        Raises LoaError when no team does.
        """
        teams = [name for name in self._going(campaign_id) if name in self._teams]
        return [
            self._ledger.visits.link(campaign_id, name, at=now, until=now + life) for name in teams
        ]

    def page(self, link: VisitLink) -> TeamPage:
        """Return what a link shows; a team that the registry knows no more goes nowhere."""
        team = self._teams.get(link.team_id)
        rows = self._rows(link.campaign_id, link.team_id) if team is not None else []
        people = self._registry.people_by_id
        named = team or Team(link.team_id, link.team_id, (), ())
        return TeamPage(
            link,
            named,
            tuple((one, people[one].name) for one in named.members if one in people),
            self._registry.commune.office,
            self._registry.commune.phone,
            tellings(self._told(rows)),
            tuple(one for one in self.goings(link.campaign_id) if rows and one.team_id == named.id),
        )

    def goings(self, campaign_id: str) -> list[Going]:
        """Return all that teams do for a campaign, and what was said of it."""
        return goings(
            self._ledger.views.deliveries(campaign_id),
            self._ledger.evidence.of(campaign_id),
            self._ledger.visits.counts(campaign_id),
            self._registry,
            self._content,
            self._days,
        )

    def list_of(self, link: VisitLink, now: datetime) -> list[Household]:
        """Return the team's own private list; that it was shown through the link is on record."""
        if link.team_id not in self._teams:
            return []
        how = _("through its link {id}").format(id=link.id)
        return self.listed(link.campaign_id, link.team_id, now, by=link.team_id, how=how)

    def listed(
        self, campaign_id: str, team_id: str, now: datetime, *, by: str, how: str
    ) -> list[Household]:
        """Return a team's list of the hamlets to which it still goes, on record."""
        hamlets = {
            row.hamlet_id
            for row in self._rows(campaign_id, team_id)
            if row.purpose is not Purpose.WITHDRAWAL
        }
        return self._ledger.visits.read_list(campaign_id, team_id, hamlets, at=now, by=by, how=how)

    def sheet(
        self, campaign_id: str, team_id: str, link: str, *, listed: Sequence[Household] = ()
    ) -> bytes:
        """Return a team's sheet as PDF, made now and kept nowhere.

        Raises LoaError when the team has nothing to do, ChannelError when it cannot be printed.
        """
        rows = self._rows(campaign_id, team_id)
        content = content_of(rows, self._content)
        if content is None:
            message = _("{campaign}: {team} visits nobody")
            raise LoaError(message.format(campaign=campaign_id, team=team_id))
        names = {hamlet.id: hamlet.name for hamlet in self._registry.hamlets}
        entries = tuple(
            Listed(
                names.get(one.hamlet_id, one.hamlet_id), one.name, one.address, one.phone, one.why
            )
            for one in listed
        )
        slot = begins(rows)
        busy = self._days(content, team_id, slot, self._registry)
        counted = self._ledger.visits.counts(campaign_id)
        one = round_through(team_id, rows, content, self._registry, counted, busy)
        return sheet_pdf(
            Sheet(one, self._told(rows), campaign_id, self._registry, link, slot, entries)
        )

    def report(
        self,
        campaign_id: str,
        team_id: str,
        hamlet_id: str,
        by: str,
        visits: Visits,
        now: datetime,
        *,
        note: str = "",
        source: str = "",
        sure_of: int | None = None,
    ) -> bool:
        """Keep what somebody says came of a team's visits in a hamlet, from the beginning on.

        It answers every sheet that has left for these visits, whichever of them was taken along.
        ``sure_of``: he was asked whether so many, more than planned, are right, and says yes; that
        is kept with it. False when it is his last word already. Raises LoaError for a team or
        hamlet with nothing to visit, somebody who may not say so, and numbers that cannot be;
        MoreThanPlannedError for what he is still to be asked.
        """
        hamlet = self._registry.hamlets_by_id.get(hamlet_id)
        rows = rows_to(self._ledger.views.deliveries(campaign_id), team_id, hamlet_id)
        left = [row for row in rows if row.state in _SENT]
        if hamlet is None or not left:
            message = _("{campaign}: {team} has nothing to report of {hamlet}")
            if rows:
                message = _("{campaign}: {team} has no sheet for {hamlet} yet")
            raise LoaError(message.format(campaign=campaign_id, team=team_id, hamlet=hamlet_id))
        self._check_person(by, team_id, hamlet)
        text = " ".join(plain(note).split())
        _check_numbers(visits, hamlet, text)
        source = source or _("on paper, entered by {person}").format(person=by)
        planned = self._planned(campaign_id, team_id, hamlet)
        if visits.tried > planned:
            if sure_of != visits.tried:
                raise MoreThanPlannedError(visits.tried, planned, hamlet)
            more = _("{source}; more than the {planned} planned, said to be right")
            source = more.format(source=source, planned=planned)
        return self._ledger.visits.record(
            [VisitReport(row.id, by, now, source, visits) for row in sorted(left, key=age)],
            _word(campaign_id, hamlet_id, by, visits, text, now),
        )

    def told_otherwise(self, campaign_id: str) -> list[str]:
        """Return teams with a private list whose sheet has left: it may name other numbers."""
        listed = {team_id for _hamlet, team_id in self._ledger.visits.counts(campaign_id)}
        rows = self._ledger.views.deliveries(campaign_id)
        left = [row for row in rows if row.state in _SENT]
        return [one for one in teams_going(left, self._registry) if one in listed]

    def teams_by_hamlet(self, campaign_id: str) -> dict[str, list[str]]:
        """Return which teams go to each hamlet for a campaign. Raises LoaError when none does."""
        teams: dict[str, list[str]] = {}
        for name in self._going(campaign_id):
            for row in self._rows(campaign_id, name):
                teams.setdefault(row.hamlet_id, []).append(name)
        return teams

    def _going(self, campaign_id: str) -> list[str]:
        """Return the teams that go anywhere. Raises LoaError when none does."""
        found = teams_going(self._ledger.views.deliveries(campaign_id), self._registry)
        if not found:
            message = _("{campaign}: no team visits anybody (not approved yet, or no team: in it)")
            raise LoaError(message.format(campaign=campaign_id))
        return found

    def _rows(self, campaign_id: str, team_id: str) -> list[DeliveryRow]:
        return rows_of(self._ledger.views.deliveries(campaign_id), team_id, self._registry)

    def _planned(self, campaign_id: str, team_id: str, hamlet: Hamlet) -> int:
        """Return how many households a team set out for, also where that was taken back since."""
        content = content_of(self._rows(campaign_id, team_id), self._content)
        if content is None:
            return 0
        team = team_named(team_id, self._registry)
        listed = self._ledger.visits.counts(campaign_id)
        return planned_in(hamlet, team, content, self._registry, listed)[0]

    def _told(self, rows: Sequence[DeliveryRow]) -> list[tuple[Hamlet, VisitInputs]]:
        """Return each hamlet with its newest words; the newest of all are the last."""
        newest = {row.hamlet_id: row for row in sorted(rows, key=age)}
        return [
            (
                self._registry.hamlets_by_id[row.hamlet_id],
                words_of(self._content(row.content_hash)),
            )
            for row in sorted(newest.values(), key=age)
        ]

    def _content(self, content_hash: str) -> Content:
        return self._ledger.deliveries.content(content_hash)[0]

    def _check_person(self, by: str, team_id: str, hamlet: Hamlet) -> None:
        """Its members, the hamlet's head and deputies, and whoever may confirm. Raises LoaError."""
        team = self._teams.get(team_id)
        members = team.members if team is not None else ()
        person = self._registry.people_by_id.get(by)
        if by in (*members, *hamlet.speakers) or (
            team is not None and not members and by == team_id
        ):
            return
        if person is not None and Right.CONFIRM in person.rights:
            return
        others = [one.id for one in self._registry.people if Right.CONFIRM in one.rights]
        message = _("{person} may not report for {team} (who may: {people})")
        known = ", ".join(dict.fromkeys((*members, *hamlet.speakers, *others))) or "–"
        raise LoaError(message.format(person=by, team=team_id, people=known))


def _check_numbers(visits: Visits, hamlet: Hamlet, note: str) -> None:
    """Raises LoaError for numbers that cannot be."""
    if len(note) > LONGEST:
        message = _("Found {count} characters; at most {most} are allowed.")
        raise LoaError(message.format(count=len(note), most=LONGEST))
    if min(visits.counts) < 0 or visits.tried > hamlet.households:
        message = _(
            "Visited, absent and refused are {found} together; 0 to {most} are allowed for"
            " {hamlet}."
        )
        raise LoaError(
            message.format(found=visits.tried, most=hamlet.households, hamlet=hamlet.name)
        )
    if visits.needs_help > visits.tried:
        message = _("{found} need help: at most the {most} at whose doors you were are allowed.")
        raise LoaError(message.format(found=visits.needs_help, most=visits.tried))
    if not visits.tried:
        raise LoaError(_("Please give a number first."))


def _word(
    campaign_id: str, hamlet_id: str, by: str, visits: Visits, note: str, now: datetime
) -> Written | None:
    """Return what a person at the commune must read; None when nobody needs help."""
    if not visits.needs_help and not note:
        return None
    text = f"{visits.needs_help} hộ cần giúp" if visits.needs_help else ""
    said = ": ".join(filter(None, (text, note)))
    return Written(Author(campaign_id, hamlet_id, by), WordKind.NEEDS_HELP, said, now)
