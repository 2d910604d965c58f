"""What a person must do where a message was not passed on: hand something on, find somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from engine.ledger import Ledger
from engine.models.escalation import Act
from engine.models.notice import Concern, Notice, Severity
from engine.models.registry import PRIVATE
from engine.rules.escalated import Case, cases_of, in_force, nobody_to_ask
from engine.rules.escalation import Outlook
from engine.states import DELIVERED


class EscalationGatherer:
    """Looks at the campaigns of one commune of which somebody must pass something on."""

    concerns = frozenset({Concern.SECOND_CONTACT, Concern.NOBODY_TO_ASK})

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def gather(self, now: datetime) -> Sequence[Notice]:
        return [
            notice
            for campaign_id in self._ledger.escalations.watched()
            for notice in self._of(campaign_id, now)
        ]

    def _of(self, campaign_id: str, now: datetime) -> Iterator[Notice]:
        revision = in_force(self._ledger, campaign_id)
        if revision is None or now > revision.campaign.valid_until:
            return
        registry = self._ledger.registries.load(self._ledger.registries.latest())
        by_hand: dict[str, datetime] = {}
        nobody: dict[tuple[str, Act], datetime] = {}
        for case in cases_of(self._ledger, revision, registry, now):
            if not case.situation.relayed:
                for at in _handed_over(case):
                    by_hand.setdefault(case.hamlet.id, at)
            for due in case.foreseen:
                found = nobody_to_ask(case.hamlet, due.step.do, registry)
                if found and due.outlook is Outlook.DUE and due.at and not case.is_planned(due):
                    nobody.setdefault((case.hamlet.id, due.step.do), due.at)
        if by_hand:
            yield _notice(Concern.SECOND_CONTACT, campaign_id, list(by_hand), min(by_hand.values()))
        if nobody:
            hamlets = dict.fromkeys(hamlet for hamlet, _act in nobody)
            yield _notice(Concern.NOBODY_TO_ASK, campaign_id, list(hamlets), min(nobody.values()))


def _handed_over(case: Case) -> Iterator[datetime]:
    """Yield since when a kit for one person lies ready, for somebody to hand it on."""
    telling = case.told.content_hash if case.told is not None else ""
    for row in case.planned:
        if row.target.startswith(PRIVATE) and row.state in DELIVERED and row.telling == telling:
            yield row.slot


def _notice(concern: Concern, campaign_id: str, hamlets: Sequence[str], since: datetime) -> Notice:
    facts = {"campaign": campaign_id, "hamlets": ", ".join(hamlets), "slot": since.isoformat()}
    return Notice(concern, Severity.URGENT, since, (campaign_id,), facts)
