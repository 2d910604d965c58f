"""What is played next: a decision from plain values, without I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.models import Priority
from engine.models.airing import Programme, ProgrammeItem, Sound
from engine.player.history import BRIDGE, CLOSING, OPENING, History, ItemKey, Round, Slot
from engine.player.shelf import Shelved, programmes

#: How often a silent item is tried in a round.
ATTEMPTS = 3

#: What goes before what: emergencies, then drills of them, then the rest.
REAL, DRILL, USUAL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Cue:
    """One sound to be played now. ``item`` None: it is the ``part`` of that name.

    ``fresh``: with it a round of the programme begins.
    """

    shelved: Shelved
    programme: Programme
    sound: Sound
    rank: int
    fresh: bool
    item: ProgrammeItem | None = None
    part: str = ""

    @property
    def slot(self) -> Slot:
        return self.shelved.slot


@dataclass(frozen=True, slots=True)
class Situation:
    """What a choice depends on.

    ``now`` tells the time as far as it is known for a programme; ``elapsed`` the seconds since
    its round began; ``has`` whether a sound is there; ``rests`` whether an item that failed is
    not to be tried just yet; ``is_new`` whether a programme came so lately that its opening may
    still be on its way. ``trusted``: the clock is. ``running`` was on air last.
    """

    history: History
    trusted: bool
    now: Callable[[Shelved], datetime | None]
    elapsed: Callable[[Slot], float]
    has: Callable[[Sound], bool]
    rests: Callable[[Slot, ItemKey], bool] = lambda _slot, _key: False
    is_new: Callable[[Shelved], bool] = lambda _one: False
    running: Slot | None = None


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Slots that are due and not played, by what is in the way."""

    clock: list[Slot] = field(default_factory=list)
    sound: list[Slot] = field(default_factory=list)
    time: list[Slot] = field(default_factory=list)


def choose(shelved: Sequence[Shelved], situation: Situation) -> tuple[Cue | None, Obstacles]:
    """Return what is to be on air now, and what is in the way of the rest.

    Of twins (programmes that sound the same in the same slot) one is chosen for all.
    """
    obstacles = Obstacles()
    cues = []
    for one, programme in programmes(tuple(shelved)):
        moment = situation.now(one)
        if moment is None or moment < programme.slot:
            continue
        cue = _next(one, programme, moment, situation, obstacles)
        if cue is not None:
            cues.append(cue)
    return min(cues, key=lambda cue: _order(cue, situation), default=None), obstacles


def is_over(one: Shelved, programme: Programme, moment: datetime, history: History) -> bool:
    """Say whether nothing of a programme will be played any more."""
    if moment <= programme.expires:
        return False
    found = history.round_of(one.slot)
    if found is None or moment > latest_end(programme):
        return True
    return not _pending(programme, one.slot, found, history, programme.items)


def latest_end(programme: Programme) -> datetime:
    """Return when the programme's last second would be, had it begun as late as it may."""
    return programme.expires + timedelta(seconds=sum(s.seconds for s in programme.sounds()))


def _order(cue: Cue, situation: Situation) -> tuple[int, bool, bool, datetime, int]:
    """Urgent first; then what is on air goes on; then what was never begun; then by slot.

    Of twins, all of which have begun when one has, the one that was on air goes on.
    """
    begun = situation.history.round_of(cue.slot) is not None
    running = cue.slot == situation.running and not cue.fresh
    return cue.rank, not running, begun, cue.programme.slot, cue.programme.sequence


def _next(
    one: Shelved, programme: Programme, moment: datetime, situation: Situation, why: Obstacles
) -> Cue | None:
    history = situation.history
    allowed = tuple(i for i in programme.items if situation.trusted or _is_real(programme, i))
    if not allowed:
        if moment <= programme.expires:
            why.clock.append(one.slot)
        return None
    found = history.round_of(one.slot)
    if found is None and moment > programme.expires:
        return None
    fresh = found is None or _repeats(one, programme, moment, situation, found)
    current = Round(moment) if found is None or fresh else found
    pending = _pending(programme, one.slot, current, history, allowed)
    rank = _rank(programme, programme.priority)
    if not pending:
        return _closing(one, programme, current, rank, situation)
    opening = programme.opening
    begins = OPENING not in current.parts and not current.begun
    if opening is not None and begins:
        if situation.has(opening):
            return Cue(one, programme, opening, rank, fresh, part=OPENING)
        if situation.is_new(one):
            return None
    bridge = _bridge(one, programme, current, rank, situation)
    for item in pending:
        if not situation.has(item.sound):
            why.sound.append(one.slot)
        elif moment + timedelta(seconds=item.sound.seconds) > latest_end(programme):
            why.time.append(one.slot)
        elif not situation.rests(one.slot, ItemKey.of_item(item)):
            own = _rank(programme, item.priority)
            if bridge is not None and not fresh:
                return bridge
            return Cue(one, programme, item.sound, own, fresh, item=item)
    return None


def _pending(
    programme: Programme,
    slot: Slot,
    current: Round,
    history: History,
    items: Sequence[ProgrammeItem],
) -> list[ProgrammeItem]:
    """Return what is still to be played in a round; only what is urgent is repeated."""

    def is_pending(item: ProgrammeItem) -> bool:
        key = ItemKey.of_item(item)
        if key in current.heard or current.failures.get(key, 0) >= ATTEMPTS:
            return False
        repeated = programme.repeat is not None and item.priority is Priority.EMERGENCY
        return repeated or not history.was_heard(slot, key)

    return [item for item in items if is_pending(item)]


def _repeats(
    one: Shelved, programme: Programme, moment: datetime, situation: Situation, found: Round
) -> bool:
    """Say whether the next round is due, and nothing of the last one can be played now."""
    if programme.repeat is None or moment > programme.expires:
        return False
    if situation.elapsed(one.slot) < programme.repeat.total_seconds():
        return False
    urgent = [item for item in programme.items if item.priority is Priority.EMERGENCY]
    left = _pending(programme, one.slot, found, situation.history, urgent)
    return not any(situation.has(item.sound) for item in left)


def _bridge(
    one: Shelved, programme: Programme, current: Round, rank: int, situation: Situation
) -> Cue | None:
    """Return what parts the item that was just heard from the next one, if it was not yet."""
    bridge, part = programme.bridge, BRIDGE.format(heard=len(current.heard))
    follows = bool(current.heard) and situation.running == one.slot
    if bridge is None or not follows or part in current.parts or not situation.has(bridge):
        return None
    return Cue(one, programme, bridge, rank, False, part=part)


def _closing(
    one: Shelved, programme: Programme, current: Round, rank: int, situation: Situation
) -> Cue | None:
    closing = programme.closing
    ends = closing is not None and bool(current.heard) and CLOSING not in current.parts
    if closing is None or not ends or situation.running != one.slot:
        return None
    return (
        Cue(one, programme, closing, rank, False, part=CLOSING) if situation.has(closing) else None
    )


def _is_real(programme: Programme, item: ProgrammeItem) -> bool:
    return item.priority is Priority.EMERGENCY and not programme.drill


def _rank(programme: Programme, priority: Priority) -> int:
    if priority is not Priority.EMERGENCY:
        return USUAL
    return DRILL if programme.drill else REAL
