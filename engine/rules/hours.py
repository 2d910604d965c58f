"""Allowed hours: judged at the slot, in local time; an emergency may break them."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.clock import VIETNAM, local
from engine.models import Hours, Priority, Registry
from engine.rules.closed import closed_at

_EVERY_DAY = frozenset(range(1, 8))


def _hours(channel: str, registry: Registry) -> tuple[tuple[Hours, ...], frozenset[int]] | None:
    """Return a channel's allowed hours and ISO weekdays; None when it may act at any time.

    Paper and posts wake nobody; loudspeakers and messages do.
    """
    if channel == "loudspeaker":
        return registry.station.hours, registry.station.days
    if channel == "chat":
        return (registry.chat_hours,), _EVERY_DAY
    return None


def may_act(channel: str, registry: Registry, moment: datetime) -> bool:
    """Say whether ``channel`` is allowed to act at ``moment``, priorities aside."""
    allowed = _hours(channel, registry)
    if allowed is None:
        return True
    hours, days = allowed
    there = local(moment)
    time = there.time().replace(second=0, microsecond=0)
    return there.isoweekday() in days and any(time in stretch for stretch in hours)


def next_allowed(
    channel: str,
    registry: Registry,
    priority: Priority,
    moment: datetime,
    target: str = "",
) -> datetime | None:
    """Return the first moment, ``moment`` or later, at which ``channel`` may act.

    ``target`` is the cluster of loudspeakers, where some are silent while others are not.
    Emergencies may always. None when the rules leave no hour within a week.
    """
    if priority is Priority.EMERGENCY:
        return moment
    latest, found = moment + timedelta(days=8), moment
    while found < latest:
        if not may_act(channel, registry, found):
            opens = _next_opening(channel, registry, found)
            if opens is None:
                return None
            found = opens
        closed = closed_at(registry.station, target, found) if channel == "loudspeaker" else None
        if closed is None:
            return found
        found = closed.ends
    return None


def _next_opening(channel: str, registry: Registry, moment: datetime) -> datetime | None:
    """Return when the next allowed stretch begins; None when none does within a week."""
    allowed = _hours(channel, registry)
    assert allowed is not None
    today = local(moment).date()
    for day in (today + timedelta(days=n) for n in range(8)):
        for stretch in sorted(allowed[0], key=lambda h: h.start):
            start = datetime.combine(day, stretch.start, tzinfo=VIETNAM)
            if start >= moment and day.isoweekday() in allowed[1]:
                return start
    return None
