"""Days and hours in what an author wrote under "when", where they can be read without doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.clock import VIETNAM

#: A day: 2026-12-05, 5/12/2026, 5/12, or "5 tháng 12" with or without its year.
_DAY = re.compile(
    r"(?<![\d/.-])(?:"
    r"(?P<y1>\d{4})-(?P<m1>\d{2})-(?P<d1>\d{2})"
    r"|(?P<d2>\d{1,2})(?P<between>[/.-])(?P<m2>\d{1,2})(?P=between)(?P<y2>\d{4})"
    r"|(?P<d3>\d{1,2})/(?P<m3>\d{1,2})"
    r"|(?P<d4>\d{1,2})\s+tháng\s+(?P<m4>\d{1,2})(?:(?:\s+năm\s+|/)(?P<y4>\d{4}))?"
    r")(?![\d/-]|\.\d)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d:.,/])(\d{1,2})\s?(?:giờ|h|g|:)\s?(\d{2})?(?:\s?phút)?(?!\d|:\d)", re.IGNORECASE
)

#: Words by which an hour is not the one written, or an event not only one.
_DOUBTFUL = re.compile(r"\b(?:rưỡi|kém|đêm|mỗi|hằng|hàng)\b", re.IGNORECASE)
_AFTER_NOON = re.compile(r"\b(?:trưa|chiều|tối)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """When something happens: from ``begins`` to ``ends``; whole days end with the next one.

    ``ends`` None: only the beginning is known.
    """

    begins: datetime
    ends: datetime | None
    whole_days: bool


def span_in(text: str, within: tuple[date, date] | None = None) -> Span | None:
    """Return the one day (with up to two hours) or the two days that ``text`` names.

    ``within`` are the first and last day for which the text holds: they tell the year of a day
    that is written without one. None for anything that leaves a doubt: a calendar that guesses
    sends people at the wrong hour.
    """
    days = _days(text, within)
    if days is None or not 1 <= len(days) <= 2 or days != sorted(days):
        return None
    hours = _hours(_DAY.sub(" ", text))
    if hours is None or len(hours) > 2 or (len(days) == 2 and len(hours) == 1):
        return None
    if _DOUBTFUL.search(text) or (_AFTER_NOON.search(text) and any(h.hour < 12 for h in hours)):
        return None
    if not hours:
        return Span(_at(days[0]), _at(days[-1] + timedelta(days=1)), whole_days=True)
    begins = _at(days[0], hours[0])
    ends = _at(days[-1], hours[1]) if len(hours) == 2 else None
    # Two days with hours may be every day from one hour to the other: that is not one event.
    if len(days) == 2 or (ends is not None and ends <= begins):
        return None
    return Span(begins, ends, whole_days=False)


def _days(text: str, within: tuple[date, date] | None) -> list[date] | None:
    """Return the days in the order in which they stand; None if one of them cannot be read."""
    found: dict[date, None] = {}
    for match in _DAY.finditer(text):
        parts = match.groupdict()
        year, month, number = (
            next((int(parts[f"{name}{n}"]) for n in "1234" if parts.get(f"{name}{n}")), 0)
            for name in "ymd"
        )
        day = _day(year, month, number) if year else _only_day(month, number, within)
        if day is None:
            return None
        found[day] = None
    return list(found)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _only_day(month: int, number: int, within: tuple[date, date] | None) -> date | None:
    """Return the only such day within the bounds; None if there is none, or more than one."""
    if within is None:
        return None
    first, last = within
    each = (_day(year, month, number) for year in range(first.year, last.year + 1))
    found = [day for day in each if day and first <= day <= last]
    return found[0] if len(found) == 1 else None


def _hours(text: str) -> list[time] | None:
    try:
        return [time(int(hour), int(minute or 0)) for hour, minute in _TIME.findall(text)]
    except ValueError:
        return None


def _at(day: date, hour: time = time(0)) -> datetime:
    return datetime.combine(day, hour, tzinfo=VIETNAM)
