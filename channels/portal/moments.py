"""Days and hours in what an author wrote under "when", where they can be read without doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.clock import VIETNAM

_DATE = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?![\d/.-])")
_ISO = re.compile(r"(?<![\d/.-])(\d{4})-(\d{2})-(\d{2})(?!\d)")
_TIME = re.compile(
    r"(?<![\d:.,/])(\d{1,2})\s?(?:giờ|h|g|:)\s?(\d{2})?(?:\s?phút)?(?!\d|:\d)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Span:
    """When something happens: from ``begins`` to ``ends``; whole days end with the next one.

    ``ends`` None: only the beginning is known.
    """

    begins: datetime
    ends: datetime | None
    whole_days: bool


def span_in(text: str) -> Span | None:
    """Return the one day (with up to two hours) or the two days that ``text`` names.

    None for anything else: a calendar that guesses sends people at the wrong hour.
    """
    days = _days(text)
    if days is None or not 1 <= len(days) <= 2 or days != sorted(days):
        return None
    hours = _hours(_ISO.sub(" ", _DATE.sub(" ", text)))
    if hours is None or len(hours) > 2 or (len(days) == 2 and len(hours) == 1):
        return None
    if not hours:
        return Span(_at(days[0]), _at(days[-1] + timedelta(days=1)), whole_days=True)
    begins = _at(days[0], hours[0])
    ends = _at(days[-1], hours[1]) if len(hours) == 2 else None
    # Two days with hours may be every day from one hour to the other: that is not one event.
    if len(days) == 2 or (ends is not None and ends <= begins):
        return None
    return Span(begins, ends, whole_days=False)


def _days(text: str) -> list[date] | None:
    try:
        found = [date(int(y), int(m), int(d)) for d, m, y in _DATE.findall(text)]
        found += [date(int(y), int(m), int(d)) for y, m, d in _ISO.findall(text)]
    except ValueError:
        return None
    return list(dict.fromkeys(found))


def _hours(text: str) -> list[time] | None:
    try:
        return [time(int(hour), int(minute or 0)) for hour, minute in _TIME.findall(text)]
    except ValueError:
        return None


def _at(day: date, hour: time = time(0)) -> datetime:
    return datetime.combine(day, hour, tzinfo=VIETNAM)
