"""Visits: who goes where for a campaign, with which private list, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from campaigns.tables.households import HouseholdRow, read_households
from channels.team.channel import TeamChannel
from channels.team.rounds import Round, Stop, round_for
from channels.team.sheet import Listed, Sheet, sheet_pdf
from channels.team.wording import VisitInputs, span, words_of
from channels.typesetting import font
from engine.errors import InputError, LoaError
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow, Ledger
from engine.ledger.relays import Author, Written
from engine.models import Content, Hamlet, Registry, Right, Team
from engine.models.relay import WordKind
from engine.models.visit import Household, VisitLink, VisitReport, Visits, last_words
from engine.states import State

#: Longest note that a team may write, in characters.
LONGEST = 1_000

#: What was, or may have been, handed to a team.
_SENT = (State.SENT, State.CONFIRMED, State.UNCERTAIN)

_OVER = (State.CANCELLED, State.EXPIRED, State.SUPERSEDED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Going:
    """One hamlet as a team has it: households to visit, days, and what was said of them so far.

    ``listed`` households stand on the team's private list; 0 when there is none.
    """

    hamlet: Hamlet
    households: int
    days: str
    listed: int
    said: tuple[VisitReport, ...]


@dataclass(frozen=True, slots=True)
class TeamPage:
    """What a team's link shows without being asked for more."""

    link: VisitLink
    team: Team
    members: tuple[tuple[str, str], ...]
    office: str
    phone: str
    words: VisitInputs | None
    hamlets: tuple[Going, ...]

    @property
    def listed(self) -> int:
        return sum(one.listed for one in self.hamlets)


class Visiting:
    """The visits of one commune."""

    def __init__(self, ledger: Ledger, registry: Registry) -> None:
        self._ledger = ledger
        self._registry = registry
        self._teams = {team.id: team for team in registry.teams}

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
        content = self._content(rows)
        return TeamPage(
            link,
            named,
            tuple((one, people[one].name) for one in named.members if one in people),
            self._registry.commune.office,
            self._registry.commune.phone,
            words_of(content) if content is not None else None,
            tuple(self._goings(link.campaign_id, link.team_id, rows)),
        )

    def goings(self, campaign_id: str) -> list[tuple[str, Going]]:
        """Return (team's id, hamlet) for all that teams do for a campaign."""
        return [
            (name, going)
            for name in self._going(campaign_id)
            for going in self._goings(campaign_id, name, self._rows(campaign_id, name))
        ]

    def list_of(self, link: VisitLink, now: datetime) -> list[Household]:
        """Return the team's own private list; that it was shown through the link is on record."""
        if link.team_id not in self._teams:
            return []
        how = _("through its link {id}").format(id=link.id)
        return self._ledger.visits.read_list(
            link.campaign_id, link.team_id, at=now, by=link.team_id, how=how
        )

    def sheet(
        self, campaign_id: str, team_id: str, link: str, *, listed: Sequence[Household] = ()
    ) -> bytes:
        """Return a team's sheet as PDF, made now and kept nowhere.

        Raises LoaError when the team has nothing to do, ChannelError when it cannot be printed.
        """
        rows = self._rows(campaign_id, team_id)
        content = self._content(rows)
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
        one = self._round(team_id, rows, content)
        slot = min(row.slot for row in rows)
        return sheet_pdf(
            Sheet(one, words_of(content), campaign_id, self._registry, link, slot, entries)
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
    ) -> bool:
        """Keep what somebody says came of a team's visits in a hamlet, from the beginning on.

        False when it is his last word already. Raises LoaError for a team or hamlet with nothing
        to visit, somebody who may not say so, and numbers that cannot be.
        """
        hamlet = self._registry.hamlets_by_id.get(hamlet_id)
        rows = [row for row in self._rows(campaign_id, team_id) if row.hamlet_id == hamlet_id]
        left = [row for row in rows if row.state in _SENT]
        if hamlet is None or not left:
            message = _("{campaign}: {team} has nothing to report of {hamlet}")
            if rows:
                message = _("{campaign}: {team} has no sheet for {hamlet} yet")
            raise LoaError(message.format(campaign=campaign_id, team=team_id, hamlet=hamlet_id))
        self._check_person(by, team_id, hamlet)
        text = " ".join(note.split())
        _check_numbers(visits, hamlet, text)
        source = source or _("on paper, entered by {person}").format(person=by)
        report = VisitReport(left[-1].id, by, now, source, visits)
        return self._ledger.visits.record(
            report, _word(campaign_id, hamlet_id, by, visits, text, now)
        )

    def import_list(
        self, campaign_id: str, path: Path, *, ends_at: datetime, by: str, now: datetime
    ) -> tuple[int, bool]:
        """Keep a private list from a file, whole or not at all; return its length, and if it is new.

        Raises InputError with every fault, LoaError when no team goes anywhere.
        """
        going = self._going(campaign_id)
        teams: dict[str, list[str]] = {}
        for name in going:
            for row in self._rows(campaign_id, name):
                teams.setdefault(row.hamlet_id, []).append(name)
        rows = read_households(path, self._registry)
        problems = []
        households = []
        for row in rows:
            fault, team_id = _team_of(row, teams)
            fault = fault or _unprintable(row)
            if fault:
                problems.append(row.problem(fault))
            households.append(
                Household(row.hamlet_id, team_id, row.name, row.address, row.phone, row.why)
            )
        if problems:
            raise InputError(problems)
        new = self._ledger.visits.put_list(campaign_id, households, ends_at=ends_at, at=now, by=by)
        return len(households), new

    def _going(self, campaign_id: str) -> list[str]:
        """Return the teams that go anywhere. Raises LoaError when none does."""
        rows = self._ledger.views.deliveries(campaign_id)
        found = {row.target for row in rows if _alive(row)}
        if not found:
            message = _("{campaign}: no team visits anybody (not approved yet, or no team: in it)")
            raise LoaError(message.format(campaign=campaign_id))
        order = {team.id: place for place, team in enumerate(self._registry.teams)}
        return sorted(found, key=lambda name: (order.get(name, len(order)), name))

    def _rows(self, campaign_id: str, team_id: str) -> list[DeliveryRow]:
        """Return the newest delivery to a team for each hamlet, in the registry's order."""
        newest: dict[str, DeliveryRow] = {}
        for row in self._ledger.views.deliveries(campaign_id):
            if not _alive(row) or row.target != team_id:
                continue
            known = newest.get(row.hamlet_id)
            if known is None or (row.revision, row.id) > (known.revision, known.id):
                newest[row.hamlet_id] = row
        return [newest[one.id] for one in self._registry.hamlets if one.id in newest]

    def _content(self, rows: Sequence[DeliveryRow]) -> Content | None:
        if not rows:
            return None
        last = max(rows, key=lambda row: (row.revision, row.id))
        return self._ledger.deliveries.content(last.content_hash)[0]

    def _round(self, team_id: str, rows: Sequence[DeliveryRow], content: Content) -> Round:
        hamlets = [self._registry.hamlets_by_id[row.hamlet_id] for row in rows]
        slot = min(row.slot for row in rows)
        return round_for(team_id, slot, content, hamlets, self._registry)

    def _goings(
        self, campaign_id: str, team_id: str, rows: Sequence[DeliveryRow]
    ) -> Iterator[Going]:
        content = self._content(rows)
        if content is None:
            return
        listed = self._ledger.visits.counts(campaign_id)
        said = last_words(self._ledger.evidence.of(campaign_id))
        stops: Mapping[str, Stop] = {
            stop.hamlet.id: stop for stop in self._round(team_id, rows, content).stops
        }
        for row in rows:
            stop = stops[row.hamlet_id]
            count = listed.get((row.hamlet_id, team_id), 0)
            yield Going(
                stop.hamlet,
                count or stop.households,
                span(stop.first, stop.last),
                count,
                tuple(one for one in said if one.delivery_id == row.id),
            )

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


def _alive(row: DeliveryRow) -> bool:
    return row.channel == TeamChannel.name and row.state not in _OVER


def _team_of(row: HouseholdRow, teams: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Return what is wrong with a row's team, and the team."""
    going = teams.get(row.hamlet_id, ())
    if not going:
        return _("no team visits this hamlet for this campaign"), ""
    if row.team_id and row.team_id not in going:
        message = _("this team does not go there (who does: {teams})")
        return message.format(teams=", ".join(going)), ""
    if not row.team_id and len(going) > 1:
        message = _("several teams go there ({teams}): a column “Tổ” must say which")
        return message.format(teams=", ".join(going)), ""
    return "", row.team_id or going[0]


def _unprintable(row: HouseholdRow) -> str:
    missing = font.missing(row.name + row.address + row.phone + row.why)
    if not missing:
        return ""
    message = _("these characters cannot be printed on a visit sheet: {characters}")
    return message.format(characters=", ".join(f"U+{ord(one):04X}" for one in missing))


def _check_numbers(visits: Visits, hamlet: Hamlet, note: str) -> None:
    """Raises LoaError for numbers that cannot be."""
    if len(note) > LONGEST:
        message = _("Found {count} characters; at most {most} are allowed.")
        raise LoaError(message.format(count=len(note), most=LONGEST))
    if min(visits.counts) < 0 or visits.tried > hamlet.households:
        message = _(
            "Visited, absent and refused are {found} together; 0 to {most} are allowed for {hamlet}."
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
