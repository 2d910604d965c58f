"""The station's rules on a campaign's airtime: hours, sessions a day, minutes a session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from types import MappingProxyType

from engine.clock import local
from engine.i18n import decimal
from engine.i18n import gettext as _
from engine.models import Around, Breach, PlannedDelivery, Priority, Purpose, Registry
from engine.rules.closed import closed_within
from engine.rules.fitting import fits
from engine.rules.hours import may_act

#: Seconds on air by (cluster, slot) and content hash.
Airtime = Mapping[tuple[str, datetime], Mapping[str, float]]

#: Nobody else is on air.
NOTHING: Airtime = MappingProxyType({})

#: What comes beside the station's sessions of the day, and is none of them.
BESIDE = frozenset({Purpose.DRILL, Purpose.ALL_CLEAR})

#: Programmes have nothing but their items.
BARE = Around()


def airtime_breaches(
    deliveries: Iterable[PlannedDelivery],
    registry: Registry,
    taken: Airtime = NOTHING,
    around: Around = BARE,
) -> Iterator[Breach]:
    """Yield what the loudspeaker deliveries of one campaign would break, once per slot.

    ``taken`` is what other campaigns have on air, ``around`` what a programme has besides; only
    slots and days that this campaign uses are judged. An emergency may break every one of these
    rules; that is said and recorded. A drill or an all-clear is none of the day's sessions.
    """
    seconds: dict[tuple[str, datetime], dict[str, float]] = defaultdict(dict)
    waived = beside = False
    used: set[tuple[str, datetime]] = set()
    for item in deliveries:
        waived = waived or item.priority is Priority.EMERGENCY
        beside = beside or item.purpose in BESIDE
        used.add((item.channel, item.slot))
        if item.channel == "loudspeaker":
            seconds[item.target, item.slot][item.content_hash] = item.forecast.seconds
    outside = {(channel, slot) for channel, slot in used if not may_act(channel, registry, slot)}
    yield from hours_breaches(outside, registry, waived=waived)
    yield from session_breaches(
        seconds, registry, waived=waived, beside=beside, taken=taken, around=around
    )


def session_breaches(
    seconds: Airtime,
    registry: Registry,
    *,
    waived: bool = False,
    beside: bool = False,
    taken: Airtime = NOTHING,
    around: Around = BARE,
) -> Iterator[Breach]:
    """Yield what sessions would break besides the hours: relays, quiet times, length, number.

    ``beside``: they come beside the day's sessions, and count for none of them.
    """
    yield from _closed_breaches(seconds, registry, waived, taken, around)
    yield from _length_breaches(seconds, registry, waived, taken, around)
    if not beside:
        yield from _session_breaches(seconds, registry, waived, taken)


def hours_breaches(
    outside: set[tuple[str, datetime]], registry: Registry, *, waived: bool = False
) -> Iterator[Breach]:
    """Yield a breach for each (channel, slot) that lies outside the channel's hours."""
    for channel, slot in sorted(outside):
        allowed = registry.station.hours if channel == "loudspeaker" else (registry.chat_hours,)
        message = _("{slot} is outside the allowed hours ({hours})").format(
            slot=_shown(slot),
            hours=", ".join(f"{h.start:%H:%M}–{h.end:%H:%M}" for h in allowed),
        )
        yield Breach(message, channel=channel, waived=waived, slots=(slot,))


def _closed_breaches(
    seconds: Airtime, registry: Registry, waived: bool, taken: Airtime, around: Around
) -> Iterator[Breach]:
    """Yield the sessions that meet a relay or a quiet time, all of their campaigns counted."""
    for (cluster, slot), contents in sorted(seconds.items()):
        length = around.session(_all(contents, taken.get((cluster, slot), {})))
        closed = closed_within(registry.station, cluster, slot, length)
        if closed is not None:
            message = _("the session at {slot} meets what keeps the cluster silent: {closed}")
            message = message.format(slot=_shown(slot), closed=closed.in_words())
            yield _on_air(message, cluster, waived, {slot})


def _all(own: Mapping[str, float], others: Mapping[str, float]) -> list[float]:
    return [*own.values(), *others.values()]


def _length_breaches(
    seconds: Airtime, registry: Registry, waived: bool, taken: Airtime, around: Around
) -> Iterator[Breach]:
    limit = registry.station.minutes_per_session
    for (cluster, slot), contents in sorted(seconds.items()):
        others = taken.get((cluster, slot), {})
        lasts = around.session(_all(contents, others))
        if not fits(lasts, limit * 60.0):
            if others:
                message = _(
                    "{minutes} minutes at {slot}, opening and closing included, {others} of them"
                    " other campaigns'; a session may last {limit} minutes"
                )
            else:
                message = _(
                    "{minutes} minutes at {slot}, opening and closing included; a session may last"
                    " {limit} minutes"
                )
            message = message.format(
                minutes=decimal(lasts / 60),
                slot=_shown(slot),
                others=decimal(sum(others.values()) / 60),
                limit=limit,
            )
            yield _on_air(message, cluster, waived, {slot})


def _session_breaches(
    seconds: Airtime, registry: Registry, waived: bool, taken: Airtime
) -> Iterator[Breach]:
    limit = registry.station.sessions_per_day
    own = _sessions(seconds)
    all_of_them = _sessions([*seconds, *taken]) if taken else own
    for cluster, day in sorted(own):
        found = len(all_of_them[cluster, day])
        if found > limit:
            message = _("{found} sessions on {day}; {limit} a day are allowed").format(
                found=found, day=day.strftime("%d/%m/%Y"), limit=limit
            )
            yield _on_air(message, cluster, waived, own[cluster, day])


def _on_air(message: str, cluster: str, waived: bool, slots: Iterable[datetime]) -> Breach:
    return Breach(message, "loudspeaker", target=cluster, waived=waived, slots=tuple(sorted(slots)))


def _sessions(slots: Iterable[tuple[str, datetime]]) -> dict[tuple[str, date], set[datetime]]:
    """Return the slots of each cluster's days, in local time."""
    days: dict[tuple[str, date], set[datetime]] = defaultdict(set)
    day_of = cache(lambda slot: local(slot).date())  # thousands of clusters share few slots
    for cluster, slot in slots:
        days[cluster, day_of(slot)].add(slot)
    return days


def _shown(slot: datetime) -> str:
    return local(slot).strftime("%H:%M %d/%m/%Y")
