"""Visits from door to door: who is on a private list, a team's link, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.models.delivery import Evidence, EvidenceKind
from engine.models.registry import Hamlet

#: What one report is made of, in the order in which it is kept: the first of them begins it.
KINDS = (
    EvidenceKind.VISITED,
    EvidenceKind.ABSENT,
    EvidenceKind.REFUSED,
    EvidenceKind.NEEDS_HELP,
)


@dataclass(frozen=True, slots=True)
class Household:
    """A household on a private list. All but the ids is personal data: sealed where it is kept."""

    hamlet_id: str
    team_id: str
    name: str = field(repr=False)
    address: str = field(repr=False, default="")
    phone: str = field(repr=False, default="")
    why: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class VisitLink:
    """A team's link for one campaign. It opens nothing after ``until`` or once revoked."""

    commune_id: str
    id: str
    campaign_id: str
    team_id: str
    made_at: datetime
    until: datetime
    revoked_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and now <= self.until


@dataclass(frozen=True, slots=True)
class Visits:
    """Households, all from the beginning until now: met, not at home, unwilling.

    ``needs_help`` are some of these, counted there already.
    """

    visited: int
    absent: int = 0
    refused: int = 0
    needs_help: int = 0

    @property
    def tried(self) -> int:
        """Households at whose doors somebody stood."""
        return self.visited + self.absent + self.refused

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.visited, self.absent, self.refused, self.needs_help


@dataclass(frozen=True, slots=True)
class VisitReport:
    """What one person says of one delivery."""

    delivery_id: int
    by: str
    at: datetime
    source: str
    visits: Visits

    def pieces(self) -> list[Evidence]:
        """Return it as evidence for its delivery, all of it, noughts too."""
        return [
            Evidence(self.delivery_id, kind, self.by, self.at, self.source, count)
            for kind, count in zip(KINDS, self.visits.counts, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Going:
    """One team in one hamlet: households to visit, days, and what was said of them so far.

    ``listed`` households stand on the team's private list; 0 when there is none. Where there is
    one, as many are to be visited.
    """

    team_id: str
    hamlet: Hamlet
    households: int
    days: str
    listed: int
    said: tuple[VisitReport, ...]


#: Tells which visits a delivery, by its id, is about; several deliveries may send a team to them.
Visit = Callable[[int], Hashable]


def each_apart(delivery_id: int) -> Hashable:
    """For those who look at one delivery."""
    return delivery_id


def last_words(evidence: Iterable[Evidence], visit: Visit = each_apart) -> list[VisitReport]:
    """Return of each person the last report on each visit; what others say stands beside it.

    ``evidence`` is in the order in which it was kept.
    """
    begun: dict[tuple[Hashable, str], list[Evidence]] = {}
    for piece in evidence:
        key = (visit(piece.delivery_id), piece.by)
        if piece.kind is EvidenceKind.VISITED:
            begun[key] = [piece]
        elif piece.kind in KINDS and key in begun:
            begun[key].append(piece)
    return [_report(pieces) for pieces in begun.values()]


def standing(evidence: Sequence[Evidence], visit: Visit = each_apart) -> list[Evidence]:
    """Return evidence without what the same person has said anew of the same visits."""
    last: dict[tuple[Hashable, str], int] = {}
    for place, piece in enumerate(evidence):
        if piece.kind is EvidenceKind.VISITED:
            last[visit(piece.delivery_id), piece.by] = place
    return [
        piece
        for place, piece in enumerate(evidence)
        if piece.kind not in KINDS or last.get((visit(piece.delivery_id), piece.by), place) <= place
    ]


def _report(pieces: Sequence[Evidence]) -> VisitReport:
    first = pieces[0]
    found: Mapping[EvidenceKind, int] = {one.kind: one.households or 0 for one in pieces}
    counts = (found.get(kind, 0) for kind in KINDS)
    return VisitReport(first.delivery_id, first.by, first.at, first.source, Visits(*counts))
