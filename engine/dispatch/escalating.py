"""Escalating: when nobody says that a message was passed on, the next step is planned.

Steps are deliveries like all others, planned as soon as the head was told, so that people see
what would come; a word from the hamlet cancels what is still to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from channels.base import Channel
from channels.team.channel import TeamChannel
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.ledger import Ledger, Revision, Status
from engine.ledger.escalations import Decision, NewStep, StepRow
from engine.models import PlannedDelivery, Purpose, Registry, digest
from engine.models.escalation import Step
from engine.models.plan import Frozen
from engine.models.wording import step_reason
from engine.rules.escalated import DONE, PENDING, Case, cases_of, in_force, steps_of
from engine.rules.escalation import Due, Outlook
from engine.rules.step_deliveries import Place, places_of, said_in, teams_in

#: A revision that may open yet.
_TO_COME = (Status.SUBMITTED, Status.APPROVED)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One delivery that a step asks for."""

    due: Due
    place: Place
    at: datetime
    expires_at: datetime


class Escalating:
    """The escalations of one commune. ``rules`` returns its registry as it stands."""

    def __init__(
        self,
        ledger: Ledger,
        channels: Mapping[str, Channel],
        rules: Callable[[], Registry],
        clock: Clock,
        boundary: Boundary = no_boundary,
    ) -> None:
        self._ledger = ledger
        self._channels = channels
        self._rules = rules
        self._clock = clock
        self._boundary = boundary

    def look(self, campaign_id: str) -> Decision:
        """Plan what is to come of a campaign's steps, and stop what is needed no more.

        Any number of processes may look at once. Raises LoaError when the ledger has lost what
        the head was told.
        """
        now = self._clock.now()
        decision = self._ledger.escalations.settle(
            campaign_id, lambda: self._decide(campaign_id, now), now
        )
        if decision.make:
            self._boundary("steps planned")
        return decision

    def _decide(self, campaign_id: str, now: datetime) -> Decision:
        revision = in_force(self._ledger, campaign_id)
        if revision is None:
            newest = self._ledger.revisions.latest(campaign_id)
            return Decision(over=newest is None or newest.status not in _TO_COME)
        pinned = self._ledger.registries.load(revision.registry_revision)
        standing = self._rules()
        if now > revision.campaign.valid_until or not steps_of(revision, pinned):
            return Decision(revision.revision, stop=self._all_pending(campaign_id), over=True)
        made: list[NewStep] = []
        stop: dict[int, str] = {}
        said: dict[str, Frozen] = {}
        for case in cases_of(self._ledger, revision, standing, now):
            wanted = list(self._wanted(case, revision, standing))
            stop.update(_unwanted(case, wanted))
            for one in self._missing(case, wanted):
                made.append(self._planned(case, one, revision, said))
        return Decision(revision.revision, tuple(made), stop, said)

    def _all_pending(self, campaign_id: str) -> dict[int, str]:
        reason = _("nobody is asked to pass this on any more")
        return {
            row.delivery_id: reason
            for row in self._ledger.escalations.steps(campaign_id)
            if row.state in PENDING
        }

    def _wanted(self, case: Case, revision: Revision, standing: Registry) -> Iterator[_Wanted]:
        """Yield what the steps of a hamlet ask for, done or not."""
        if case.told is None or case.situation.told_at is None:
            return
        for due in case.foreseen:
            if due.outlook not in (Outlook.WAITS, Outlook.DUE):
                continue
            assert due.at is not None
            assert due.expires_at is not None
            for place in self._places(case, due.step, revision, standing):
                yield _Wanted(due, place, due.at, due.expires_at)

    def _places(
        self, case: Case, step: Step, revision: Revision, standing: Registry
    ) -> Iterator[Place]:
        """Yield where a step asks, by the registry as it stands; nowhere, if nobody is there."""
        assert case.told is not None
        telling = case.told.content_hash

        def visits() -> Iterator[Place]:
            pinned = self._ledger.registries.load(revision.registry_revision)
            content, _needs = self._said(telling, step, revision)
            return teams_in(self._channels[TeamChannel.name], content, case.hamlet, pinned)

        yield from places_of(step.do, case.told.target, case.hamlet, standing, visits)

    def _missing(self, case: Case, wanted: list[_Wanted]) -> Iterator[_Wanted]:
        for one in wanted:
            rows = case.rows_of(one.due)
            if any(row.state in DONE for row in rows):
                continue
            if not any(_is(row, one) for row in rows if row.state in PENDING):
                yield one

    def _planned(
        self, case: Case, one: _Wanted, revision: Revision, said: dict[str, Frozen]
    ) -> NewStep:
        told, step = case.told, one.due.step
        assert told is not None
        assert case.situation.told_at is not None
        content, needs = self._said(told.content_hash, step, revision)
        key = digest(content, needs)
        said[key] = (content, needs)
        target, backend = one.place
        channel = self._channels[content.channel]
        delivery = PlannedDelivery(
            hamlet_id=case.hamlet.id,
            channel=channel.name,
            backend=backend,
            target=target,
            slot=one.at,
            asap=False,
            purpose=Purpose.REMINDER,
            content_hash=key,
            priority=revision.campaign.urgency,
            households=told.households,
            work_at=one.at,  # not before: until then it may not be needed
            expires_at=one.expires_at,
        )
        reason = step_reason(step, at_night=one.due.at_night)
        if case.situation.again_at is not None:
            back = _("who said that it was passed on took it back ({people})")
            reason = joined(" · ", (reason, back.format(people=", ".join(case.denied_by))))
        return NewStep(delivery, step, told.content_hash, case.situation.told_at, reason)

    def _said(self, telling: str, step: Step, revision: Revision) -> Frozen:
        """Return what a step says, made of what the head was told, with what goes beside it."""
        told, needs = self._ledger.deliveries.content(telling)
        return said_in(step, told, needs, revision.campaign)


def _unwanted(case: Case, wanted: list[_Wanted]) -> Iterator[tuple[int, str]]:
    """Yield what is still to come of a hamlet's steps and nothing asks for any more."""
    telling = case.told.content_hash if case.told is not None else ""
    for row in case.planned:
        if row.state not in PENDING:
            continue
        alike = [one for one in wanted if one.due.step.key == row.step.key]
        if row.telling == telling and any(_is(row, one) for one in alike):
            continue
        yield row.delivery_id, _why_not(case, row, bool(alike))


def _why_not(case: Case, row: StepRow, asked_elsewhere: bool) -> str:
    if case.situation.settles(row.step.without):
        return _("needed no more: there is word from the hamlet")
    if case.told is None or row.telling != case.told.content_hash:
        return _("the head was told something else since")
    if asked_elsewhere:
        return _("asked elsewhere, or at another time, by the registry as it stands")
    return _("the registry as it stands names nobody to ask")


def _is(row: StepRow, one: _Wanted) -> bool:
    """Say whether a step that is planned is the one that is wanted."""
    return (row.target, row.slot) == (one.place[0], one.at)
