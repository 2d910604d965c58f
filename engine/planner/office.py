"""The office: submitting, approving, cancelling. Who may, and bound to what."""

from __future__ import annotations

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.ledger import Revision, Status
from engine.models import (
    Person,
    Plan,
    Right,
)
from engine.planner.binding import refuse_a_provinces, refuse_breaches
from engine.planner.diff import changes_between
from engine.planner.ending import ended_by, to_whom
from engine.planner.newest import waiting_revision
from engine.planner.progress import Progress, nothing
from engine.planner.submitting import Submitted as Submitted
from engine.planner.submitting import Submitting
from engine.rules.escalated import steps_of


class Office(Submitting):
    """What officials do with campaigns."""

    def approve(
        self,
        campaign_id: str,
        by: str,
        passphrase: str,
        progress: Progress = nothing,
        *,
        first_key: str | None = None,
    ) -> Submitted:
        """Approve the waiting revision and open its deliveries for sending.

        ``first_key`` is the submitter's own passphrase, where both are there: proved as well,
        and recorded. Raises LoaError for: no waiting revision, no right, the submitter himself,
        a wrong passphrase, a file or registry that changed since, a rule broken by now, and
        what fails its proof by ear (``progress`` hears how far that has come).
        """
        revision = self.waiting(campaign_id)
        refuse_a_provinces(revision)
        person = self._people.approver(by, passphrase, but=revision.submitted_by)
        two_keys = self._people.two_keys(revision.submitted_by, first_key, person)
        ended_by(revision.campaign, self._ledger.revisions)
        self.open_all(campaign_id)  # else what it amends would never go out, nor be amended
        plan = self._unchanged(revision)
        refuse_breaches(plan)
        self._prove(plan, self._registry, progress)
        self._frozen(revision, self._clock.now())
        now = self._clock.now()
        waived = joined(" · ", dict.fromkeys(b.message for b in plan.breaches if b.waived))
        if not self._ledger.revisions.approve(
            revision, person.id, now, waived=waived, two_keys=two_keys
        ):
            raise LoaError(
                _("{campaign}: it no longer waits for approval").format(campaign=campaign_id)
            )
        approved = self._ledger.revisions.get(campaign_id, revision.revision)
        assert approved is not None
        self._boundary("approved")
        self.open(approved)
        return Submitted(approved, plan)

    def open(self, revision: Revision) -> None:
        """Write an approved revision's deliveries and open them; twice has the effect of once.

        The plan is made anew from what was frozen, at the moment of approval. An all-clear
        stops its alert first. Raises LoaError when it no longer is what was approved.
        """
        assert revision.approved_at is not None
        assert revision.approved_by is not None
        now = revision.approved_at
        plan = self._frozen(revision, now)
        if revision.province_id and not revision.campaign.audience.nobody:
            refuse_breaches(plan)
        if revision.campaign.all_clear:
            plan = self._after_the_alert(revision, plan)
        if revision.campaign.correction is not None:
            plan = self._made_way(revision, plan)
        current = self._ledger.deliveries.current(revision.campaign_id)
        changes = changes_between(current, plan.deliveries, now, plan.kept)
        self._ledger.deliveries.hold(
            revision.campaign_id, revision.revision, changes.new, plan, now
        )
        if steps_of(revision, self._ledger.registries.load(revision.registry_revision)):
            self._ledger.escalations.watch(revision.campaign_id)
        self._boundary("held")
        self._ledger.deliveries.shift(
            plan.shifts, recalled=self._recalled, at=self._clock.now(), actor=revision.approved_by
        )
        self._ledger.deliveries.open(
            revision.campaign_id,
            revision.revision,
            replaced=changes.replaced,
            recalled=self._recalled,
            at=self._clock.now(),
            actor=revision.approved_by,
        )

    def open_all(self, campaign_id: str | None = None) -> None:
        """Open what was approved but whose planning was cut short; of one campaign, or of all.

        A revision that is no longer what was approved is refused, on the record, and the
        others go on.
        """
        for revision in self._ledger.revisions.with_status(Status.APPROVED):
            if campaign_id not in (None, revision.campaign_id):
                continue
            try:
                self.open(revision)
            except LoaError as error:
                self._ledger.revisions.refuse(revision, str(error), self._clock.now())

    def cancel(self, campaign_id: str, by: str, reason: str) -> int:
        """Stop what has not been sent; return how many deliveries. Raises LoaError."""
        person = self.person(by)
        refuse_a_provinces(self.newest(campaign_id))
        return self.stop(campaign_id, person.id, reason)

    def stop(self, campaign_id: str, actor: str, reason: str) -> int:
        """Do so for somebody whose right was proved elsewhere: the province, for its own."""
        return self._ledger.deliveries.cancel(
            campaign_id,
            recalled=self._recalled,
            at=self._clock.now(),
            actor=actor,
            reason=reason,
        )

    def _made_way(self, revision: Revision, plan: Plan) -> Plan:
        """Stop what an amendment replaces, and return its plan for those who know of it then.

        Until the old words are stopped, more people may come to know them.
        """
        facts, now = revision.campaign.correction, revision.approved_at
        assert facts is not None
        assert now is not None
        assert revision.approved_by is not None
        current = self._ledger.deliveries.current(revision.campaign_id)
        changes = changes_between(current, plan.deliveries, now, plan.kept)
        own = {item.key for item in plan.deliveries}
        everything = tuple(
            one.id for one in current if one.key not in own and one.id not in plan.kept
        )
        self._ledger.deliveries.make_way(
            revision.campaign_id,
            revision.revision,
            replaced=everything if facts.withdraws else changes.replaced,
            recalled=self._recalled,
            at=self._clock.now(),
            actor=revision.approved_by,
            withdrawn=facts.reason if facts.withdraws else None,
        )
        self._boundary("way made")
        plan = self._frozen(revision, now)
        if revision.campaign.all_clear:
            plan = to_whom(plan, self._ledger.views.reached(revision.campaign.all_clear))
        return plan

    def _after_the_alert(self, revision: Revision, plan: Plan) -> Plan:
        """Stop the alert that an all-clear ends; return whom to tell: those who may know of it."""
        assert revision.approved_by is not None
        alert = revision.campaign.all_clear
        self._ledger.deliveries.cancel(
            alert,
            recalled=self._recalled,
            at=self._clock.now(),
            actor=revision.approved_by,
            reason=_("all-clear: {campaign}").format(campaign=revision.campaign_id),
            all_clear=True,
        )
        self._boundary("alert stopped")
        return to_whom(plan, self._ledger.views.reached(alert))

    def waiting(self, campaign_id: str) -> Revision:
        """Return the revision that waits for approval. Raises LoaError when there is none."""
        return waiting_revision(self._ledger.revisions, campaign_id)

    def person(self, person_id: str) -> Person:
        """Return a person who may act on campaigns. Raises LoaError for anybody else."""
        return self._people.with_right(person_id, Right.SUBMIT, Right.APPROVE)

    def prove(self, person_id: str, passphrase: str, right: Right) -> Person:
        """Return a person with a right whose passphrase is right. Raises LoaError."""
        return self._people.proved(person_id, passphrase, right)

    def approvers(self, *, but: str) -> tuple[str, ...]:
        """Return who may approve what ``but`` submits, by id."""
        return self._people.who_may(Right.APPROVE, but=but)

    def entitled(self, person_id: str) -> Person:
        """Return a person with any right at all. Raises LoaError for anybody else."""
        return self._people.entitled(person_id)

    def set_passphrase(self, person_id: str, new: str, old: str | None) -> None:
        """Set a person's passphrase; changing one needs the old one. Raises LoaError."""
        self._people.set_passphrase(person_id, new, old, self._clock.now())
