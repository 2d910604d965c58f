"""What has been played, as far as it decides what is played next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine.models.airing import ProgrammeItem
from engine.models.play import Play, PlayOutcome

#: What is noted of a programme beside its items: its beginning or a repeat, and its frame.
ROUND, OPENING, CLOSING = "round", "opening", "closing"

#: Names a bridge by how many items were heard before it.
BRIDGE = "bridge-{heard}"

#: Names a programme: its cluster and its slot.
Slot = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class ItemKey:
    """What makes an item of a programme the same item, also in a newer version of it."""

    campaign_id: str
    purpose: str
    hamlets: tuple[str, ...]
    sha256: str

    @classmethod
    def of(cls, play: Play) -> ItemKey:
        return cls(play.campaign_id, play.purpose.value, play.hamlets, play.sha256)

    @classmethod
    def of_item(cls, item: ProgrammeItem) -> ItemKey:
        return cls(item.campaign, item.purpose.value, item.hamlets, item.sound.sha256)


@dataclass(slots=True)
class Round:
    """One passage through a programme; its repeats are rounds of their own."""

    began: datetime
    parts: set[str] = field(default_factory=set)
    heard: set[ItemKey] = field(default_factory=set)
    begun: set[ItemKey] = field(default_factory=set)
    failures: dict[ItemKey, int] = field(default_factory=dict)


class History:
    """Plays by their programme, in the order of the log. Its journal guards it from threads."""

    def __init__(self) -> None:
        self._rounds: dict[Slot, Round] = {}
        self._known: dict[Slot, dict[ItemKey, bool]] = {}
        self._ended: dict[Slot, list[Play]] = {}

    def round_of(self, slot: Slot) -> Round | None:
        """Return how far the programme's last round came; None before its first."""
        return self._rounds.get(slot)

    def plays(self, slot: Slot) -> tuple[Play, ...]:
        """Return every play of the programme that has ended, in the order of the log."""
        return tuple(self._ended.get(slot, ()))

    def knows(self, slot: Slot, key: ItemKey) -> bool:
        """Say whether the log has anything about the item."""
        return key in self._known.get(slot, {})

    def was_heard(self, slot: Slot, key: ItemKey) -> bool:
        """Say whether the item was ever played whole, in any round."""
        return self._known.get(slot, {}).get(key, False)

    def part(self, slot: Slot, part: str, at: datetime) -> None:
        """Note that a round, an opening, a bridge or a closing began."""
        if part == ROUND:
            self._rounds[slot] = Round(at)
        elif slot in self._rounds:
            self._rounds[slot].parts.add(part)

    def begun(self, play: Play) -> None:
        slot, key = (play.cluster, play.slot), ItemKey.of(play)
        self._known.setdefault(slot, {}).setdefault(key, False)
        if slot in self._rounds:
            self._rounds[slot].begun.add(key)

    def ended(self, play: Play) -> None:
        """Note how a play went. What was refused was never on air, and may be a forger's."""
        if play.outcome is PlayOutcome.REFUSED:
            return
        slot, key = (play.cluster, play.slot), ItemKey.of(play)
        self._ended.setdefault(slot, []).append(play)
        heard = play.outcome is PlayOutcome.PLAYED
        known = self._known.setdefault(slot, {})
        known[key] = heard or known.get(key, False)
        found = self._rounds.get(slot)
        if found is None:
            return
        if play.seconds:
            found.begun.add(key)
        if heard:
            found.heard.add(key)
        elif play.outcome is PlayOutcome.FAILED:
            found.failures[key] = found.failures.get(key, 0) + 1

    def forget(self, before: datetime) -> None:
        """Drop programmes whose slot is earlier."""
        for slot in [slot for slot in self._known.keys() | self._rounds if slot[1] < before]:
            self._known.pop(slot, None)
            self._ended.pop(slot, None)
            self._rounds.pop(slot, None)
