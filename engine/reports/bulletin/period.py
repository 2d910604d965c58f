"""The days that a bulletin is about: a calendar week (ISO 8601), or any days in a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.clock import VIETNAM, local
from engine.errors import LoaError
from engine.i18n import gettext as _

#: A bulletin of more days than this is a book.
MOST_DAYS = 92

_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both meant. ``name`` names files: ``2026-w49``."""

    first: date
    last: date
    name: str
    title: str

    @property
    def command(self) -> str:
        """Return what makes the bulletin of these days."""
        return command_of(self.name)

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), tzinfo=VIETNAM)

    @property
    def before(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), tzinfo=VIETNAM)


def command_of(name: str) -> str:
    """Return what makes the bulletin of a name: ``loa bulletin --week 2026-W49``."""
    if _WEEK.fullmatch(name):
        return f"loa bulletin --week {name.upper()}"
    first, last = (date.fromisoformat(day) for day in (name[:10], name[11:]))
    return f"loa bulletin --from {first:%d/%m/%Y} --to {last:%d/%m/%Y}"


def week(text: str) -> Period:
    """Return the week of ``2026-W49``. Raises LoaError."""
    found = _WEEK.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        message = _("found “{text}”; write a week as 2026-W49 (weeks begin on Monday)")
        raise LoaError(message.format(text=text)) from None
    return _week(monday)


def week_of(now: datetime) -> Period:
    """Return the week in which ``now`` lies."""
    day = local(now).date()
    return _week(day - timedelta(days=day.weekday()))


def days(first: date, last: date) -> Period:
    """Return the days from ``first`` to ``last``. Raises LoaError for too many, or none."""
    count = (last - first).days + 1
    if not 0 < count <= MOST_DAYS:
        message = _("from {first} to {last} are {count} days; 1 to {most} are allowed")
        shown = {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
        raise LoaError(message.format(**shown, count=max(0, count), most=MOST_DAYS))
    title = f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"
    return Period(first, last, f"{first:%Y-%m-%d}-{last:%Y-%m-%d}", title)


def _week(monday: date) -> Period:
    year, number, _day = monday.isocalendar()
    sunday = monday + timedelta(days=6)
    title = f"Tuần {number} (từ {monday:%d/%m} đến {sunday:%d/%m/%Y})"
    return Period(monday, sunday, f"{year}-w{number:02}", title)
