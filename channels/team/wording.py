"""What visitors tell people, and how a team's round is said in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from channels.team.options import TeamOptions
from channels.team.rounds import Busy, Round, Stop, group_of
from channels.typesetting import font
from engine.i18n import gettext as _
from engine.models import Content, Hamlet, HouseholdGroup, Priority, Purpose

TEMPLATES = Path(__file__).parent / "templates"

NBSP = "\N{NO-BREAK SPACE}"

#: Whom a sheet says are visited. Sheets are content: always Vietnamese.
GROUPS = {
    HouseholdGroup.ALL: "hộ",
    HouseholdGroup.POOR: "hộ nghèo",
    HouseholdGroup.NEAR_POOR: "hộ cận nghèo",
    HouseholdGroup.POOR_AND_NEAR_POOR: "hộ nghèo và hộ cận nghèo",
    HouseholdGroup.ELDERLY: "hộ người cao tuổi",
    HouseholdGroup.NO_SMARTPHONE: "hộ không có điện thoại thông minh",
}

_PURPOSES = {
    Purpose.REMINDER: "NHẮC LẠI",
    Purpose.ALL_CLEAR: "HẾT NGUY HIỂM",
    Purpose.DRILL: "DIỄN TẬP",
}
_CALM = frozenset({Purpose.DRILL, Purpose.ALL_CLEAR, Purpose.WITHDRAWAL})


@dataclass(frozen=True, slots=True)
class VisitInputs:
    """What visitors tell people: the same for every hamlet with the same words."""

    mark: str
    title: str
    amends: str
    body: str
    contact: str
    whom: str
    minutes: int

    def parts(self) -> tuple[str, ...]:
        """Return every word of the author's, in reading order."""
        return tuple(filter(None, (self.mark, self.title, self.amends, self.body, self.contact)))

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_json(cls, data: bytes) -> VisitInputs:
        """Read what ``to_json`` gave. Raises ValueError."""
        found = json.loads(data)
        return cls(**{field.name: found[field.name] for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told in some hamlets, by name; no names: in all of them."""

    hamlets: tuple[str, ...]
    mark: str
    title: str
    amends: str
    body: str
    contact: str

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for line in self.body.split("\n") if line.strip())


def tellings(told: Sequence[tuple[Hamlet, VisitInputs]]) -> tuple[Telling, ...]:
    """Return what is told, by the hamlets that are told the same, in their order.

    Two hamlets may have one name: they are apart by their ids.
    """
    found: dict[tuple[str, str, str, str, str], dict[str, str]] = {}
    for hamlet, one in told:
        said = found.setdefault((one.mark, one.title, one.amends, one.body, one.contact), {})
        said[hamlet.id] = one_line(hamlet.name)
    alike = len(found) == 1
    return tuple(
        Telling(() if alike else tuple(hamlets.values()), *said) for said, hamlets in found.items()
    )


def titles(said: Sequence[Telling]) -> str:
    """Return what stands above all of it: each title once."""
    return " · ".join(dict.fromkeys(one.title for one in said))


def words_of(content: Content) -> VisitInputs:
    """Return what a team is to tell, of one content."""
    correction = content.correction
    plainly = correction is None or content.purpose is Purpose.WITHDRAWAL
    return VisitInputs(
        mark=_mark(content),
        title=one_line(content.title),
        amends="" if plainly or correction is None else correction.opening,
        body=content.body.strip(),
        contact=one_line(content.contact),
        whom=GROUPS[group_of(content)],
        minutes=content.options_as(TeamOptions).minutes,
    )


def missing_in_words(words: VisitInputs) -> str:
    """Say which characters cannot be printed; "" when all can."""
    missing = font.missing("".join(words.parts()))
    if not missing:
        return ""
    message = _("these characters cannot be printed on a visit sheet: {characters}")
    return message.format(characters=", ".join(f"{one!r} (U+{ord(one):04X})" for one in missing))


def line_of(one: Round, content: Content) -> Iterator[str]:
    """Say where a team goes on which days."""
    message = _("{team}: {stops}; {whom}, at most {count} households a day")
    yield message.format(
        team=one.team.name,
        stops=", ".join(_stop(stop) for stop in one.stops),
        whom=group_word(group_of(content)),
        count=one.a_day,
    )


def moved(one: Round, alone: Round, busy: Busy) -> Iterator[str]:
    """Say that other campaigns put a team's visits off, or theirs are: ``alone`` without them."""
    shared = sorted(day for day in busy.minutes if day in {day for day, _n in alone.visits})
    if one.stops != alone.stops and shared:
        message = _(
            "{team} goes for {campaigns} too ({shared}): what has no room beside it moves to the "
            "next days, so that this campaign's visits are on {days}"
        )
        yield message.format(
            team=one.team.name,
            campaigns=", ".join(busy.campaigns),
            shared=span(shared[0], shared[-1]),
            days=span(one.visits[0][0], one.visits[-1][0]) if one.visits else "–",
        )
    if busy.behind:
        message = _("{team} goes for this emergency first: its visits for {campaigns} give way")
        yield message.format(team=one.team.name, campaigns=", ".join(busy.behind))


def short_of_time(one: Round, content: Content) -> Iterator[str]:
    """Say what of a round cannot be done in time, if anything cannot."""
    if not one.left:
        return
    message = _(
        "{team}: {left} of {all} households cannot be visited in the {days} days there are "
        "({where}): name more teams, give more days, or plan shorter visits"
    )
    yield message.format(
        team=one.team.name,
        left=one.left,
        all=one.households,
        days=len(one.days),
        where=", ".join(f"{stop.hamlet.name} {stop.left}" for stop in one.stops if stop.left),
    )


def group_word(group: HouseholdGroup) -> str:
    """Return which households are visited, in the reader's language."""
    return {
        HouseholdGroup.ALL: _("all households"),
        HouseholdGroup.POOR: _("poor households"),
        HouseholdGroup.NEAR_POOR: _("near-poor households"),
        HouseholdGroup.POOR_AND_NEAR_POOR: _("poor and near-poor households"),
        HouseholdGroup.ELDERLY: _("households of old people"),
        HouseholdGroup.NO_SMARTPHONE: _("households without a smartphone"),
    }[group]


def span(first: date | None, last: date | None) -> str:
    """Return days as people write them: 02/12, or 02/12–03/12; a dash when there are none."""
    if first is None or last is None:
        return "–"
    return f"{first:%d/%m}" if first == last else f"{first:%d/%m}–{last:%d/%m}"


def one_line(text: str) -> str:
    return " ".join(text.split())


def number(value: int) -> str:
    """Return a number as Vietnamese readers write it: 12.000."""
    return f"{value:,}".replace(",", ".")


def _stop(stop: Stop) -> str:
    return _("{hamlet} {count} households ({days})").format(
        hamlet=stop.hamlet.name, count=stop.households, days=span(stop.first, stop.last)
    )


def _mark(content: Content) -> str:
    calm = content.drill or content.purpose in _CALM
    urgent = "KHẨN CẤP" if content.priority is Priority.EMERGENCY and not calm else ""
    played = "DIỄN TẬP" if content.drill else ""
    correction = content.correction
    plain = _PURPOSES.get(content.purpose, "")
    named = correction.heading_for(content.purpose) if correction is not None else plain
    return " · ".join(dict.fromkeys(filter(None, (played, urgent, named))))
