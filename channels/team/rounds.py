"""Who goes where, and when: arithmetic on the registry alone, the same every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from channels.team.options import MINUTES, TeamOptions
from engine.clock import local
from engine.models import Content, Hamlet, HouseholdGroup, Registry, Team

#: Sheets that are ready later than this are for the next day.
_NOON = time(12, 0)


@dataclass(frozen=True, slots=True)
class Stop:
    """One hamlet on a team's round: on the days from ``first`` to ``last``.

    ``left`` are the households for which no day is left; days are None when all are.
    ``withdrawn``: nobody is to be visited there any more. ``registered``: how many the registry
    has for the team there, where a private list says what is planned; None where none does.
    """

    hamlet: Hamlet
    households: int
    first: date | None
    last: date | None
    left: int = 0
    withdrawn: bool = False
    registered: int | None = None


#: How many households stand on a campaign's private list, by (hamlet, team).
Counted = Mapping[tuple[str, str], int]

#: Returns that of a campaign.
Lists = Callable[[str], Counted]


#: Where there is no private list.
NOBODY_LISTED: Counted = {}


def no_lists(_campaign_id: str) -> Counted:
    """For those who know of no private list."""
    return NOBODY_LISTED


@dataclass(frozen=True, slots=True)
class Busy:
    """What a team does for other campaigns that go first: minutes of all its members, by day.

    ``campaigns`` are their ids, and ``behind`` those of campaigns that give way to this one.
    """

    minutes: Mapping[date, int] = field(default_factory=dict)
    campaigns: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


#: A team with nothing else to do.
FREE = Busy()


@dataclass(frozen=True, slots=True)
class Round:
    """What one team does for one campaign, hamlet after hamlet.

    ``a_day``: households a day, at most. ``days`` are those on which it has any time, and
    ``visits`` how many households it visits on each.
    """

    team: Team
    a_day: int
    days: tuple[date, ...]
    stops: tuple[Stop, ...]
    visits: tuple[tuple[date, int], ...] = ()

    @property
    def households(self) -> int:
        return sum(stop.households for stop in self.stops)

    @property
    def registered(self) -> int:
        """Households that the registry alone would send the team to."""
        found = ((one.registered, one.households) for one in self.stops)
        return sum(households if of is None else of for of, households in found)

    @property
    def withdrawn(self) -> bool:
        """Whether the team goes nowhere any more."""
        return all(stop.withdrawn for stop in self.stops)

    @property
    def left(self) -> int:
        """Households that cannot be visited in time."""
        return sum(stop.left for stop in self.stops)


def households_for(content: Content, hamlet: Hamlet) -> int:
    """Return how many households of a hamlet are to be visited."""
    return hamlet.households_of(group_of(content))


def group_of(content: Content) -> HouseholdGroup:
    """Return which households are visited: those the section names, else the audience's."""
    return content.options_as(TeamOptions).households or content.households


def teams_for(content: Content, hamlet_id: str, registry: Registry) -> tuple[Team, ...]:
    """Return the teams that go to a hamlet, in the registry's order.

    Of those the campaign names, all that serve the hamlet. Where it names none, those that serve
    the fewest hamlets: a hamlet's own team before one that goes everywhere.
    """
    serving = [team for team in registry.teams if hamlet_id in team.hamlets]
    named = content.options_as(TeamOptions).teams
    if named:
        return tuple(team for team in serving if team.id in named)
    fewest = min((len(team.hamlets) for team in serving), default=0)
    return tuple(team for team in serving if len(team.hamlets) == fewest)


def share_of(team: Team, teams: Sequence[Team], households: int) -> int:
    """Return how many of a hamlet's households one of its teams takes, by what each can do.

    Shares add up to all: what is left over by rounding goes to the first teams, one each.
    """
    strengths = [strength(one) for one in teams]
    shares = [households * one // sum(strengths) for one in strengths]
    over = households - sum(shares)
    place = teams.index(team)
    return shares[place] + (1 if place < over else 0)


def planned_in(
    hamlet: Hamlet, team: Team, content: Content, registry: Registry, listed: Counted
) -> tuple[int, int | None]:
    """Return how many households of a hamlet a team is to visit, and how many of the registry.

    Where a private list has the hamlet it says what is planned, for every team; elsewhere the
    registry does, and the second is None.
    """
    teams = teams_for(content, hamlet.id, registry)
    going = teams if team in teams else (team,)
    share = share_of(team, going, households_for(content, hamlet))
    if any(hamlet_id == hamlet.id for hamlet_id, _team in listed):
        return listed.get((hamlet.id, team.id), 0), share
    return share, None


def team_named(team_id: str, registry: Registry) -> Team:
    """Return a team; one that the registry does not know any more is one person."""
    known = {one.id: one for one in registry.teams}
    return known.get(team_id) or Team(team_id, team_id, (), ())


def strength(team: Team, minutes: int = MINUTES) -> int:
    """Return how many households a team visits on a day, when each takes ``minutes``.

    A team whose members nobody wrote down counts as one person.
    """
    each = max(1, team.visits_per_day * MINUTES // minutes)
    return max(1, len(team.members)) * each


def room_on(team: Team, day: date, minutes: int, busy: Busy) -> int:
    """Return how many households a team can visit on a day beside what it is busy with."""
    most, taken = strength(team, minutes), busy.minutes.get(day, 0)
    if not taken:
        return most
    whole = max(1, len(team.members)) * team.visits_per_day * MINUTES
    return max(0, min(most, (whole - taken) // minutes))


def days_of(content: Content, slot: datetime) -> tuple[date, ...]:
    """Return the days on which teams may go, when their sheets leave at ``slot``.

    Those of the section's own schedule, else every day until the end. A sheet that leaves in the
    afternoon is for the next day, but for an emergency.
    """
    last = local(content.valid_until).date()
    by = content.options_as(TeamOptions).by
    last = min(last, by) if by is not None else last
    own = content.own_schedule
    if own is not None and own.moments:
        days = {local(moment).date() for moment in own.moments}
        return tuple(sorted(day for day in days if local(slot).date() <= day <= last))
    first = local(slot)
    late = first.time() >= _NOON and content.priority != "emergency"
    begin = first.date() + timedelta(days=1 if late else 0)
    return tuple(begin + timedelta(days=n) for n in range((last - begin).days + 1))


def round_of(
    team: Team,
    wanted: Sequence[tuple[Hamlet, int]],
    content: Content,
    slot: datetime,
    busy: Busy = FREE,
) -> Round:
    """Send a team from hamlet to hamlet, in the order given; ``wanted`` are (hamlet, households).

    A day that one hamlet does not fill goes on in the next.
    """
    minutes = content.options_as(TeamOptions).minutes
    rooms = {day: room_on(team, day, minutes, busy) for day in days_of(content, slot)}
    days = tuple(day for day, room in rooms.items() if room)
    places = [day for day in days for _household in range(rooms[day])]
    stops = tuple(_stops(wanted, places))
    done = Counter(places[: sum(stop.households - stop.left for stop in stops)])
    return Round(team, strength(team, minutes), days, stops, tuple(sorted(done.items())))


def round_for(
    team_id: str,
    slot: datetime,
    content: Content,
    hamlets: Sequence[Hamlet],
    registry: Registry,
    withdrawn: Collection[str] = (),
    busy: Busy = FREE,
    listed: Counted = NOBODY_LISTED,
) -> Round:
    """Return a team's round through its hamlets of one campaign, in the registry's order.

    A team that the registry does not know any more is one person who goes everywhere. Nobody is
    visited for what is ``withdrawn`` there, by ids of hamlets.
    """
    team = team_named(team_id, registry)
    order = {hamlet.id: place for place, hamlet in enumerate(registry.hamlets)}
    wanted = []
    registered: dict[str, int | None] = {}
    for hamlet in sorted(hamlets, key=lambda one: order.get(one.id, len(order))):
        households, share = planned_in(hamlet, team, content, registry, listed)
        gone = hamlet.id in withdrawn
        registered[hamlet.id] = None if gone else share
        wanted.append((hamlet, 0 if gone else households))
    one = round_of(team, wanted, content, slot, busy)
    stops = (
        replace(
            stop,
            withdrawn=stop.hamlet.id in withdrawn,
            registered=registered[stop.hamlet.id],
        )
        for stop in one.stops
    )
    return replace(one, stops=tuple(stops))


def _stops(wanted: Sequence[tuple[Hamlet, int]], places: Sequence[date]) -> Iterator[Stop]:
    """Put households in ``places``: the day of each visit that there is time for, in order."""
    done = 0
    for hamlet, households in wanted:
        visited = min(households, len(places) - done)
        if visited:
            first, last = places[done], places[done + visited - 1]
            yield Stop(hamlet, households, first, last, households - visited)
        else:
            yield Stop(hamlet, households, None, None, households)
        done += visited
