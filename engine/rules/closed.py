"""Stretches in which a cluster of loudspeakers may air nothing of the commune's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.clock import VIETNAM, local
from engine.i18n import gettext as _
from engine.models import Hours, StationRules

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, order=True)
class Closed:
    """From ``begins`` until just before ``ends``; ``why`` is whose programme or which reason."""

    begins: datetime
    ends: datetime
    why: str
    relay: bool = False

    def __contains__(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends

    def in_words(self) -> str:
        """Return what keeps the cluster silent, and when."""
        message = (
            _("relay of {name}, {begins}–{ends}")
            if self.relay
            else (_("quiet: {name}, {begins}–{ends}"))
        )
        begins, ends = local(self.begins), local(self.ends)
        until = "24:00" if ends.date() > begins.date() else f"{ends:%H:%M}"
        return message.format(name=self.why, begins=f"{begins:%H:%M}", ends=until)


def closed_on(station: StationRules, cluster: str, day: date) -> list[Closed]:
    """Return what closes ``cluster`` on ``day``, local time, in order."""
    return sorted(_closed_on(station, cluster, day))


def closed_at(station: StationRules, cluster: str, moment: datetime) -> Closed | None:
    """Return what closes ``cluster`` at ``moment``; None when nothing does."""
    if not (station.relays or station.quiet):
        return None
    found = closed_on(station, cluster, local(moment).date())
    return next((one for one in found if moment in one), None)


def closed_within(
    station: StationRules, cluster: str, begins: datetime, seconds: float
) -> Closed | None:
    """Return what closes ``cluster`` first while something of so many seconds is on air."""
    if not (station.relays or station.quiet):
        return None
    ends = begins + timedelta(seconds=seconds)
    found = closed_on(station, cluster, local(begins).date())
    return next((one for one in found if one.begins < ends and begins < one.ends), None)


def _closed_on(station: StationRules, cluster: str, day: date) -> Iterator[Closed]:
    for relay in station.relays:
        if day.isoweekday() in relay.days:
            yield Closed(*_moments(relay.hours, day), relay.name, relay=True)
    for quiet in station.quiet:
        if quiet.silences(cluster, day):
            yield Closed(*_moments(quiet.hours, day), quiet.reason)


def _moments(hours: Hours, day: date) -> tuple[datetime, datetime]:
    """Return when a stretch begins and ends; 23:59 means midnight."""
    begins = datetime.combine(day, hours.start, tzinfo=VIETNAM)
    ends = datetime.combine(day, hours.end, tzinfo=VIETNAM)
    return begins, ends + _MINUTE if hours.end == time(23, 59) else ends
