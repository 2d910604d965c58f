"""Which evidence still holds: of one person the last word does, and others may deny it.

All evidence is kept. What counts of it: whoever gives another number corrects his own, whoever
says that he has not passed it on after all takes his word back, and what others say stands
beside it (``engine.ledger.holding_words`` says the same to the database).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.i18n import Message
from engine.models.delivery import Evidence, EvidenceKind
from engine.models.relay import Way
from engine.models.visit import KINDS
from engine.models.wording import way_note


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece of evidence; ``holds``: its author has not said otherwise since.

    ``denied``: somebody else said later that it was not passed on, and still says so.
    """

    piece: Evidence
    holds: bool
    denied: bool = False

    @property
    def sure(self) -> bool:
        return self.holds and not self.denied


def judged(evidence: Sequence[Evidence]) -> list[Judged]:
    """Judge evidence, which is given in the order in which it came; the order stays.

    A number takes the place of the same person's earlier one for the same delivery, of the same
    kind and by the same way; a word that names no way speaks of all of them. So does a count of
    copies. "Not passed on" takes back whatever the same person said of passing on, and the other
    way round. Reports on visits have a rule of their own (``engine.models.visit.standing``).
    """
    later = _Later()
    return [later.judge(piece) for piece in reversed(evidence)][::-1]


def way_of(piece: Evidence) -> str:
    """Return by which way a head says on his page that he told people; "" for none."""
    said = piece.source.msgid if isinstance(piece.source, Message) else ""
    return _ways().get(said, "")


def _ways() -> dict[str, str]:
    notes = {way: way_note(way) for way in Way}
    return {one.msgid: way.value for way, one in notes.items() if isinstance(one, Message)}


@dataclass(slots=True)
class _Later:
    """What came later than the piece in hand."""

    numbers: dict[tuple[int, str, str, str], set[str]] = field(default_factory=dict)
    counts: set[tuple[int, str, str, str]] = field(default_factory=set)
    relayed: set[tuple[int, str]] = field(default_factory=set)
    taken_back: set[tuple[int, str]] = field(default_factory=set)
    denying: dict[int, set[str]] = field(default_factory=dict)

    def judge(self, piece: Evidence) -> Judged:
        speaker = (piece.delivery_id, piece.by)
        if piece.kind is EvidenceKind.NOT_RELAYED:
            holds = speaker not in self.relayed and speaker not in self.taken_back
            self.taken_back.add(speaker)
            if holds:
                self.denying.setdefault(piece.delivery_id, set()).add(piece.by)
            return Judged(piece, holds)
        relays = piece.kind is EvidenceKind.RELAYED
        holds = not self._corrected(piece) and not (relays and speaker in self.taken_back)
        denied = relays and bool(self.denying.get(piece.delivery_id, set()) - {piece.by})
        if relays and not piece.of_nobody:
            self.relayed.add(speaker)
        return Judged(piece, holds, denied)

    def _corrected(self, piece: Evidence) -> bool:
        about = (piece.delivery_id, piece.by, str(piece.kind), piece.product)
        anew = piece.left_over is not None and about in self.counts
        if piece.left_over is not None:
            self.counts.add(about)
        if piece.households is None or piece.kind in KINDS:
            return anew
        ways, way = self.numbers.setdefault(about, set()), way_of(piece)
        corrected = bool(ways) and (not way or "" in ways or way in ways)
        ways.add(way)
        return anew or corrected
