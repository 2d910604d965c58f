"""What of a session fits, what must give way, and the next session that has room for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from engine.clock import VIETNAM, local
from engine.models import Around, Priority, Registry, Sessions, Sound, StationRules
from engine.rules.closed import closed_at, closed_on, closed_within
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
    lighter, and of the same priority what airs for the first time before second tries. A sound
    that is too long for any session leaves like the others.
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
    rank, *others = station.weight(sound.campaign_id, sound.priority, sound.since)
    return (rank, sound.again, *others, sound.campaign_id, sound.key)


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

    def sessions(self, cluster: str, day: date) -> dict[datetime, Mapping[str, Sound]]:
        """Return the sessions of a cluster's day; what airs emergencies alone is none."""
        slots = self._clusters[cluster].items()
        found = {slot: sounds for slot, sounds in slots if local(slot).date() == day}
        return {slot: sounds for slot, sounds in found.items() if _is_session(sounds)}

    def move(self, cluster: str, slot: datetime, sound: Sound, after: datetime) -> datetime | None:
        """Take a sound to the first session after ``slot`` and ``after`` that has room for it.

        That is a session which the cluster has already, or, on a day that may have one more, the
        beginning of an allowed stretch. Return its slot; None when there is none before the
        campaign ends: then the sound is off the air.
        """
        self.remove(cluster, slot, sound.key)
        openings = self._openings(cluster, sound, max(slot, after))
        found = next((opening for opening, _new in openings), None)
        if found is not None:
            self.add(cluster, found, sound)
        return found

    def join(
        self,
        cluster: str,
        sound: Sound,
        after: datetime,
        *,
        but: Collection[datetime] = (),
        times: Collection[time] = (),
    ) -> datetime | None:
        """Take a second try to where it fits, and return the slot; None when there is none.

        That is on the first day on which it can be heard, and there a programme that airs
        anyway before a session of its own; such a one may begin at ``times`` of day, too.
        Slots in ``but`` are no good: there the same people hear it as it is.
        """
        openings = (
            (local(slot).date(), new, slot)
            for slot, new in self._openings(cluster, sound, after, times)
            if slot not in but
        )
        best: tuple[date, bool, datetime] | None = None
        for one in openings:
            if best is not None and one[0] > best[0]:
                break
            best = min(best or one, one)
        if best is None:
            return None
        self.add(cluster, best[2], sound)
        return best[2]

    def _openings(
        self, cluster: str, sound: Sound, after: datetime, times: Collection[time] = ()
    ) -> Iterator[tuple[datetime, bool]]:
        """Yield slots that have room, in order, and whether each would be a session more."""
        slots = self._clusters[cluster]
        used = Counter(local(slot).date() for slot, there in slots.items() if _is_session(there))
        last = min(sound.until, after + timedelta(days=_DAYS))
        lasts = timedelta(seconds=self._around.session([sound.seconds]))
        candidates = {*slots, *self._beginnings(cluster, after, last, times, lasts)}
        for slot in sorted(one for one in candidates if after < one <= last):
            there = slots.get(slot, {})
            new = not _is_session(there)
            if new and used[local(slot).date()] >= self._station.sessions_per_day:
                continue
            if sound.key in there or self._has_room(cluster, slot, sound):
                yield slot, new

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

    def _beginnings(
        self,
        cluster: str,
        after: datetime,
        last: datetime,
        times: Collection[time],
        lasts: timedelta,
    ) -> Iterator[datetime]:
        """Yield when the station may begin to speak: its hours open, or a relay or quiet ends.

        The latter only where a session of this length is over before the hours are.
        """
        day = local(after).date()
        while day <= local(last).date():
            if day.isoweekday() in self._station.days:
                for at in (*(hours.start for hours in self._station.hours), *times):
                    yield datetime.combine(day, at, tzinfo=VIETNAM)
                for closed in closed_on(self._station, cluster, day):
                    if self._is_within_hours(closed.ends, closed.ends + lasts):
                        yield closed.ends
            day += timedelta(days=1)

    def _is_within_hours(self, begins: datetime, ends: datetime) -> bool:
        first, last = local(begins), local(ends)
        return first.date() == last.date() and any(
            first.time() in hours and last.time() in hours for hours in self._station.hours
        )


def _is_session(sounds: Mapping[str, Sound]) -> bool:
    return any(one.priority is not Priority.EMERGENCY for one in sounds.values())
