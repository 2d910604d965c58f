"""Which step is due when, while nobody has said that a message was passed on. Pure.

Every step counts from the moment at which the head was told. At night, outside the commune's
hours for messages, nobody is disturbed: the step waits for the first allowed minute. An
emergency does not wait, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from engine.models import Priority, Registry
from engine.models.escalation import Step, Without
from engine.rules.hours import may_act, next_allowed

#: Steps that the night would bring together follow each other by as much as this, so that there
#: is time to answer the one before the next comes.
APART: Final = timedelta(hours=1)

#: Whose hours hold for everything that disturbs people at home.
_HOURS_OF: Final = "chat"

_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about one hamlet.

    ``told_at`` is when its head was told first, None while he is not. ``received`` and
    ``relayed``: somebody says so, since whatever time. ``ends`` is until when it is worth it.
    ``again_at``: whoever said that it was passed on took it back then; what was not ``done``
    (keys of steps) by that time is done since.
    """

    told_at: datetime | None
    ends: datetime
    received: bool = False
    relayed: bool = False
    again_at: datetime | None = None
    done: frozenset[str] = frozenset()

    def settles(self, without: Without) -> bool:
        """Say whether what a step waits for has come. Who passed it on has got it."""
        return self.relayed or (without is Without.RECEIPT and self.received)


class Outlook(StrEnum):
    """How a step stands."""

    #: Its time has not come.
    WAITS = "waits"
    DUE = "due"
    #: Somebody has given his word.
    NEEDLESS = "needless"
    #: The message is over before, or no hour is allowed.
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Due:
    """A step of one hamlet: ``at`` when, and until when it makes sense (``expires_at``).

    What could not be done by the time of the next step is left to that. ``at`` is None where
    the rules leave no hour, or the head was not told. ``at_night``: an emergency, which breaks
    the quiet hours.
    """

    step: Step
    at: datetime | None
    expires_at: datetime | None
    outlook: Outlook
    at_night: bool = False


def foreseen(
    steps: Sequence[Step],
    situation: Situation,
    registry: Registry,
    priority: Priority,
    now: datetime,
) -> tuple[Due, ...]:
    """Return each step, in order, as it stands ``now``; ``priority`` is the message's."""
    times = moments(steps, situation, registry, priority)
    found = []
    for place, (step, at) in enumerate(zip(steps, times, strict=True)):
        later = [one for one in times[place + 1 :] if one is not None and one <= situation.ends]
        expires_at = min((situation.ends, *later)) if at is not None else None
        outlook = _outlook(step, at, situation, now)
        night = at is not None and not may_act(_HOURS_OF, registry, at)
        found.append(Due(step, at, expires_at, outlook, at_night=night))
    return tuple(found)


def moments(
    steps: Sequence[Step],
    situation: Situation,
    registry: Registry,
    priority: Priority,
) -> list[datetime | None]:
    """Return when each step is due, on whole minutes; None where it never is."""
    times: list[datetime | None] = []
    before: tuple[timedelta, datetime] | None = None
    for step in steps:
        if situation.told_at is None:
            times.append(None)
            continue
        at = situation.told_at + step.after
        if situation.again_at is not None and step.key not in situation.done:
            at = max(at, situation.again_at)
        if before is not None:
            at = max(at, before[1] + min(APART, step.after - before[0]))
        allowed = next_allowed(_HOURS_OF, registry, priority, _whole(at))
        times.append(allowed)
        if allowed is not None:
            before = (step.after, allowed)
    return times


def _outlook(step: Step, at: datetime | None, situation: Situation, now: datetime) -> Outlook:
    if situation.settles(step.without):
        return Outlook.NEEDLESS
    if situation.told_at is None:
        return Outlook.WAITS
    if at is None or at > situation.ends:
        return Outlook.NEVER
    return Outlook.DUE if at <= now else Outlook.WAITS


def _whole(moment: datetime) -> datetime:
    """Return the next whole minute: who was told in one message is reminded in one."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + _MINUTE
