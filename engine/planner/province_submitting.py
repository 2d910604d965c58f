"""The province's office: one submission and one approval for many communes.

Each commune is planned with its own registry, hours and airtime. The approval is one durable
commit; after it every commune is opened by itself, and what is cut short is finished by
whoever looks next: the same command, or a scheduler.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from campaigns.loader import LoadedCampaign
from channels.base import Channel
from engine.artifacts import ArtifactStore
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Ledger, Revision, Status, Submission
from engine.ledger.fanout import Fanout
from engine.ledger.registries import Credentials
from engine.models import (
    Amends,
    Campaign,
    Correction,
    Person,
    Plan,
    Province,
    Registry,
    Right,
    Stated,
    digest,
)
from engine.planner.amendment import (
    Loads,
    amendment_of,
    refuse_anothers,
    refuse_unknown_parts,
    refuse_waiting,
    update_of,
    with_facts,
    withdrawn,
)
from engine.planner.communes import CommunePlan, CommunePlanner, ProvincePlan
from engine.planner.communes import by as signed_by
from engine.planner.ending import ended_by
from engine.planner.newest import newest_revision
from engine.planner.people import People
from engine.planner.progress import Progress, nothing

#: Proves what a plan would air in a commune. Raises LoaError, and says of what.
ProveIn = Callable[[str, Plan, Registry], None]


class ProvinceSubmitting:
    """What a province's officials do with its campaigns.

    ``load`` reads a campaign file against the province's communes; ``revision`` is the number
    of the province's own file; ``ledger_of`` gives a commune's part of the ledger; ``prove``
    listens to what would be heard in a commune, before it is approved.
    """

    def __init__(
        self,
        *,
        province: Province,
        revision: int,
        communes: Sequence[str],
        fanout: Fanout,
        credentials: Credentials,
        ledger_of: Callable[[str], Ledger],
        artifacts: ArtifactStore,
        channels: Mapping[str, Channel],
        clock: Clock,
        workspace: Path,
        load: Loads,
        prove: ProveIn,
        boundary: Boundary = no_boundary,
    ) -> None:
        self._province = province
        self._revision = revision
        self._fanout = fanout
        self._ledger_of = ledger_of
        self._artifacts = artifacts
        self._channels = channels
        self._clock = clock
        self._workspace = workspace
        self._load = load
        self._prove = prove
        self._boundary = boundary
        self._planner = CommunePlanner(
            province_id=province.id,
            communes=communes,
            ledger_of=ledger_of,
            artifacts=artifacts,
            channels=channels,
        )
        self.people = People(province.people, credentials)

    def plan(self, path: Path, progress: Progress = nothing) -> ProvincePlan:
        """Plan a campaign file in every commune, one at a time, without writing anything.

        Raises InputError for the file, LoaError when nobody is meant.
        """
        loaded = self._load(path)
        return self._planner.plan(loaded, self._place(path), self._clock.now(), progress)

    def submit(
        self, path: Path, by: str, *, leave_out: bool = False, progress: Progress = nothing
    ) -> tuple[Revision, ProvincePlan]:
        """Freeze a campaign file for all its communes; it waits for the province's approval.

        ``leave_out``: communes whose rules forbid it are left out, else they stop it.
        Raises InputError for the file, LoaError for a person, a rule, or nothing new.
        """
        person = self.people.with_right(by, Right.SUBMIT)
        loaded = self._load(path)
        facts = update_of(self._fanout.revisions, loaded.campaign.id, self._clock.now())
        return self._submitted(path, person, with_facts(loaded, facts), leave_out, progress)

    def correct(
        self,
        campaign_id: str,
        path: Path,
        by: str,
        reason: str,
        stated: Stated = Stated(),  # noqa: B008 - frozen
        *,
        progress: Progress = nothing,
    ) -> tuple[Revision, ProvincePlan]:
        """Freeze a corrected campaign file for all its communes; it waits for approval.

        Raises InputError, LoaError as ``submit``, and as a commune's ``Office.correct``.
        """
        person, loaded = self._corrected(campaign_id, path, by, reason, stated)
        return self._submitted(path, person, loaded, False, progress)

    def preview_correction(
        self,
        campaign_id: str,
        path: Path,
        by: str,
        reason: str,
        stated: Stated = Stated(),  # noqa: B008 - frozen
        *,
        progress: Progress = nothing,
    ) -> ProvincePlan:
        """Plan a corrected file in every commune as ``correct`` would, without writing anything."""
        person, loaded = self._corrected(campaign_id, path, by, reason, stated)
        plan = self._planner.plan(loaded, self._place(path), self._clock.now(), progress)
        going = tuple(part for part in plan.parts if not part.stops)
        self._refuse_the_same(self._own(plan.loaded, going, path, person.id), path, loaded)
        return plan

    def withdraw(
        self,
        campaign_id: str,
        by: str,
        reason: str,
        stated: Stated = Stated(),  # noqa: B008 - frozen
    ) -> tuple[Revision, tuple[CommunePlan, ...]]:
        """Freeze a withdrawal for every commune that was told; it waits for approval.

        Returns it with those communes. Raises LoaError as ``correct``.
        """
        person, before, campaign, parts = self._withdrawn(campaign_id, by, reason, stated)
        blocked = [part for part in parts if part.stops]
        if blocked:
            raise LoaError(_blocked(blocked))
        actor = self._actor(person.id)
        signed = [(part.commune_id, signed_by(part.submission, actor)) for part in parts]
        own = Submission(
            campaign=campaign,
            path=before.path,
            source=before.source,
            source_sha256=before.source_sha256,
            content_hash=digest(
                before.source_sha256, [(name, part.content_hash) for name, part in signed]
            ),
            registry_revision=self._revision,
            submitted_by=person.id,
        )
        return self._fanout.submit(own, signed, self._clock.now()), parts

    def preview_withdrawal(
        self,
        campaign_id: str,
        by: str,
        reason: str,
        stated: Stated = Stated(),  # noqa: B008 - frozen
    ) -> tuple[Campaign, tuple[CommunePlan, ...]]:
        """Plan a withdrawal in every commune as ``withdraw`` would, without writing anything."""
        _person, _before, campaign, parts = self._withdrawn(campaign_id, by, reason, stated)
        return campaign, parts

    def _corrected(
        self, campaign_id: str, path: Path, by: str, reason: str, stated: Stated
    ) -> tuple[Person, LoadedCampaign]:
        person, facts = self._amending(campaign_id, by, reason, Amends.CORRECTION, stated)
        loaded = self._load(path, facts.read_as_of)
        refuse_anothers(campaign_id, loaded.campaign.id, path)
        return person, with_facts(loaded, facts)

    def _withdrawn(
        self, campaign_id: str, by: str, reason: str, stated: Stated
    ) -> tuple[Person, Revision, Campaign, tuple[CommunePlan, ...]]:
        person, facts = self._amending(campaign_id, by, reason, Amends.WITHDRAWAL, stated)
        before = self._fanout.revisions.get(campaign_id, facts.corrects)
        assert before is not None
        campaign = withdrawn(before.campaign, facts)
        told = self._fanout.told(campaign_id)
        now = self._clock.now()
        parts = self._planner.ending(told, campaign, before.source, before.path, now)
        return person, before, campaign, tuple(parts)

    def _amending(
        self, campaign_id: str, by: str, reason: str, amends: Amends, stated: Stated
    ) -> tuple[Person, Correction]:
        person = self.people.with_right(by, Right.SUBMIT)
        refuse_unknown_parts(self._channels, stated.without)
        refuse_waiting(self.newest(campaign_id), person.id)
        now = self._clock.now()
        return person, amendment_of(
            self._fanout.revisions, campaign_id, now, reason, amends, stated
        )

    def _submitted(
        self,
        path: Path,
        person: Person,
        loaded: LoadedCampaign,
        leave_out: bool,
        progress: Progress,
    ) -> tuple[Revision, ProvincePlan]:
        plan = self._planner.plan(loaded, self._place(path), self._clock.now(), progress)
        ended_by(plan.loaded.campaign, self._fanout.revisions)
        blocked = plan.blocked
        if blocked and (not leave_out or len(blocked) == len(plan.parts)):
            raise LoaError(_blocked(blocked))
        going = tuple(part for part in plan.parts if not part.stops)
        own = self._own(plan.loaded, going, path, person.id)
        self._refuse_the_same(own, path, loaded)
        for sha256, source in plan.loaded.files.items():
            self._artifacts.keep_attachment(sha256, source)
        now = self._clock.now()
        self._planner.hear(going[0], now)
        over = self._fanout.reached(own.campaign.id) - {part.commune_id for part in going}
        ending = tuple(self._planner.ending(over, own.campaign, own.source, own.path, now))
        if any(part.stops for part in ending):
            raise LoaError(_blocked([part for part in ending if part.stops]))
        actor = self._actor(person.id)
        signed = [
            (part.commune_id, signed_by(part.submission, actor)) for part in (*going, *ending)
        ]
        revision = self._fanout.submit(own, signed, now)
        return revision, ProvincePlan(
            plan.loaded, going, tuple(part.commune_id for part in blocked)
        )

    def newest(self, campaign_id: str) -> Revision:
        """Return a campaign's newest revision. Raises LoaError when none was ever submitted."""
        return newest_revision(self._fanout.revisions, campaign_id)

    def _own(
        self, loaded: LoadedCampaign, parts: Sequence[CommunePlan], path: Path, by: str
    ) -> Submission:
        """Return the province's own revision, bound to those of all its communes."""
        bound = [(part.commune_id, part.submission.content_hash) for part in parts]
        return Submission(
            campaign=loaded.campaign,
            path=self._place(path),
            source=loaded.source,
            source_sha256=loaded.sha256,
            content_hash=digest(loaded.sha256, bound),
            registry_revision=self._revision,
            submitted_by=by,
        )

    def _refuse_the_same(self, own: Submission, path: Path, loaded: LoadedCampaign) -> None:
        latest = self._fanout.revisions.latest(own.campaign.id)
        if latest is None or latest.status not in (Status.SUBMITTED, Status.OPEN):
            return
        told = latest.campaign.correction
        found = own.content_hash
        if told != own.campaign.correction and latest.source_sha256 == own.source_sha256:
            again = with_facts(loaded, told)
            plan = self._planner.plan(again, own.path, self._clock.now(), nothing)
            found = self._own(again, plan.parts, path, own.submitted_by).content_hash
        if latest.content_hash == found:
            message = _("{campaign}: revision {revision} already says exactly this")
            raise LoaError(message.format(campaign=latest.campaign_id, revision=latest.revision))

    def _actor(self, person_id: str) -> str:
        """Return how communes' ledgers name a person of the province."""
        return f"{self._province.id}/{person_id}"

    def _place(self, path: Path) -> str:
        path = path.resolve()
        inside = path.is_relative_to(self._workspace)
        return str(path.relative_to(self._workspace) if inside else path)


def _blocked(parts: Sequence[CommunePlan]) -> str:
    """Say which communes' rules stop a campaign, and what can be done."""
    lines = [
        f"{part.commune_id}: {breach.message}"
        + (f" ({breach.hamlet_id})" if breach.hamlet_id else "")
        for part in parts
        for breach in part.stops
    ]
    ending = _("mend it, name other communes, or send it to the others: --leave-out")
    return "\n  ".join([_("rules that it would break:"), *lines]) + f"\n{ending}"
