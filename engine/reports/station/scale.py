"""Where moments lie on the picture of a day: only hours in which something may or does happen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.clock import VIETNAM
from engine.reports.station.day import StationDay

_QUARTER = timedelta(minutes=15)

#: How long a stretch is at least, so that there is room for what it is called.
_SHORTEST = timedelta(hours=1)

#: Pixels between two stretches, and for an hour at least: a long day makes a wide picture.
_GAP, _HOUR = 52.0, 72.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One stretch of the day, from ``left`` on; ``width`` in pixels.

    ``closed`` are its parts outside the station's hours, in which only emergencies may speak.
    """

    begins: datetime
    ends: datetime
    left: float
    width: float
    closed: tuple[tuple[datetime, datetime], ...] = ()

    def x(self, moment: datetime) -> float:
        """Return where ``moment`` lies; outside the stretch, its nearer edge."""
        inside = min(max(moment, self.begins), self.ends)
        return self.left + self.width * ((inside - self.begins) / (self.ends - self.begins))

    def quarters(self) -> Iterator[datetime]:
        """Yield every quarter of an hour."""
        moment = self.begins
        while moment <= self.ends:
            yield moment
            moment += _QUARTER


def panels(day: StationDay, left: float, width: float) -> list[Panel]:
    """Lay out the stretches of ``day`` side by side; a minute is as wide in each of them.

    They take ``width`` pixels, or more where the day is long.
    """
    joined = _merged(sorted(_stretches(day)))
    stretches = list(_merged(map(_long_enough, joined)))
    if not stretches:
        begins = datetime.combine(day.day, datetime.min.time(), tzinfo=VIETNAM)
        stretches = [(begins + timedelta(hours=5), begins + timedelta(hours=7))]
    room = width - _GAP * (len(stretches) - 1)
    hours = sum((ends - begins) / timedelta(hours=1) for begins, ends in stretches)
    scale = max(room / hours, _HOUR)
    found: list[Panel] = []
    for begins, ends in stretches:
        wide = scale * ((ends - begins) / timedelta(hours=1))
        found.append(Panel(begins, ends, left, wide, tuple(_out_of_hours(day, begins, ends))))
        left += wide + _GAP
    return found


def _out_of_hours(
    day: StationDay, begins: datetime, ends: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield what of a stretch lies outside the hours of the station."""
    for opens, closes in _merged(sorted(_hours(day))):
        if begins < min(opens, ends):
            yield begins, min(opens, ends)
        begins = max(begins, closes)
    if begins < ends:
        yield begins, ends


def _stretches(day: StationDay) -> Iterator[tuple[datetime, datetime]]:
    """Yield the allowed hours and every session, in whole quarters."""
    for begins, ends in _hours(day):
        yield _quarters(begins, ends)
    for cluster in day.clusters:
        for session in cluster.sessions:
            yield _quarters(session.slot, session.ends)


def _hours(day: StationDay) -> Iterator[tuple[datetime, datetime]]:
    for hours in day.hours:
        begins = datetime.combine(day.day, hours.start, tzinfo=VIETNAM)
        yield begins, datetime.combine(day.day, hours.end, tzinfo=VIETNAM)


def _long_enough(stretch: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """Widen a short stretch to the whole hours that it lies in."""
    begins, ends = stretch
    if ends - begins >= _SHORTEST:
        return stretch
    first = begins.replace(minute=0)
    return first, max(first + _SHORTEST, ends)


def _quarters(begins: datetime, ends: datetime) -> tuple[datetime, datetime]:
    midnight = begins.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    first = (begins - midnight) // _QUARTER
    last = max(first + 1, -((midnight - ends) // _QUARTER))
    return midnight + first * _QUARTER, midnight + last * _QUARTER


def _merged(
    stretches: Iterable[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime]]:
    """Join stretches that touch."""
    current: tuple[datetime, datetime] | None = None
    for begins, ends in stretches:
        if current is not None and begins <= current[1]:
            current = (current[0], max(current[1], ends))
            continue
        if current is not None:
            yield current
        current = (begins, ends)
    if current is not None:
        yield current
