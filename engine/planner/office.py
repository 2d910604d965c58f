"""The office: submitting, approving, cancelling. Who may, and bound to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaigns.loader import LoadedCampaign
from channels.base import Channel
from engine.artifacts import ArtifactStore
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.ledger import Ledger, Revision, Status, Submission
from engine.models import Campaign, Person, Plan, Priority, Registry, Right
from engine.planner.airing import Standing, hear_recordings, on_air_besides
from engine.planner.binding import bound_hash, place_in, refuse_a_provinces, refuse_breaches
from engine.planner.diff import changes_between
from engine.planner.ending import ended_by, to_whom
from engine.planner.newest import newest_revision, waiting_revision
from engine.planner.people import People
from engine.planner.plan import plan_campaign
from engine.planner.progress import Progress, nothing
from engine.planner.spots import located

#: Proves what a plan would air in a registry's hamlets. Raises LoaError, and says of what.
Prove = Callable[[Plan, Registry, Progress], None]


@dataclass(frozen=True, slots=True)
class Submitted:
    """A revision as it was frozen, and what it comes to."""

    revision: Revision
    plan: Plan


class Office:
    """What officials do with campaigns.

    ``workspace`` is its folder. ``registry`` is the registry as it stands,
    ``registry_revision`` its number in the ledger; ``load`` reads a campaign file against it;
    ``prove`` listens to what would be heard, before it is approved.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        artifacts: ArtifactStore,
        channels: Mapping[str, Channel],
        clock: Clock,
        registry: Registry,
        registry_revision: int,
        workspace: Path,
        load: Callable[[Path], LoadedCampaign],
        prove: Prove,
        boundary: Boundary = no_boundary,
    ) -> None:
        self._ledger = ledger
        self._artifacts = artifacts
        self._channels = channels
        self._clock = clock
        self._registry = registry
        self._registry_revision = registry_revision
        self._workspace = workspace
        self._load = load
        self._prove = prove
        self._boundary = boundary
        self._people = People(registry.people, ledger.credentials)

    def plan(self, path: Path) -> tuple[Campaign, Plan]:
        """Plan a campaign file without writing anything. Raises InputError."""
        loaded = self._load(path)
        return loaded.campaign, self._plan(loaded)

    def load(self, path: Path) -> LoadedCampaign:
        """Read a campaign file as of now. Raises InputError."""
        return self._load(path)

    def check(self, path: Path, by: str) -> None:
        """Raise what submitting a campaign file would, and write nothing."""
        self._people.with_right(by, Right.SUBMIT)
        campaign, plan = self.plan(path)
        ended_by(campaign, self._ledger.revisions)
        refuse_breaches(plan)

    def submit(self, path: Path, by: str) -> Submitted:
        """Freeze a campaign file as a revision that waits for approval.

        Raises InputError for the file, LoaError for a person without the right, a broken
        rule, or a file that says what the newest revision says already.
        """
        person = self._people.with_right(by, Right.SUBMIT)
        loaded = self._load(path)
        ended_by(loaded.campaign, self._ledger.revisions)
        plan = self._plan(loaded)
        refuse_breaches(plan)
        content_hash = bound_hash(loaded.source, loaded.campaign, plan)
        place = place_in(self._workspace, path)
        latest = self._ledger.revisions.latest(loaded.campaign.id)
        if latest and latest.path != place and (self._workspace / latest.path).exists():
            message = _('{file}: the id "{campaign}" belongs to {other}')
            raise LoaError(
                message.format(file=place, campaign=latest.campaign_id, other=latest.path)
            )
        alive = (Status.SUBMITTED, Status.APPROVED, Status.OPEN)
        if latest and latest.content_hash == content_hash and latest.status in alive:
            raise LoaError(
                _("{campaign}: revision {revision} already says exactly this").format(
                    campaign=latest.campaign_id, revision=latest.revision
                )
            )
        for sha256, source in loaded.files.items():
            self._artifacts.keep_attachment(sha256, source)
        hear_recordings(plan, self._channels, self._artifacts, self._registry.hamlets[0])
        submission = Submission(
            campaign=loaded.campaign,
            path=place,
            source=loaded.source,
            source_sha256=loaded.sha256,
            content_hash=content_hash,
            registry_revision=self._registry_revision,
            submitted_by=person.id,
        )
        revision = self._ledger.revisions.submit(submission, self._clock.now())
        return Submitted(revision, plan)

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
        current = self._ledger.deliveries.current(revision.campaign_id)
        changes = changes_between(current, plan.deliveries, now)
        self._ledger.deliveries.hold(
            revision.campaign_id, revision.revision, changes.new, plan, now
        )
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

    def open_all(self) -> None:
        """Open what was approved but whose planning was cut short.

        A revision that is no longer what was approved is refused, on the record, and the
        others go on.
        """
        for revision in self._ledger.revisions.with_status(Status.APPROVED):
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

    def newest(self, campaign_id: str) -> Revision:
        """Return a campaign's newest revision. Raises LoaError when none was ever submitted."""
        return newest_revision(self._ledger.revisions, campaign_id)

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

    @property
    def _recalled(self) -> frozenset[str]:
        """Channels from which what was handed over ahead of its slot can be taken back."""
        return frozenset(name for name, one in self._channels.items() if one.cumulative)

    def _plan(self, loaded: LoadedCampaign) -> Plan:
        """Plan a campaign file, with the lines of what contradicts itself in it."""
        campaign = loaded.campaign
        plan = self._planned(campaign, self._registry, self._clock.now())
        plan = located(plan, loaded.places)
        if not campaign.all_clear:
            return plan
        return to_whom(plan, self._ledger.views.reached(campaign.all_clear))

    def _planned(self, campaign: Campaign, registry: Registry, now: datetime) -> Plan:
        """Plan a campaign among all that is on air, as it stands in the ledger."""
        taken = on_air_besides(campaign, self._ledger, self._channels, registry, now)
        standing = Standing.of(campaign, self._ledger)
        return plan_campaign(campaign, registry, self._channels, now, taken, standing)

    def _unchanged(self, revision: Revision) -> Plan:
        """Return today's plan of the file that was submitted; refuse if it says anything else."""
        loaded = self._load(self._workspace / revision.path)
        plan = self._plan(loaded)
        if bound_hash(loaded.source, loaded.campaign, plan) != revision.content_hash:
            message = _(
                "{campaign}: the file, an attachment, the registry or Loa itself changed after it "
                "was submitted; submit it again"
            )
            raise LoaError(message.format(campaign=revision.campaign_id))
        return plan

    def _frozen(self, revision: Revision, now: datetime) -> Plan:
        """Return the plan of what the ledger froze. Raises LoaError if that was altered."""
        registry = self._ledger.registries.load(revision.registry_revision)
        if revision.priority is Priority.EMERGENCY:
            # It takes its slots whatever is there, and must not wait until all that was read.
            plan = plan_campaign(revision.campaign, registry, self._channels, now)
        else:
            plan = self._planned(revision.campaign, registry, now)
        if bound_hash(revision.source, revision.campaign, plan) != revision.content_hash:
            message = _("{campaign}: what was approved is not what would be sent; submit it again")
            raise LoaError(message.format(campaign=revision.campaign_id))
        return plan
