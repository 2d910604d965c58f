"""How the passing on of one campaign stands, hamlet by hamlet: told, answered, next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from engine.ledger import DeliveryRow, Ledger, Revision, Status
from engine.ledger.escalations import StepRow
from engine.models import (
    Campaign,
    Evidence,
    EvidenceKind,
    GroupKind,
    Hamlet,
    Plan,
    PlannedDelivery,
    Purpose,
    Registry,
)
from engine.models.escalation import Act, Step, Steps
from engine.models.word import Judged, judged
from engine.rules.escalation import Due, Outlook, Situation, foreseen
from engine.states import State

RowT = TypeVar("RowT", DeliveryRow, StepRow)

#: What is over without having told anybody.
_OVER = frozenset({State.CANCELLED, State.EXPIRED, State.SUPERSEDED, State.WITHDRAWN})

#: A step in these states will not be planned once more.
DONE = frozenset(
    {
        State.SENDING,
        State.SENT,
        State.CONFIRMED,
        State.UNCERTAIN,
        State.FAILED,
        State.EXPIRED,
    }
)
PENDING = frozenset({State.HELD, State.PLANNED})


@dataclass(frozen=True, slots=True)
class Case:
    """One hamlet: what its head was told, what came back, and what comes next.

    ``told`` is the message to the head, or the one that is to go to him; None where none does.
    ``expected_at`` is when, while he is not told. ``planned`` are the steps that the ledger has.
    ``denied_by`` are the people who say that it was not passed on.
    """

    hamlet: Hamlet
    told: DeliveryRow | None
    situation: Situation
    expected_at: datetime | None
    foreseen: tuple[Due, ...]
    planned: tuple[StepRow, ...]
    denied_by: tuple[str, ...] = ()

    def rows_of(self, due: Due) -> list[StepRow]:
        """Return the deliveries of a step about what the head was told."""
        telling = self.told.content_hash if self.told is not None else ""
        return [
            row for row in self.planned if row.telling == telling and row.step.key == due.step.key
        ]

    def is_planned(self, due: Due) -> bool:
        """Say whether a step is planned or was done, however it ended."""
        return any(row.state in PENDING | DONE for row in self.rows_of(due))


def steps_of(revision: Revision, pinned: Registry) -> Steps:
    """Return what is done about a revision; nothing for what only takes something back."""
    correction = revision.campaign.correction
    if correction is not None and correction.withdraws:
        return ()
    return revision.campaign.steps(pinned.escalation)


def in_force(ledger: Ledger, campaign_id: str) -> Revision | None:
    """Return the newest revision whose deliveries may be sent; None when there is none."""
    newest = ledger.revisions.latest(campaign_id)
    for number in range(newest.revision if newest is not None else 0, 0, -1):
        found = newest if newest and newest.revision == number else None
        found = found or ledger.revisions.get(campaign_id, number)
        if found is not None and found.status is Status.OPEN:
            return found
    return None


def cases_of(
    ledger: Ledger, revision: Revision, standing: Registry, now: datetime
) -> tuple[Case, ...]:
    """Return every hamlet that a campaign goes to by chat, in the registry's order.

    ``standing`` is the registry as it stands: its hours and people hold.
    """
    campaign = revision.campaign
    pinned = ledger.registries.load(revision.registry_revision)
    steps = steps_of(revision, pinned)
    rows = _by_hamlet(
        row
        for row in ledger.views.deliveries(campaign.id)
        if row.channel == "chat" and row.state not in _OVER and not row.replaced
    )
    sent = ledger.escalations.told(campaign.id)
    planned = _by_hamlet(ledger.escalations.steps(campaign.id))
    answers: dict[int, list[Evidence]] = {}
    for piece in ledger.evidence.of(campaign.id):
        answers.setdefault(piece.delivery_id, []).append(piece)
    found = []
    for known in pinned.hamlets:
        hamlet = standing.hamlets_by_id.get(known.id, known)
        ours = rows.get(hamlet.id, ())
        told = _told(_to_head(ours, (standing, pinned)), sent)
        if told is None and hamlet.id not in planned:
            continue
        said = judged([piece for row in ours for piece in answers.get(row.id, ())])
        steps_made = tuple(planned.get(hamlet.id, ()))
        done = frozenset(
            row.step.key
            for row in steps_made
            if told is not None and row.telling == told.content_hash and row.state in DONE
        )
        situation = replace(_situation(told, sent, said, campaign.valid_until), done=done)
        expected = told.slot if told is not None and situation.told_at is None else None
        dues = foreseen(
            steps,
            replace(situation, told_at=situation.told_at or expected),
            standing,
            campaign.urgency,
            now,
        )
        if situation.told_at is None:
            dues = tuple(map(_not_yet, dues))
        found.append(Case(hamlet, told, situation, expected, dues, steps_made, _denying(said)))
    return tuple(found)


def nobody_to_ask(hamlet: Hamlet, act: Act, registry: Registry) -> bool:
    """Say whether a step finds nobody whom it could ask."""
    if act is Act.REMIND:
        groups = registry.chat_groups_by_hamlet.get(hamlet.id, ())
        heads = any(group.kind is GroupKind.HEADS for group in groups)
        return not (heads or hamlet.speakers or registry.seconds(hamlet))
    if act is Act.SECOND_CONTACT:
        return not registry.seconds(hamlet)
    return not any(hamlet.id in team.hamlets for team in registry.teams)


@dataclass(frozen=True, slots=True)
class ForeseenStep:
    """A step that a plan would bring where nobody answers, in hamlets with the same moment.

    ``at`` is None where it can never come; ``nobody``: there is nobody to ask.
    """

    step: Step
    at: datetime | None
    hamlets: tuple[str, ...]
    at_night: bool = False
    nobody: bool = False


def foreseen_steps(campaign: Campaign, plan: Plan, registry: Registry) -> tuple[ForeseenStep, ...]:
    """Return what a plan would bring, if its messages left at their slots and nobody answered."""
    steps = campaign.steps(registry.escalation)
    found: dict[tuple[int, datetime | None, bool, bool], list[str]] = {}
    for hamlet, told in told_by(campaign, plan, registry).items():
        told_at = told.slot
        known = Situation(told_at, campaign.valid_until)
        for place, due in enumerate(foreseen(steps, known, registry, campaign.urgency, told_at)):
            nobody = nobody_to_ask(hamlet, due.step.do, registry)
            at = due.at if due.outlook is not Outlook.NEVER and not nobody else None
            night = due.at_night and at is not None
            found.setdefault((place, at, night, nobody), []).append(hamlet.name)
    ordered = sorted(found.items(), key=lambda one: (one[0][0], one[0][1] is None, str(one[0][1])))
    return tuple(
        ForeseenStep(steps[place], at, tuple(names), night, nobody)
        for (place, at, night, nobody), names in ordered
    )


def told_by(campaign: Campaign, plan: Plan, registry: Registry) -> dict[Hamlet, PlannedDelivery]:
    """Return by which delivery of a plan each hamlet's head is told first, where steps follow.

    By his group's message, else by the one that he carries to the hamlet's group.
    """
    correction = campaign.correction
    if not campaign.steps(registry.escalation) or (correction and correction.withdraws):
        return {}
    kinds = {group.id: group.kind for group in registry.chat_groups}
    found: dict[str, dict[GroupKind, PlannedDelivery]] = {}
    for one in plan.deliveries:
        kind = kinds.get(one.target) if one.channel == "chat" else None
        if kind in (GroupKind.HEADS, GroupKind.HAMLET):
            ours = found.setdefault(one.hamlet_id, {})
            ours[kind] = min(one, ours.get(kind, one), key=lambda told: told.slot)
    return {
        hamlet: told.get(GroupKind.HEADS) or told[GroupKind.HAMLET]
        for hamlet in registry.hamlets
        if (told := found.get(hamlet.id))
    }


def _situation(
    told: DeliveryRow | None,
    sent: Mapping[int, datetime],
    said: Sequence[Judged],
    ends: datetime,
) -> Situation:
    """Return what is known. Who passed it on, or took that back, has got it."""
    kinds = {one.piece.kind for one in said if not one.piece.of_nobody}
    relayed = [
        one for one in said if one.piece.kind is EvidenceKind.RELAYED and not one.piece.of_nobody
    ]
    holds = any(one.holds for one in relayed)
    who = {one.piece.by for one in relayed}
    back = [one.piece.at for one in said if _denies(one) and one.piece.by in who]
    return Situation(
        sent.get(told.id) if told is not None else None,
        ends,
        received=bool(kinds & {EvidenceKind.RECEIVED, EvidenceKind.RELAYED}),
        relayed=holds,
        again_at=max(back, default=None) if not holds else None,
    )


def _denies(one: Judged) -> bool:
    return one.holds and one.piece.kind is EvidenceKind.NOT_RELAYED


def _denying(said: Sequence[Judged]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.piece.by for one in said if _denies(one)))


def _to_head(rows: Sequence[DeliveryRow], registries: Sequence[Registry]) -> list[DeliveryRow]:
    """Return what goes to a hamlet's head: his group's messages, else those he carries by hand."""
    kinds = {group.id: group.kind for one in reversed(registries) for group in one.chat_groups}
    said = [row for row in rows if row.purpose is not Purpose.REMINDER]
    heads = [row for row in said if kinds.get(row.target) is GroupKind.HEADS]
    return heads or [row for row in said if kinds.get(row.target) is GroupKind.HAMLET]


def _told(heads: Sequence[DeliveryRow], sent: Mapping[int, datetime]) -> DeliveryRow | None:
    """Return the message that came to the head first, else the one that is to come first."""
    came = [row for row in heads if row.id in sent]
    if came:
        return min(came, key=lambda row: (sent[row.id], row.id))
    return min(heads, key=lambda row: (row.slot, row.id), default=None)


def _not_yet(due: Due) -> Due:
    return replace(due, outlook=Outlook.WAITS) if due.outlook is Outlook.DUE else due


def _by_hamlet(rows: Iterable[RowT]) -> dict[str, list[RowT]]:
    found: dict[str, list[RowT]] = {}
    for row in rows:
        found.setdefault(row.hamlet_id, []).append(row)
    return found
