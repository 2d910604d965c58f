"""Messages that the law wants heard for days in a row, where that is about to break off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from engine.clock import local
from engine.ledger import Ledger, Revision, Status
from engine.models.notice import Concern, Notice, Severity
from engine.rules.obligations import HamletStanding, Standing, rules_of, standings

#: Between two looks.
EVERY = timedelta(minutes=15)


class ObligationGatherer:
    """Looks through what one commune has on air. ``take_turn`` as in ``ProofGatherer``."""

    concerns = frozenset({Concern.OBLIGATION})

    def __init__(self, ledger: Ledger, *, take_turn: Callable[[datetime, datetime], bool]) -> None:
        self._ledger = ledger
        self._take_turn = take_turn

    def gather(self, now: datetime) -> Sequence[Notice] | None:
        if not self._take_turn(now, now + EVERY):
            return None
        return [
            notice
            for revision in self._ledger.revisions.with_status(Status.OPEN)
            if revision.campaign.legal_basis
            for notice in self._of(revision, now)
        ]

    def _of(self, revision: Revision, now: datetime) -> Iterator[Notice]:
        name = revision.campaign_id
        rows = self._ledger.views.deliveries(name, replaced=True)
        evidence = self._ledger.evidence.of(name)
        found = standings(rules_of(revision.campaign), rows, evidence, now)
        endangered = [one for one in found if one.standing is Standing.AT_RISK]
        if endangered:
            yield _at_risk(revision, endangered, local(now).date())
        short = [one for one in found if one.standing is Standing.SHORT]
        if short:
            yield _notice(revision, Standing.SHORT, short, Severity.WARNING)


def _at_risk(revision: Revision, found: Sequence[HamletStanding], today: date) -> Notice:
    """The soonest of the days on which something must be heard counts."""
    day = min(one.needed for one in found if one.needed is not None)
    severity = Severity.URGENT if day == today else Severity.WARNING
    return _notice(revision, Standing.AT_RISK, found, severity, day)


def _notice(
    revision: Revision,
    standing: Standing,
    found: Sequence[HamletStanding],
    severity: Severity,
    day: date | None = None,
) -> Notice:
    facts = {
        "campaign": revision.campaign_id,
        "standing": standing.value,
        "days": str(found[0].required),
        "count": str(len(found)),
        "day": f"{day:%d/%m/%Y}" if day else "",
    }
    about = (revision.campaign_id, standing.value)
    return Notice(
        Concern.OBLIGATION, severity, revision.approved_at or revision.submitted_at, about, facts
    )
