"""The days that a report is about, as somebody types them: a month, a quarter, a year, or days."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.clock import VIETNAM
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.coverage_views import Span

_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})|(?P<m>\d{1,2})/(?P<y>\d{4})")
_QUARTER = re.compile(r"(?P<year>\d{4})-?[Qq](?P<quarter>[1-4])|[Qq](?P<q>[1-4])/(?P<y>\d{4})")
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<D>\d{1,2})/(?P<M>\d{1,2})/(?P<Y>\d{4})"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both meant. ``name`` names files: ``2026-12``."""

    first: date
    last: date
    name: str
    title: str

    @property
    def span(self) -> Span:
        before = self.last + timedelta(days=1)
        return Span(
            datetime.combine(self.first, time(), tzinfo=VIETNAM),
            datetime.combine(before, time(), tzinfo=VIETNAM),
        )


def read_period(text: str) -> Period:
    """Return the period that is meant. Raises LoaError that says what may be written."""
    try:
        return _read(text.strip())
    except ValueError:
        message = _(
            "found “{text}”; write a month 2026-12, a quarter 2026-Q4, a year 2026, or days "
            "2026-12-01..2026-12-15"
        )
        raise LoaError(message.format(text=text)) from None


def _read(text: str) -> Period:
    if found := _MONTH.fullmatch(text):
        return _month(int(found["year"] or found["y"]), int(found["month"] or found["m"]))
    if found := _QUARTER.fullmatch(text):
        return _quarter(int(found["year"] or found["y"]), int(found["quarter"] or found["q"]))
    if _YEAR.fullmatch(text):
        year = int(text)
        title = _("Year {year}").format(year=str(year))
        return Period(date(year, 1, 1), date(year, 12, 31), text, title)
    first, dots, last = text.partition("..")
    if not dots:
        raise ValueError(text)
    return _days(_day(first.strip()), _day(last.strip()))


def _month(year: int, month: int) -> Period:
    first = date(year, month, 1)
    last = date(year, month, calendar.monthrange(year, month)[1])
    title = _("Month {month}/{year}").format(month=f"{month:02}", year=str(year))
    return Period(first, last, f"{year:04}-{month:02}", title)


def _quarter(year: int, quarter: int) -> Period:
    first, last = date(year, 3 * quarter - 2, 1), _month(year, 3 * quarter).last
    title = _("Quarter {quarter}/{year}").format(quarter=str(quarter), year=str(year))
    return Period(first, last, f"{year:04}-q{quarter}", title)


def _days(first: date, last: date) -> Period:
    if last < first:
        message = _("the period ends on {last}, before it begins on {first}")
        raise LoaError(message.format(first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}"))
    title = _("{first} to {last}").format(first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
    return Period(first, last, f"{first:%Y-%m-%d}..{last:%Y-%m-%d}", title)


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date(
        int(found["y"] or found["Y"]), int(found["m"] or found["M"]), int(found["d"] or found["D"])
    )
