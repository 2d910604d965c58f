"""Allowed hours: judged at the slot, in local time; an emergency may break them."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.clock import VIETNAM, local
from engine.models import Hours, Priority, Registry

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
    channel: str, registry: Registry, priority: Priority, moment: datetime
) -> datetime | None:
    """Return the first moment, ``moment`` or later, at which ``channel`` may act.

    Emergencies may always. None when the rules leave no hour within a week.
    """
    if priority is Priority.EMERGENCY or may_act(channel, registry, moment):
        return moment
    allowed = _hours(channel, registry)
    assert allowed is not None
    today = local(moment).date()
    for day in (today + timedelta(days=n) for n in range(8)):
        for stretch in sorted(allowed[0], key=lambda h: h.start):
            start = datetime.combine(day, stretch.start, tzinfo=VIETNAM)
            if start >= moment and day.isoweekday() in allowed[1]:
                return start
    return None
