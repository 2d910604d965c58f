"""What of a session fits, what must give way, and the next session that has room for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from engine.clock import VIETNAM, local
from engine.models import Around, Priority, Registry, Sessions, Sound, StationRules
from engine.rules.closed import closed_at, closed_within
from engine.rules.hours import may_act

#: Days on which a sound that gives way looks for another session.
_DAYS = 8

#: What lasts up to so many seconds longer than it may is not too long: sounds are measured to a
#: tenth, and a frame of MP3 lasts a fortieth.
_SLACK = 0.5


def room(station: StationRules, cluster: str, slot: datetime) -> float:
    """Return how many seconds a session of ``cluster`` may last from ``slot`` on.

    Until a relay or a quiet time begins, if that is sooner; 0 within one.
    """
    most = station.minutes_per_session * 60.0
    closed = closed_within(station, cluster, slot, most)
    if closed is None:
        return most
    return max(0.0, (closed.begins - slot).total_seconds())


def fits(seconds: float, most: float) -> bool:
    return seconds <= most + _SLACK


def overflow(
    sounds: Iterable[Sound], around: Around, station: StationRules, most: float
) -> list[Sound]:
    """Return what must leave a session that may last ``most`` seconds, the weightiest first.

    Emergencies stay and count for nothing: they come beside the station's sessions. Then what
    is firm stays, and of the others the weightier ones (``StationRules.weight``) before the
    lighter. A sound that is too long for any session leaves like the others.
    """
    kept: list[float] = []
    leaving: list[Sound] = []
    asked = (sound for sound in sounds if sound.priority is not Priority.EMERGENCY)
    for sound in sorted(asked, key=lambda one: (not one.firm, *_weight(one, station))):
        if sound.firm or fits(around.session([*kept, sound.seconds]), most):
            kept.append(sound.seconds)
        else:
            leaving.append(sound)
    return leaving


def _weight(sound: Sound, station: StationRules) -> tuple[object, ...]:
    weight = station.weight(sound.campaign_id, sound.priority, sound.since)
    return (*weight, sound.campaign_id, sound.key)


class Book:
    """The sessions of clusters as they would be; sounds are moved within it."""

    def __init__(self, sessions: Sessions, registry: Registry, around: Around) -> None:
        self._station = registry.station
        self._registry = registry
        self._around = around
        self._clusters: dict[str, dict[datetime, dict[str, Sound]]] = defaultdict(dict)
        for (cluster, slot), sounds in sessions.items():
            self._clusters[cluster][slot] = dict(sounds)

    def add(self, cluster: str, slot: datetime, sound: Sound) -> None:
        self._clusters[cluster].setdefault(slot, {})[sound.key] = sound

    def remove(self, cluster: str, slot: datetime, key: str) -> None:
        self._clusters[cluster].get(slot, {}).pop(key, None)

    def at(self, cluster: str, slot: datetime) -> Mapping[str, Sound]:
        return self._clusters[cluster].get(slot, {})

    def overfull(self, cluster: str, slot: datetime) -> list[Sound]:
        """Return what must leave a session, the weightiest first; see ``overflow``."""
        sounds = self.at(cluster, slot)
        usual = self._station.minutes_per_session * 60.0
        lasts = self._around.session([one.seconds for one in sounds.values()])
        short = self._station.relays or self._station.quiet
        if not short and fits(lasts, usual):
            return []
        most = room(self._station, cluster, slot) if short else usual
        return overflow(sounds.values(), self._around, self._station, most)

    def alone(self, cluster: str, slot: datetime, sound: Sound) -> bool:
        """Say whether a sound alone would fit into a session."""
        return fits(self._around.session([sound.seconds]), room(self._station, cluster, slot))

    def move(self, cluster: str, slot: datetime, sound: Sound, after: datetime) -> datetime | None:
        """Take a sound to the first session after ``slot`` and ``after`` that has room for it.

        That is a session which the cluster has already, or, on a day that may have one more, the
        beginning of allowed hours. Return its slot; None when there is none before the campaign
        ends: then the sound is off the air.
        """
        self.remove(cluster, slot, sound.key)
        found = next(self._openings(cluster, sound, max(slot, after)), None)
        if found is not None:
            self.add(cluster, found, sound)
        return found

    def _openings(self, cluster: str, sound: Sound, after: datetime) -> Iterator[datetime]:
        slots = self._clusters[cluster]
        used: dict[date, int] = defaultdict(int)
        for slot, sounds in slots.items():
            if any(one.priority is not Priority.EMERGENCY for one in sounds.values()):
                used[local(slot).date()] += 1
        last = min(sound.until, after + timedelta(days=_DAYS))
        candidates = {*slots, *self._beginnings(after, last)}
        for slot in sorted(one for one in candidates if after < one <= last):
            there = slots.get(slot, {})
            day = local(slot).date()
            new = not any(one.priority is not Priority.EMERGENCY for one in there.values())
            if new and used[day] >= self._station.sessions_per_day:
                continue
            if sound.key in there or self._has_room(cluster, slot, sound):
                yield slot

    def _has_room(self, cluster: str, slot: datetime, sound: Sound) -> bool:
        allowed = may_act("loudspeaker", self._registry, slot)
        if not allowed or closed_at(self._station, cluster, slot) is not None:
            return False
        lengths = [
            one.seconds
            for one in self.at(cluster, slot).values()
            if one.priority is not Priority.EMERGENCY
        ]
        lasts = self._around.session([*lengths, sound.seconds])
        return fits(lasts, room(self._station, cluster, slot))

    def _beginnings(self, after: datetime, last: datetime) -> Iterator[datetime]:
        day = local(after).date()
        while day <= local(last).date():
            if day.isoweekday() in self._station.days:
                for hours in self._station.hours:
                    yield datetime.combine(day, hours.start, tzinfo=VIETNAM)
            day += timedelta(days=1)
