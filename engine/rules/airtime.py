"""The station's rules on one campaign's programme: hours, sessions a day, minutes a session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Breach, PlannedDelivery, Priority, Registry
from engine.rules.hours import may_act


def airtime_breaches(deliveries: Iterable[PlannedDelivery], registry: Registry) -> Iterator[Breach]:
    """Yield what the loudspeaker deliveries of one campaign would break, once per slot.

    An emergency may break every one of these rules; that is said and recorded.
    """
    seconds: dict[tuple[str, datetime], dict[str, float]] = defaultdict(dict)
    waived = False
    outside: set[tuple[str, datetime]] = set()
    for item in deliveries:
        waived = waived or item.priority is Priority.EMERGENCY
        if not may_act(item.channel, registry, item.slot):
            outside.add((item.channel, item.slot))
        if item.channel == "loudspeaker":
            seconds[item.target, item.slot][item.content_hash] = item.forecast.seconds
    yield from _hours_breaches(outside, registry, waived)
    yield from _length_breaches(seconds, registry, waived)
    yield from _session_breaches(seconds, registry, waived)


def _hours_breaches(
    outside: set[tuple[str, datetime]], registry: Registry, waived: bool
) -> Iterator[Breach]:
    for channel, slot in sorted(outside):
        allowed = registry.station.hours if channel == "loudspeaker" else (registry.chat_hours,)
        message = _("{slot} is outside the allowed hours ({hours})").format(
            slot=local(slot).strftime("%H:%M %d/%m/%Y"),
            hours=", ".join(f"{h.start:%H:%M}–{h.end:%H:%M}" for h in allowed),
        )
        yield Breach(message, channel=channel, waived=waived)


def _length_breaches(
    seconds: dict[tuple[str, datetime], dict[str, float]], registry: Registry, waived: bool
) -> Iterator[Breach]:
    limit = registry.station.minutes_per_session
    for (cluster, slot), contents in sorted(seconds.items()):
        minutes = sum(contents.values()) / 60
        if minutes > limit:
            message = _(
                "{minutes:.1f} minutes at {slot}; a session may last {limit} minutes"
            ).format(minutes=minutes, slot=local(slot).strftime("%H:%M %d/%m/%Y"), limit=limit)
            yield Breach(message, channel="loudspeaker", target=cluster, waived=waived)


def _session_breaches(
    seconds: dict[tuple[str, datetime], dict[str, float]], registry: Registry, waived: bool
) -> Iterator[Breach]:
    limit = registry.station.sessions_per_day
    days: dict[tuple[str, date], set[datetime]] = defaultdict(set)
    for cluster, slot in seconds:
        days[cluster, local(slot).date()].add(slot)
    for (cluster, day), slots in sorted(days.items()):
        if len(slots) > limit:
            message = _("{found} sessions on {day}; {limit} a day are allowed").format(
                found=len(slots), day=day.strftime("%d/%m/%Y"), limit=limit
            )
            yield Breach(message, channel="loudspeaker", target=cluster, waived=waived)
