"""Fitting a campaign into the station's sessions: what comes late, what moves, what gives way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine.clock import local
from engine.i18n import gettext as _
from engine.models import (
    Around,
    Breach,
    Campaign,
    PlannedDelivery,
    Priority,
    Registry,
    Sessions,
    Shift,
    Sound,
)
from engine.planner.airing import Standing
from engine.planner.giving_way import GivingWay, shown
from engine.rules import BESIDE, Airtime, Book

#: One sound of the campaign: cluster, slot and content hash.
Place = tuple[str, datetime, str]


@dataclass(slots=True)
class Fitted:
    """A campaign's deliveries in the slots that they get, and what had to move for that.

    ``others`` are the sessions of the other campaigns after it. Breaches that are waived say
    what moves; the others say for what no session is left.
    """

    deliveries: tuple[PlannedDelivery, ...]
    others: Sessions
    breaches: list[Breach] = field(default_factory=list)
    shifts: tuple[Shift, ...] = ()


def lengths_of(sessions: Sessions) -> Airtime:
    """Return sessions as seconds on air."""
    return {
        place: {key: sound.seconds for key, sound in sounds.items()}
        for place, sounds in sessions.items()
    }


def fitted(
    deliveries: Sequence[PlannedDelivery],
    campaign: Campaign,
    registry: Registry,
    taken: Sessions,
    around: Around,
    now: datetime,
    standing: Standing,
) -> Fitted:
    """Return where a campaign airs. An emergency takes its slots, whatever is there.

    What is approved within the station's cut-off before a slot goes to the next session. Of a
    session that is too long, or runs into a relay or a quiet time, what weighs least goes, the
    campaign's own sounds or another's. What would not fit alone stays, for a rule to refuse.
    """
    on_air = [one for one in deliveries if one.channel == "loudspeaker"]
    if campaign.priority is Priority.EMERGENCY or not on_air:
        return Fitted(tuple(deliveries), taken)
    fitting = _Fitting(on_air, campaign, registry, taken, around, now, standing)
    late = fitting.late()
    fitting.move_late(late)
    fitting.free_sessions()
    fitting.make_room()
    return fitting.result(deliveries)


class _Fitting:
    def __init__(
        self,
        on_air: Sequence[PlannedDelivery],
        campaign: Campaign,
        registry: Registry,
        taken: Sessions,
        around: Around,
        now: datetime,
        standing: Standing,
    ) -> None:
        self._campaign = campaign
        self._standing = standing
        self._taken = taken
        self._now = now
        self._cutoff = timedelta(minutes=registry.station.cutoff_minutes)
        self._limit = registry.station.sessions_per_day
        self._book = Book(taken, registry, around)
        self._own: dict[Place, list[PlannedDelivery]] = defaultdict(list)
        self._places: dict[tuple[str, str], set[Place]] = defaultdict(set)
        for one in on_air:
            place = (one.target, one.slot, one.content_hash)
            self._own[place].append(one)
            self._places[one.target, one.content_hash].add(place)
        self._to: dict[Place, datetime | None] = {}
        self._giving_way = GivingWay(campaign.id)
        self._breaches: list[Breach] = []

    def late(self) -> list[Place]:
        """Return what comes too late for its slot, unless it is there already; book the rest."""
        late: list[Place] = []
        for place, items in sorted(self._own.items(), key=lambda one: one[0][:2]):
            closed = place[1] - self._cutoff < self._now
            new = [one for one in items if one.key not in self._standing.keys]
            if closed and new and not items[0].asap:
                late.append(place)
            else:
                self._book.add(place[0], place[1], self._sound(place))
        return late

    def move_late(self, late: Iterable[Place]) -> None:
        minutes = round(self._cutoff.total_seconds() / 60)
        for place in late:
            cluster, slot, _key = place
            to = self._book.move(cluster, slot, self._sound(place), self._now + self._cutoff)
            self._to[place] = to
            if to is None:
                message = _(
                    "too late for {slot}: its programme is closed {minutes} minutes before, and no "
                    "later session has room before the campaign ends"
                )
            else:
                message = _(
                    "too late for {slot}: its programme is closed {minutes} minutes before; it "
                    "moves to {to}"
                )
            self._say(message, place, to, minutes=minutes)

    def free_sessions(self) -> None:
        """On days with too many sessions, let those go that second tries alone have made."""
        if self._campaign.purpose in BESIDE:
            return
        used = self._used()
        for cluster, day in sorted({(cluster, local(slot).date()) for cluster, slot in used}):
            sessions = self._book.sessions(cluster, day)
            too_many = len(sessions) - self._limit
            for slot, sounds in sorted(sessions.items(), reverse=True):
                tries = all(one.again and not one.firm for one in sounds.values())
                if too_many > 0 and tries and (cluster, slot) not in used:
                    for sound in list(sounds.values()):
                        self._make_way(cluster, slot, sound)
                    too_many -= 1

    def _make_way(self, cluster: str, slot: datetime, sound: Sound) -> None:
        """Take a second try out of a session of its own, to any other that it can join."""
        self._book.remove(cluster, slot, sound.key)
        to = self._book.join(cluster, sound, self._now + self._cutoff, but=(slot,))
        self._giving_way.needed(cluster, slot, sound, to)

    def _used(self) -> set[tuple[str, datetime]]:
        """Return the sessions of the campaign, where it was meant to air or goes."""
        used = {(cluster, to) for (cluster, _slot, _key), to in self._to.items() if to is not None}
        stays = {place[:2] for place in self._own if place not in self._to}
        return used | stays

    def make_room(self) -> None:
        """Move what does not fit in the sessions that the campaign uses, one after the other."""
        for cluster, slot in sorted(self._used()):
            for sound in self._book.overfull(cluster, slot):
                if sound.campaign_id != self._campaign.id:
                    to = self._book.move(cluster, slot, sound, self._now + self._cutoff)
                    self._giving_way.full(cluster, slot, sound, to)
                elif self._book.alone(cluster, slot, sound):
                    self._move_on(cluster, slot, sound)

    def _move_on(self, cluster: str, slot: datetime, sound: Sound) -> None:
        to = self._book.move(cluster, slot, sound, self._now + self._cutoff)
        same = self._places[cluster, sound.key]
        meant = [place for place in same if self._to.get(place, place[1]) == slot]
        for place in meant:
            self._to[place] = to
        if to is None:
            message = _(
                "the session at {slot} is full, and no later session has room before the "
                "campaign ends"
            )
        else:
            message = _("the session at {slot} is full: it moves to {to}")
        self._say(message, (cluster, slot, sound.key), to)

    def result(self, deliveries: Sequence[PlannedDelivery]) -> Fitted:
        placed = tuple(self._placed(deliveries))
        ways = self._giving_way
        breaches = [*self._breaches, *ways.breaches]
        return Fitted(placed, ways.after(self._taken), breaches, tuple(ways.shifts))

    def _placed(self, deliveries: Sequence[PlannedDelivery]) -> Iterator[PlannedDelivery]:
        """Yield the deliveries in the slots that they get; what airs there anyway comes once."""
        if not self._to:
            yield from deliveries
            return
        moved = [self._in_its_slot(one) for one in deliveries]
        seen: set[tuple[str, ...]] = set()
        first = [one for one in moved if one is not None and one.moved_from is None]
        kept = {one.key for one in first}
        for one in moved:
            if one is None or (one.moved_from is not None and one.key in kept | seen):
                continue
            seen.add(one.key)
            yield one

    def _in_its_slot(self, one: PlannedDelivery) -> PlannedDelivery | None:
        place = (one.target, one.slot, one.content_hash)
        if one.channel != "loudspeaker" or place not in self._to:
            return one
        to = self._to[place]
        if to is None:
            return None
        until = self._campaign.valid_until
        return replace(
            one,
            slot=to,
            moved_from=one.moved_from or one.slot,
            work_at=to - (one.slot - one.work_at),
            expires_at=until if one.asap else min(until, to + (one.expires_at - one.slot)),
        )

    def _sound(self, place: Place) -> Sound:
        item, campaign = self._own[place][0], self._campaign
        return Sound(
            campaign.id,
            place[2],
            campaign.priority,
            item.forecast.seconds,
            campaign.valid_until,
            self._standing.since,
        )

    def _say(self, message: str, place: Place, to: datetime | None, **more: object) -> None:
        cluster, slot, key = place
        words = message.format(slot=shown(slot), to=shown(to) if to else "", **more)
        same = self._places[cluster, key]
        aired = any(self._to.get(other, other[1]) is not None for other in same)
        self._breaches.append(
            Breach(
                words,
                "loudspeaker",
                target=cluster,
                waived=to is not None or aired,
                slots=_both(slot, to),
                late=to is None,
            )
        )


def _both(slot: datetime, to: datetime | None) -> tuple[datetime, ...]:
    return (slot,) if to is None else (slot, to)
