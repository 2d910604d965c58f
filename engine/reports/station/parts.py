"""What is heard on a station's day, hamlet by hamlet: as approved, and as a plan would have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from engine.clock import VIETNAM
from engine.ledger.air_views import Airing
from engine.models import Plan, Priority, Purpose
from engine.states import DELIVERED, UNSENT, State


@dataclass(frozen=True, slots=True)
class Part:
    """One hamlet's part of a session, approved or proposed (``state`` None)."""

    cluster: str
    slot: datetime
    campaign_id: str
    hamlet_id: str
    content_hash: str
    priority: Priority
    state: State | None
    purpose: Purpose
    moved_from: datetime | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What another revision of the same campaign would have alike."""
        return (self.cluster, self.slot, self.hamlet_id, self.content_hash, self.purpose)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return when a day begins, and when the next one does, in Vietnam."""
    begins = datetime.combine(day, time(0), tzinfo=VIETNAM)
    return begins, begins + timedelta(days=1)


def days_of(day: date, proposed: Plan | None) -> tuple[datetime, datetime]:
    """Return from when until when airings must be known, so that moves to this day are seen."""
    begins, ends = day_bounds(day)
    moved = [one.slot for one in proposed.shifts] if proposed else []
    return min([begins, *moved]), max([ends, *(slot + timedelta(seconds=1) for slot in moved)])


def parts_of(
    airings: Iterable[Airing], proposed: Plan | None, now: datetime | None
) -> Iterator[Part]:
    """Yield what is heard once ``proposed`` is approved at ``now``; nothing changes without one."""
    approved = [
        Part(
            one.cluster,
            one.slot,
            one.campaign_id,
            one.hamlet_id,
            one.content_hash,
            one.priority,
            one.state,
            one.purpose,
            one.moved_from,
        )
        for one in airings
    ]
    if proposed is None:
        yield from approved
        return
    new = list(_planned(proposed))
    yield from _moved(_kept(approved, proposed.campaign_id, new, now), proposed)
    yield from new


def _planned(plan: Plan) -> Iterator[Part]:
    for item in plan.deliveries:
        if item.channel == "loudspeaker":
            yield Part(
                item.target,
                item.slot,
                plan.campaign_id,
                item.hamlet_id,
                item.content_hash,
                item.priority,
                None,
                item.purpose,
                item.moved_from,
            )


def _kept(
    approved: Iterable[Part], campaign_id: str, new: Iterable[Part], now: datetime | None
) -> Iterator[Part]:
    """Yield what a new revision of a campaign leaves: all that others say, and what was heard."""
    wanted = {one.key for one in new}
    for one in approved:
        heard = one.state in DELIVERED and (now is None or one.slot <= now)
        stays = one.state in DELIVERED and one.key in wanted
        if one.campaign_id != campaign_id or heard or stays:
            yield one


def _moved(approved: Iterable[Part], plan: Plan) -> Iterator[Part]:
    """Yield the others in the slots that they get when the plan is approved."""
    parts = list(approved)
    for shift in plan.shifts:
        gone = (shift.cluster, shift.slot, shift.campaign_id, shift.key)
        moving = [
            one
            for one in parts
            if (one.cluster, one.slot, one.campaign_id, one.content_hash) == gone
            and (one.state in UNSENT or one.state is State.SENT)
        ]
        parts = [one for one in parts if one not in moving]
        if shift.to is not None:
            parts += [_at(shift.to, one) for one in moving]
    yield from parts


def _at(slot: datetime, one: Part) -> Part:
    """Return a part in another slot: what was handed over is taken back, and waits for it."""
    state = State.PLANNED if one.state is State.SENT else one.state
    return replace(one, slot=slot, moved_from=one.moved_from or one.slot, state=state)
