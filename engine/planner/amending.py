"""Amending what people may know: who was told otherwise is corrected, in the same places.

Judged place by place (hamlet, channel, target), by what people may know there. Where the words
are the same, nothing is sent. Where others are known, the new words go out as a correction, on
loudspeakers at the hours at which the old ones were heard. Where nothing is known they go out as
a plain notice. Whoever was told and is not meant any more is told that it does not hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from channels.base import Channel, targets_of
from channels.leading import lead_of
from engine.clock import VIETNAM, local
from engine.models import (
    Campaign,
    Correction,
    Forecast,
    Hamlet,
    Placement,
    PlannedDelivery,
    Purpose,
    Registry,
)
from engine.models.correction import WITHDRAWAL_HOLDS
from engine.planner.compose import Composed, Composer, audience
from engine.planner.known import Known, Place, Told
from engine.planner.times import Slot, Times
from engine.states import UNSENT

LOUDSPEAKER = "loudspeaker"

#: The hour of what goes out as soon as it may.
_AT_ONCE = "asap"


@dataclass(frozen=True, slots=True)
class Amended:
    """What one place gets, and which amendments made for it before go on as they are."""

    deliveries: tuple[PlannedDelivery, ...] = ()
    kept: tuple[int, ...] = ()
    told: bool = False


class Amender:
    """Amends the plan of one campaign, in one commune, at ``now``."""

    def __init__(
        self,
        campaign: Campaign,
        registry: Registry,
        channels: Mapping[str, Channel],
        composer: Composer,
        known: Known,
        times: Times,
        now: datetime,
    ) -> None:
        assert campaign.correction is not None
        self._campaign = campaign
        self._correction = campaign.correction
        self._registry = registry
        self._channels = channels
        self._composer = composer
        self._known = known
        self._times = times
        self._now = now
        self._until = holds_until(campaign, campaign.correction)
        self._targets = {
            name: frozenset(targets_of(one, registry)) for name, one in channels.items()
        }
        self._meant = {hamlet.id for hamlet in audience(campaign, registry)}
        self._told_at: dict[tuple[str, str], list[str]] = {}
        for hamlet_id, channel, target in known.told:
            self._told_at.setdefault((hamlet_id, channel), []).append(target)
        self._seen: set[Place] = set()
        self._used: dict[str, Composed] = {}
        self._forecasts: dict[tuple[str, str], Forecast] = {}

    @property
    def channels(self) -> Collection[str]:
        """The channels by which people can be told."""
        return self._channels.keys()

    @property
    def used(self) -> Mapping[str, Composed]:
        """The contents of amendments that were planned, by hash."""
        return self._used

    def place(
        self, hamlet: Hamlet, channel: str, plain: Composed, planned: Sequence[PlannedDelivery]
    ) -> Amended:
        """Return what a hamlet gets on one channel, in place of ``planned`` and its plain words.

        Targets that were told, and that the plan leaves out, are told as well.
        """
        targets: dict[str, list[PlannedDelivery]] = {}
        for one in planned:
            targets.setdefault(one.target, []).append(one)
        for target in self._told_at.get((hamlet.id, channel), ()):
            if self._reaches(channel, target):
                targets.setdefault(target, [])
        found: list[PlannedDelivery] = []
        kept: list[int] = []
        told = False
        for target, ones in targets.items():
            amended = self._target(hamlet, (hamlet.id, channel, target), plain, ones)
            found += amended.deliveries
            kept += amended.kept
            told = told or amended.told
        return Amended(tuple(found), tuple(kept), told)

    def told_by_now(self) -> Iterator[tuple[str, str]]:
        """Yield each hamlet and channel by which it was told, and not taken back since."""
        for place, told in self._known.told.items():
            hamlet_id, channel, target = place
            hours = self._hours(told, place).values()
            if self._reaches(channel, target) and any(not one.withdrawn for one in hours):
                yield hamlet_id, channel

    def elsewhere(self) -> Amended:
        """Return what places get that know of it and are not meant any more.

        Where it still is meant, and only by other channels than the one that told people after
        all, nothing may say that it does not hold: whoever heard other words than these is a
        person's to tell (a notice says so).
        """
        found: list[PlannedDelivery] = []
        kept: list[int] = []
        for place, told in self._known.told.items():
            if place in self._seen:
                continue
            waiting = [
                one
                for one in self._known.standing.get(place, ())
                if one.purpose is Purpose.WITHDRAWAL
            ]
            hamlet = self._registry.hamlets_by_id.get(place[0])
            if hamlet is None or place[1] not in self._channels:
                kept += [o.delivery.id for o in waiting if o.delivery.state not in UNSENT]
                continue
            kept += [one.delivery.id for one in waiting]
            if not self._reaches(*place[1:]):
                continue
            if hamlet.id in self._meant and place[1] not in self._campaign.sections:
                kept += self._told_the_same(hamlet, place)
                continue
            covered = {self._hour(one.delivery.slot, one.delivery.asap, place) for one in waiting}
            taken_back = {
                hour: self._composer.withdrawn(place[1], self.facts(one))
                for hour, one in self._hours(told, place).items()
                if not one.withdrawn and hour not in covered
            }
            found += self._missing(hamlet, place, taken_back, told[-1])
        return Amended(tuple(found), tuple(kept), bool(found))

    def _reaches(self, channel: str, target: str) -> bool:
        """Say whether a channel can still act at a target."""
        return target in self._targets.get(channel, ())

    def _told_the_same(self, hamlet: Hamlet, place: Place) -> Iterator[int]:
        """Yield what told a place, by a channel that is left out, what the others say now."""
        for one in self._known.standing.get(place, ()):
            if one.delivery.state not in UNSENT and self._composer.agrees(one.said.words, hamlet):
                yield one.delivery.id

    def facts(self, last: Told) -> Correction:
        """Return what is amended for those who were told ``last`` as the last."""
        return self._correction.known_by(last.row.revision, last.row.purpose)

    def _target(
        self, hamlet: Hamlet, place: Place, plain: Composed, planned: Sequence[PlannedDelivery]
    ) -> Amended:
        self._seen.add(place)
        told = self._known.told.get(place, ())
        says, standing = self._composer.says, self._known.standing.get(place, ())
        same = [
            one
            for one in standing
            if one.good_as(plain.hash) and says(one.said.words, place[1], hamlet)
        ]
        waiting = [one for one in same if one.purpose is Purpose.CORRECTION]
        kept = tuple(one.delivery.id for one in waiting)
        if not told:
            return Amended(tuple(planned), kept)
        one_hour = bool(planned) and any(one.asap for one in planned)
        hours = self._hours(told, place, one_hour=one_hour)
        covered = {
            self._hour(one.delivery.slot, one.delivery.asap, place, one_hour=one_hour)
            for one in waiting
        }
        wrong = {
            hour: self._composer.corrected(plain, self.facts(one))
            for hour, one in hours.items()
            if (one.withdrawn or not says(one.said.words, place[1], hamlet)) and hour not in covered
        }
        kept += tuple(
            one.delivery.id
            for one in same
            if (one.delivery.asap or one.delivery.slot <= self._now)
            and not (wrong and one.delivery.state in UNSENT)
        )
        if not wrong and waiting and self._campaign.schedule.repeat:
            return Amended((), kept, told=True)  # what is said again and again goes on as it is
        usual = self._composer.corrected(plain, self.facts(told[-1]))
        taken = {one.delivery.slot for one in waiting if not one.delivery.asap}
        found: list[PlannedDelivery] = []
        for one in planned:
            hour = self._hour(one.slot, one.asap, place, one_hour=one_hour)
            found += self._instead(one, wrong.get(hour, usual) if wrong else None, taken)
        done = {self._hour(one.slot, one.asap, place, one_hour=one_hour) for one in found}
        if place[1] != LOUDSPEAKER and not any(one.asap for one in found):
            done = set()
        left = {hour: said for hour, said in wrong.items() if hour not in done}
        found += self._missing(hamlet, place, left, told[-1])
        return Amended(tuple(found), kept, told=True)

    def _instead(
        self, one: PlannedDelivery, corrected: Composed | None, taken: Collection[datetime]
    ) -> Iterator[PlannedDelivery]:
        """Yield what stands in place of a plain delivery to a target that was told something.

        What is due at once was told already, unless it is told as a correction now.
        """
        if one.asap or one.slot <= self._now:
            if corrected is not None and one.asap:
                yield self._as(one, corrected)
        elif one.slot in taken:
            return
        elif corrected is not None and one.channel == LOUDSPEAKER:
            yield self._as(one, corrected)
        else:
            yield one

    def _as(self, one: PlannedDelivery, said: Composed) -> PlannedDelivery:
        self._used[said.hash] = said
        hamlet = self._registry.hamlets_by_id[one.hamlet_id]
        return replace(
            one,
            purpose=said.content.purpose,
            content_hash=said.hash,
            forecast=self.forecast(said, hamlet),
        )

    def _missing(
        self, hamlet: Hamlet, place: Place, wanted: Mapping[str, Composed], last: Told
    ) -> Iterator[PlannedDelivery]:
        """Yield what goes to hours at which nothing is planned any more: what each hears."""
        _hamlet, name, target = place
        channel = self._channels[name]
        for hour, said in sorted(wanted.items(), key=lambda one: one[0]):
            slot = self._next(name, target, last.row.backend, hour)
            if slot is None:
                continue
            self._used[said.hash] = said
            grace = channel.grace if name == LOUDSPEAKER else None
            yield PlannedDelivery(
                hamlet_id=hamlet.id,
                channel=name,
                backend=last.row.backend,
                target=target,
                slot=slot.at,
                asap=slot.asap,
                purpose=said.content.purpose,
                content_hash=said.hash,
                priority=self._campaign.urgency,
                households=last.row.households,
                work_at=slot.at - lead_of(channel, last.row.backend),
                expires_at=slot.until(max(self._until, slot.at), grace),
                forecast=self.forecast(said, hamlet),
            )

    def _next(self, channel: str, target: str, backend: str, hour: str) -> Slot | None:
        """Return the next allowed occurrence of an hour; without one, the next allowed moment."""
        if hour not in ("", _AT_ONCE):
            at_that_hour = time.fromisoformat(hour)
            today = local(self._now).date()
            for day in range(8):
                at = datetime.combine(today + timedelta(days=day), at_that_hour, VIETNAM)
                if at > self._now and self._times.may(channel, target, at):
                    return Slot(at, asap=False)
        return next(self._times.of(channel, Placement(target, backend, None)), None)

    def forecast(self, said: Composed, hamlet: Hamlet) -> Forecast:
        """Return what an amendment would amount to in a hamlet."""
        key = (said.hash, hamlet.id)
        if key not in self._forecasts:
            channel = self._channels[said.content.channel]
            self._forecasts[key] = channel.forecast(said.content, hamlet)
        return self._forecasts[key]

    def _hours(
        self, told: Sequence[Told], place: Place, *, one_hour: bool = False
    ) -> dict[str, Told]:
        """Return what was told last at each hour of a place, in the order of telling."""
        return {
            self._hour(one.row.slot, one.row.asap, place, one_hour=one_hour): one for one in told
        }

    def _hour(self, slot: datetime, asap: bool, place: Place, *, one_hour: bool = False) -> str:
        """Name the hour of a slot: people listen at theirs; what is read is there all day.

        ``one_hour``: the campaign is said at once, and again and again, so that hours mean
        nothing.
        """
        if place[1] != LOUDSPEAKER:
            return ""
        return _AT_ONCE if asap or one_hour else f"{local(slot):%H:%M:%S.%f}"


def holds_until(campaign: Campaign, correction: Correction) -> datetime:
    """Return until when an amendment may be sent: its campaign's end, or three days from it."""
    return max(campaign.valid_until, correction.at + WITHDRAWAL_HOLDS)
