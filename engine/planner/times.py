"""When a campaign's placements act: at given moments, or from its approval on, again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.models import Campaign, Placement, Priority, Registry, Repeat
from engine.rules import next_allowed

#: What is still to be said just before it is said again is left to that.
_JUST_BEFORE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment at which something acts.

    ``asap``: it follows from the moment of approval, so another moment is the same delivery.
    ``again`` is how long after it the same is said again; None when it is not.
    """

    at: datetime
    asap: bool
    again: timedelta | None = None

    def moved(self, to: datetime | None) -> Slot:
        """Return this slot at another moment; itself when there is none."""
        return self if to is None else replace(self, at=to)

    def until(self, valid_until: datetime, grace: timedelta | None) -> datetime:
        """Return when it is too late, which is never after ``valid_until``.

        What is missed is said once, at the next repeat, and never in a burst.
        """
        found = valid_until
        if not self.asap and grace is not None:
            found = min(found, self.at + grace)
        return found if self.again is None else min(found, self.at + self.again - _JUST_BEFORE)


class Times:
    """Finds the slots of one campaign that is approved at ``now``, in one commune."""

    def __init__(self, campaign: Campaign, registry: Registry, now: datetime) -> None:
        self._campaign = campaign
        self._registry = registry
        self._begins = max(now, campaign.valid_from or now)
        #: Whether some targets are silent when others are not.
        self.differ_by_target = any(quiet.clusters for quiet in registry.station.quiet)
        self._soonest: dict[tuple[str, str], datetime | None] = {}

    def of(self, channel: str, placement: Placement) -> Iterator[Slot]:
        """Yield a placement's slots in order; none where the rules leave no hour."""
        if placement.at is not None:
            yield Slot(placement.at, asap=False)
            return
        first = self._first(channel, placement.target)
        if first is None:
            return
        if placement.repeat is None:
            yield Slot(first, asap=True)
            return
        every = placement.repeat.every
        yield Slot(first, asap=True, again=every)
        for at in moments_after(first, placement.repeat):
            if self.may(channel, placement.target, at):
                yield Slot(at, asap=False, again=every)

    def _first(self, channel: str, target: str) -> datetime | None:
        key = (channel, target if self.differ_by_target else "")
        if key not in self._soonest:
            urgency = self._campaign.urgency
            self._soonest[key] = next_allowed(
                channel, self._registry, urgency, self._begins, key[1]
            )
        return self._soonest[key]

    def may(self, channel: str, target: str, at: datetime) -> bool:
        """Say whether it may be said then: an emergency always, a drill within the hours."""
        urgency = self._campaign.urgency
        if urgency is Priority.EMERGENCY:
            return True
        return next_allowed(channel, self._registry, urgency, at, target) == at


def moments_after(first: datetime, again: Repeat) -> Iterator[datetime]:
    """Yield when something is said again after ``first``, on whole minutes, until its end."""
    at = first + again.every
    while (whole := at.replace(second=0, microsecond=0)) <= again.until:
        yield whole
        at += again.every
