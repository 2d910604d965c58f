"""A commune's station: when its loudspeakers may speak, and when they must not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time

from engine.models.terms import Priority

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
class FixedOrder:
    """The order in which the programmes of one time of day air what is named.

    ``order`` are names as in ``StationRules.order``. ``day`` None means every day.
    """

    at: time
    order: tuple[str, ...]
    day: date | None = None

    def rules(self, slot: datetime) -> bool:
        """Say whether it holds for the programme of ``slot``, which is in local time."""
        there = slot.time().replace(second=0, microsecond=0)
        return there == self.at and self.day in (None, slot.date())


@dataclass(frozen=True, slots=True)
class StationRules:
    """When the loudspeakers may speak. Local rules: every number is the commune's setting.

    ``days`` are ISO weekdays. What is relayed and what is quiet lies within the hours or not.
    ``name`` is how the station calls itself on air; empty for what follows from the commune's.

    ``order`` is the commune's own among important campaigns: ids, or the beginning of ids
    followed by ``*``. ``fixed`` are orders for certain times, whatever the priority; one for a
    day goes before one for every day. ``cutoff_minutes`` before a slot its programme is closed:
    only emergencies still join it.
    """

    hours: tuple[Hours, ...]
    sessions_per_day: int
    minutes_per_session: int
    days: frozenset[int] = EVERY_DAY
    relays: tuple[Relay, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    name: str = ""
    order: tuple[str, ...] = ()
    fixed: tuple[FixedOrder, ...] = ()
    cutoff_minutes: int = 5

    def weight(
        self, campaign_id: str, priority: Priority, since: datetime | None
    ) -> tuple[float, ...]:
        """Return what sorts items, the weightiest first: what must give way comes last.

        By priority, important ones by the commune's order, else the oldest first: that is the
        one approved first, at ``since``; None, what is not approved yet, comes last.
        """
        important = priority is Priority.IMPORTANT
        place = _place(self.order, campaign_id) if important else 0
        return (priority.rank, place, since.timestamp() if since else math.inf)

    def airing_order(
        self, slot: datetime, campaign_id: str, priority: Priority, since: datetime | None
    ) -> tuple[float, ...]:
        """Return what sorts the items of a programme; ``slot`` is in local time.

        Emergencies come first, then what has a fixed place, then the others by ``weight``.
        """
        weight = self.weight(campaign_id, priority, since)
        fixed = self._fixed_for(slot)
        if priority is Priority.EMERGENCY:
            return (0, 0, *weight)
        place = _place(fixed, campaign_id)
        return (2, 0, *weight) if place == len(fixed) else (1, place, *weight)

    def _fixed_for(self, slot: datetime) -> tuple[str, ...]:
        rules = [one for one in self.fixed if one.rules(slot)]
        return min(rules, key=lambda one: one.day is None).order if rules else ()


def _place(order: tuple[str, ...], campaign_id: str) -> int:
    """Return where a campaign stands in an order; behind all of it when it is not named."""
    for place, name in enumerate(order):
        if name == campaign_id or (name.endswith("*") and campaign_id.startswith(name[:-1])):
            return place
    return len(order)
