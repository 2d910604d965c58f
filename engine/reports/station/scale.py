"""Where moments lie on the picture of a day: only hours in which something may or does happen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.clock import VIETNAM
from engine.reports.station.day import StationDay

_QUARTER = timedelta(minutes=15)

#: Pixels between two stretches, and how narrow one may be.
_GAP, _NARROWEST = 52.0, 140.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One stretch of the day, from ``left`` on; ``width`` in pixels."""

    begins: datetime
    ends: datetime
    left: float
    width: float

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
    """Share ``width`` pixels among the stretches of ``day``, by how long they are."""
    stretches = list(_merged(sorted(_stretches(day))))
    if not stretches:
        begins = datetime.combine(day.day, datetime.min.time(), tzinfo=VIETNAM)
        stretches = [(begins + timedelta(hours=5), begins + timedelta(hours=7))]
    room = width - _GAP * (len(stretches) - 1)
    spare = max(0.0, room - _NARROWEST * len(stretches))
    total = sum((ends - begins).total_seconds() for begins, ends in stretches)
    found: list[Panel] = []
    for begins, ends in stretches:
        share = min(room / len(stretches), _NARROWEST)
        wide = share + spare * (ends - begins).total_seconds() / total
        found.append(Panel(begins, ends, left, wide))
        left += wide + _GAP
    return found


def _stretches(day: StationDay) -> Iterator[tuple[datetime, datetime]]:
    """Yield the allowed hours and every session, in whole quarters."""
    for hours in day.hours:
        begins = datetime.combine(day.day, hours.start, tzinfo=VIETNAM)
        yield _quarters(begins, datetime.combine(day.day, hours.end, tzinfo=VIETNAM))
    for cluster in day.clusters:
        for session in cluster.sessions:
            yield _quarters(session.slot, session.ends)


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
