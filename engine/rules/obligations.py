"""What the law asks of a campaign: whether its plan can meet it, and how far it has come.

A campaign cites its legal basis; from that follow the forms it needs. A day counts for a hamlet
when a loudspeaker heard there aired the message and there is proof: a player's log, or a person
who heard it. Days are Vietnam's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.clock import local
from engine.i18n import gettext as _
from engine.ledger.views import DeliveryRow
from engine.models import (
    Breach,
    Campaign,
    Evidence,
    EvidenceKind,
    Obligation,
    Priority,
    Registry,
)
from engine.models.word import judged
from engine.states import State

_DAY = timedelta(days=1)

#: States in which a delivery may still come to be heard.
_OPEN = frozenset({State.HELD, State.PLANNED, State.SENDING, State.SENT, State.UNCERTAIN})

#: So long after a slot its proof may be awaited before anybody is told.
PROOF_DUE = timedelta(hours=1)


class Standing(StrEnum):
    """How a hamlet stands with an obligation."""

    #: So many days in a row have been aired, with proof.
    FULFILLED = "fulfilled"
    #: What is planned suffices, and nothing is amiss.
    RUNNING = "running"
    #: The days in a row will break off unless somebody does something today.
    AT_RISK = "at_risk"
    #: Nothing that is still planned can make up so many days in a row.
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class HamletStanding:
    """One hamlet: the days with proof, the longest run of them, and how it goes on.

    ``by_person`` are the days that people alone vouch for. ``needed`` is the day on which it must
    be heard for a run that is at risk to go on. ``relayed`` are the moments at which
    the head is known to have passed it on; ``relay`` says whether he has to.
    """

    hamlet_id: str
    required: int
    aired: tuple[date, ...]
    by_person: frozenset[date]
    best: Run | None
    standing: Standing
    needed: date | None
    relay: bool
    relayed: tuple[datetime, ...]

    @property
    def fulfilled(self) -> bool:
        return self.standing is Standing.FULFILLED and (bool(self.relayed) or not self.relay)


def required(rules: Iterable[Obligation]) -> tuple[int, bool]:
    """Return the days in a row that ``rules`` ask for together, and whether heads must relay."""
    found = tuple(rules)
    return max((rule.days for rule in found), default=0), any(rule.relay for rule in found)


def rules_of(campaign: Campaign) -> tuple[Obligation, ...]:
    """Return what follows from the laws that a campaign cites, each once."""
    return tuple(dict.fromkeys(one.obligation for one in campaign.legal_basis))


def plan_breaches(
    campaign: Campaign,
    moments: Mapping[str, Collection[datetime]],
    told: Collection[str],
    registry: Registry,
) -> Iterator[Breach]:
    """Yield what a plan lacks of what the cited law asks for.

    ``moments`` are the slots at which each hamlet of the audience hears it from loudspeakers,
    past ones too: an earlier revision may have aired then. ``told`` are the hamlets whose head
    is told in the chat. An emergency is not held up.
    """
    days, relay = required(rules_of(campaign))
    waived = campaign.priority is Priority.EMERGENCY
    for hamlet_id, slots in moments.items():
        best = longest({local(slot).date() for slot in slots})
        planned = best.days if best else 0
        if planned < days:
            message = _("the law that is cited asks for {days} days in a row; planned: {planned}")
            message = message.format(days=days, planned=planned)
            yield Breach(message, "loudspeaker", hamlet_id, waived=waived)
        if relay and hamlet_id not in told:
            message = _("by the law that is cited the hamlet head passes it on; nothing tells him")
            waived_here = waived or not registry.chat_groups_by_hamlet.get(hamlet_id)
            yield Breach(message, "chat", hamlet_id, waived=waived_here)


def standings(
    rules: Sequence[Obligation],
    rows: Iterable[DeliveryRow],
    evidence: Iterable[Evidence],
    now: datetime,
) -> tuple[HamletStanding, ...]:
    """Return how each hamlet of a campaign stands, in the order of their ids.

    ``rows`` are all the campaign's deliveries, those of earlier revisions too, and ``evidence``
    is all there is of it.
    """
    days, relay = required(rules)
    heard: dict[int, set[EvidenceKind]] = {}
    relayed: dict[int, list[datetime]] = {}
    for one in judged(list(evidence)):
        piece = one.piece
        if piece.kind is EvidenceKind.RELAYED and one.sure and not piece.of_nobody:
            relayed.setdefault(piece.delivery_id, []).append(piece.at)
        elif piece.kind in (EvidenceKind.PLAYED, EvidenceKind.HEARD):
            heard.setdefault(piece.delivery_id, set()).add(piece.kind)
    by_hamlet: dict[str, list[DeliveryRow]] = {}
    for row in rows:
        by_hamlet.setdefault(row.hamlet_id, []).append(row)
    return tuple(
        _standing(hamlet_id, days, relay, by_hamlet[hamlet_id], heard, relayed, now)
        for hamlet_id in sorted(by_hamlet)
    )


def longest(days: Iterable[date]) -> Run | None:
    """Return the longest run of days in a row, the earliest of equals; None of no days."""
    best: Run | None = None
    current: Run | None = None
    for day in sorted(set(days)):
        follows = current is not None and day == current.last + _DAY
        current = Run(current.first if current and follows else day, day)
        if best is None or current.days > best.days:
            best = current
    return best


def _standing(
    hamlet_id: str,
    days: int,
    relay: bool,
    rows: Sequence[DeliveryRow],
    heard: Mapping[int, set[EvidenceKind]],
    relayed: Mapping[int, Sequence[datetime]],
    now: datetime,
) -> HamletStanding:
    aired: dict[date, set[EvidenceKind]] = {}
    for row in _on_loudspeakers(rows):
        if row.state is State.CONFIRMED and row.id in heard:
            aired.setdefault(local(row.slot).date(), set()).update(heard[row.id])
    standing, needed = _outlook(days, set(aired), list(_on_loudspeakers(rows)), now)
    passed_on = sorted(at for row in rows for at in relayed.get(row.id, ()))
    return HamletStanding(
        hamlet_id=hamlet_id,
        required=days,
        aired=tuple(sorted(aired)),
        by_person=frozenset(
            day for day, kinds in aired.items() if EvidenceKind.PLAYED not in kinds
        ),
        best=longest(aired),
        standing=standing,
        needed=needed,
        relay=relay,
        relayed=tuple(passed_on),
    )


def _outlook(
    days: int, aired: set[date], rows: Sequence[DeliveryRow], now: datetime
) -> tuple[Standing, date | None]:
    """Judge from the days that have proof and those on which something may still be heard.

    Where the run is at risk, with the day on which something must be heard for it to go on.
    """
    today = local(now).date()
    if days == 0 or _suffices(aired, days):
        return Standing.FULFILLED, None
    waiting = [row for row in rows if row.state in _OPEN and local(row.slot).date() >= today]
    hoped = aired | {local(row.slot).date() for row in waiting}
    if not _suffices(hoped, days):
        return _cut_short(aired, today)
    of_today = [row for row in waiting if local(row.slot).date() == today]
    silent = of_today and all(row.slot + PROOF_DUE < now for row in of_today)
    if silent and today not in aired and not _suffices(hoped - {today}, days):
        return Standing.AT_RISK, today
    return Standing.RUNNING, None


def _cut_short(aired: set[date], today: date) -> tuple[Standing, date | None]:
    """A run that ends today or yesterday goes on if somebody sees to it; others are lost."""
    if today in aired:
        return Standing.AT_RISK, today + _DAY
    if today - _DAY in aired:
        return Standing.AT_RISK, today
    return Standing.SHORT, None


def _suffices(days: set[date], wanted: int) -> bool:
    run = longest(days)
    return run is not None and run.days >= wanted


def _on_loudspeakers(rows: Iterable[DeliveryRow]) -> Iterator[DeliveryRow]:
    return (row for row in rows if row.channel == "loudspeaker")
