"""Schedule arithmetic: dates × times in Vietnam, where clocks never change.

Raises ValueError with a message for people; the schema adds the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from engine.clock import VIETNAM
from engine.i18n import gettext as _

#: The most moments one schedule may have: three sessions a day for most of a year.
MAX_MOMENTS = 1_000
#: Years outside are slips of the pen.
YEARS = range(2020, 2101)
#: Names of weekdays in YAML, and their ISO numbers.
WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}
END_OF_DAY = time(23, 59, 59)
#: Between one time that an alert is said and the next.
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
#: The most times that an alert is said again: every five minutes for a day.
MAX_REPEATS = 288

_TIME = re.compile(r"([0-9]{1,2})\s*(?::|h|g|giờ)\s*([0-9]{2})?(?:\s*phút)?", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_SPAN = re.compile(
    r"(?:([0-9]{1,2})\s*(?:h|giờ))?\s*(?:([0-9]{1,4})\s*(?:m|min|phút|p))?", re.IGNORECASE
)
_DATE_AND_TIME = re.compile(r"(\S+?)(?:[ T]+)(\S.*)")


def parse_time(text: str) -> time:
    """Read ``5:30``, ``05:30``, ``5h30``, ``17g00``, ``17h``."""
    found = _TIME.fullmatch(text.strip())
    if found:
        hour, minute = int(found[1]), int(found[2] or 0)
        if hour < 24 and minute < 60:
            return time(hour, minute)
    message = _('"{text}" is not a time of day; write 05:30 or 17h00')
    raise ValueError(message.format(text=text[:40]))


def parse_span(text: str) -> timedelta:
    """Read ``15m``, ``15 phút``, ``1h``, ``1h30m``: how long between two times."""
    found = _SPAN.fullmatch(text.strip())
    if not found or not (found[1] or found[2]):
        message = _('"{text}" is not a length of time; write 15m or 1h')
        raise ValueError(message.format(text=text[:40]))
    span = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    if not SHORTEST <= span <= LONGEST:
        message = _('"{text}": from 5m to 24h is allowed')
        raise ValueError(message.format(text=text[:40]))
    return span


def parse_date(text: str) -> date:
    """Read ``2026-12-01`` or, day first, ``01/12/2026``."""
    written = text.strip()
    if found := _ISO_DATE.fullmatch(written):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY_FIRST.fullmatch(written):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
    else:
        message = _('"{text}" is not a date; write 2026-12-01 or 01/12/2026')
        raise ValueError(message.format(text=text[:40]))
    if year not in YEARS:
        message = _('"{text}": the year must be from {first} to {last}')
        message = message.format(text=text[:40], first=YEARS[0], last=YEARS[-1])
        raise ValueError(message)
    try:
        return date(year, month, day)
    except ValueError:
        message = _('"{text}": there is no such day in the calendar')
        raise ValueError(message.format(text=text[:40])) from None


def parse_moment(text: str, *, end: bool = False) -> datetime:
    """Read a date, or a date and a time, as a moment in Vietnam.

    A date alone is its beginning, or its last second when ``end`` is set.
    """
    found = _DATE_AND_TIME.fullmatch(text.strip())
    if found:
        day, hour = parse_date(found[1]), parse_time(found[2])
    else:
        day, hour = parse_date(text), END_OF_DAY if end else time(0)
    return datetime.combine(day, hour, VIETNAM)


def days_between(first: date, last: date, weekdays: Iterable[int] = ()) -> tuple[date, ...]:
    """Return every day from ``first`` to ``last`` that falls on ``weekdays`` (ISO; none: all)."""
    if last < first:
        message = _("ends on {last}, before it begins on {first}")
        raise ValueError(message.format(first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}"))
    wanted = frozenset(weekdays) or frozenset(WEEKDAYS.values())
    span = (last - first).days + 1
    if span > MAX_MOMENTS * 7:
        raise ValueError(_too_many())
    days = (first + timedelta(days=offset) for offset in range(span))
    found = tuple(day for day in days if day.isoweekday() in wanted)
    if not found:
        raise ValueError(_("no day of this stretch falls on the given weekdays"))
    return found


def moments_of(days: Iterable[date], times: Iterable[time]) -> tuple[datetime, ...]:
    """Return every day at every time, sorted, each once."""
    dates, hours = set(days), set(times)
    if len(dates) * len(hours) > MAX_MOMENTS:
        raise ValueError(_too_many())
    return tuple(sorted(datetime.combine(d, h, VIETNAM) for d in dates for h in hours))


def _too_many() -> str:
    return _("the schedule has more than {limit} moments").format(limit=MAX_MOMENTS)
