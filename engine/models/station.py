"""A commune's station: when its loudspeakers may speak, and when they must not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

#: ISO weekdays, Monday = 1.
EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the day in local time, both ends included; it never crosses midnight."""

    start: time
    end: time

    def __contains__(self, moment: time) -> bool:
        return self.start <= moment <= self.end


@dataclass(frozen=True, slots=True)
class Relay:
    """A stretch of the day in which the station carries an upper level's programme.

    ``name`` says whose. ``days`` are ISO weekdays.
    """

    hours: Hours
    name: str
    days: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Quiet:
    """Days, both ends included, with hours in which nothing may air: an exam, a funeral.

    ``clusters`` are the ids of those that stay silent; empty means all of them.
    """

    first: date
    last: date
    hours: Hours
    reason: str
    clusters: frozenset[str] = frozenset()

    def silences(self, cluster: str, day: date) -> bool:
        """Say whether ``cluster`` has such hours on ``day``."""
        mine = not self.clusters or cluster in self.clusters
        return mine and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class StationRules:
    """When the loudspeakers may speak. Local rules: every number is the commune's setting.

    ``days`` are ISO weekdays. What is relayed and what is quiet lies within the hours or not.
    ``name`` is how the station calls itself on air; empty for what follows from the commune's.
    """

    hours: tuple[Hours, ...]
    sessions_per_day: int
    minutes_per_session: int
    days: frozenset[int] = EVERY_DAY
    relays: tuple[Relay, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    name: str = ""
