"""The province's office: one submission and one approval for many communes.

Each commune is planned with its own registry, hours and airtime. The approval is one durable
commit; after it every commune is opened by itself, and what is cut short is finished by
whoever looks next: the same command, or a scheduler.
"""

from __future__ import annotations

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Revision, Status
from engine.models import Campaign, Right
from engine.models.targets import campaign_id_below
from engine.planner.known import known_of
from engine.planner.newest import waiting_revision
from engine.planner.office import Office
from engine.planner.plan import plan_campaign
from engine.planner.progress import Progress, nothing
from engine.planner.province_submitting import ProvinceSubmitting


class ProvinceOffice(ProvinceSubmitting):
    """What a province's officials do with its campaigns."""

    def approve(
        self, campaign_id: str, by: str, passphrase: str, progress: Progress = nothing
    ) -> Revision:
        """Approve the waiting revision, for every commune at once, in one durable commit.

        Raises LoaError for: no waiting revision, no right, the submitter, a wrong passphrase,
        a file that changed, a validity that has ended, and what would be heard if it fails its
        proof in any commune (``progress`` hears of each that is done). ``open_all`` then plans.
        """
        revision = self.waiting(campaign_id)
        person = self.people.approver(by, passphrase, but=revision.submitted_by)
        now = self._clock.now()
        told = revision.campaign.correction
        if told is None or not told.withdraws:  # a withdrawal is of what was approved, no file
            self._refuse_changed(campaign_id, revision)
        self._prove_all(campaign_id, progress)
        now = self._clock.now()
        if not self._fanout.approve(revision, self._actor(person.id), now):
            message = _("{campaign}: it no longer waits for approval")
            raise LoaError(message.format(campaign=campaign_id))
        self._boundary("approved")
        return revision

    def _refuse_changed(self, campaign_id: str, revision: Revision) -> None:
        told = revision.campaign.correction
        as_of = told.read_as_of if told is not None else None
        loaded = self._load(self._workspace / revision.path, as_of)
        if loaded.sha256 != revision.source_sha256 or _files(loaded.campaign) != _files(
            revision.campaign
        ):
            message = _("{campaign}: the file or an attachment changed; submit it again")
            raise LoaError(message.format(campaign=campaign_id))

    def _prove_all(self, campaign_id: str, progress: Progress) -> None:
        """Listen to what each commune would hear; what is the same everywhere is made once."""
        name = campaign_id_below(self._province.id, campaign_id)
        parts = [p for p in self._fanout.parts(campaign_id) if p.status is Status.SUBMITTED]
        for number, part in enumerate(parts, 1):
            ledger = self._ledger_of(part.commune_id)
            revision = ledger.revisions.get(name, part.revision)
            assert revision is not None
            registry = ledger.registries.load(revision.registry_revision)
            now = self._clock.now()
            known = known_of(revision.campaign, ledger, self._channels, now)
            plan = plan_campaign(revision.campaign, registry, self._channels, now, known=known)
            self._prove(part.commune_id, plan, registry)
            progress(number, len(parts))

    def open_all(self, campaign_id: str, progress: Progress = nothing) -> None:
        """Plan every commune whose approved revision was not planned yet.

        A commune whose rules forbid it by now is refused, on the record; the others go on.
        """
        waiting = [
            part.commune_id
            for part in self._fanout.parts(campaign_id)
            if part.status is Status.APPROVED
        ]
        for number, commune_id in enumerate(waiting, 1):
            self._office(commune_id).open_all()
            progress(number, len(waiting))

    def cancel(self, campaign_id: str, by: str, reason: str, progress: Progress = nothing) -> int:
        """Stop in every commune what has not been sent; return how many deliveries.

        Cut short, it goes on when it is asked again. Raises LoaError.
        """
        person = self.people.with_right(by, Right.SUBMIT, Right.APPROVE)
        self.newest(campaign_id)
        actor = self._actor(person.id)
        reached = sorted(self._fanout.reached(campaign_id))
        self._fanout.cancel(campaign_id, actor, self._clock.now(), reason)
        self._boundary("cancelled")
        name = campaign_id_below(self._province.id, campaign_id)
        stopped = 0
        for number, commune_id in enumerate(reached, 1):
            stopped += self._office(commune_id).stop(name, actor, reason)
            progress(number, len(reached))
        return stopped

    def waiting(self, campaign_id: str) -> Revision:
        """Return the revision that waits for approval. Raises LoaError when there is none."""
        return waiting_revision(self._fanout.revisions, campaign_id)

    def _office(self, commune_id: str) -> Office:
        """Return a commune's office, for what was decided here; nobody submits through it."""
        ledger = self._ledger_of(commune_id)
        number = ledger.registries.latest()
        return Office(
            ledger=ledger,
            artifacts=self._artifacts,
            channels=self._channels,
            clock=self._clock,
            registry=ledger.registries.load(number),
            registry_revision=number,
            workspace=self._workspace,
            load=self._load,
            prove=lambda plan, registry, _progress: self._prove(commune_id, plan, registry),
            boundary=self._boundary,
        )


def _files(campaign: Campaign) -> list[str]:
    recordings = (section.recording for section in campaign.sections.values())
    return sorted(file.sha256 for file in (*campaign.attachments, *recordings) if file)
