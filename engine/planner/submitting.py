"""Submitting: campaigns, what brings them up to date, corrects them, takes them back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from campaigns.loader import LoadedCampaign
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.ledger import Revision, Status, Submission
from engine.models import (
    Amends,
    Campaign,
    Correction,
    Person,
    Plan,
    Priority,
    Right,
    Stated,
)
from engine.planner.airing import hear_recordings
from engine.planner.amendment import (
    amendment_of,
    refuse_anothers,
    refuse_unknown_parts,
    refuse_waiting,
    update_of,
    with_facts,
    withdrawn,
)
from engine.planner.binding import bound_hash, place_in, refuse_a_provinces, refuse_breaches
from engine.planner.desk import Desk
from engine.planner.ending import ended_by
from engine.planner.progress import Progress, nothing


@dataclass(frozen=True, slots=True)
class Submitted:
    """A revision as it was frozen, and what it comes to.

    ``unproved`` says why what an emergency would air failed its proof, and so its approval will.
    """

    revision: Revision
    plan: Plan
    unproved: str = ""


class Submitting(Desk):
    """Freezes revisions that wait for approval."""

    def check(self, path: Path, by: str) -> None:
        """Raise what submitting a campaign file would, and write nothing."""
        self._people.with_right(by, Right.SUBMIT)
        campaign, plan = self.plan(path)
        ended_by(campaign, self._ledger.revisions)
        refuse_breaches(plan)

    def submit(self, path: Path, by: str, progress: Progress = nothing) -> Submitted:
        """Freeze a campaign file as a revision that waits for approval.

        Of a campaign that people may know already it is an update, and they are told so. What an
        emergency will air is made and proved at once (``progress`` hears how far that has come).
        Raises InputError for the file, LoaError for a person without the right, a broken
        rule, or a file that says what the newest revision says already.
        """
        person = self._people.with_right(by, Right.SUBMIT)
        loaded = self._load(path)
        facts = update_of(self._ledger.revisions, loaded.campaign.id, self._clock.now())
        return self._submitted(path, person, with_facts(loaded, facts), progress)

    def correct(
        self,
        campaign_id: str,
        path: Path,
        by: str,
        reason: str,
        stated: Stated = Stated(),  # noqa: B008 - frozen
    ) -> Submitted:
        """Freeze a corrected campaign file as a revision that waits for approval.

        Those whom the earlier words may have reached are told that it is a correction, and why.
        Raises InputError, LoaError as ``submit``; LoaError for another campaign's file, one that
        nobody was told of, or somebody else's revision that waits.
        """
        person, loaded = self._corrected(campaign_id, path, by, reason, stated)
        return self._submitted(path, person, loaded)

    def preview_correction(
        self,
        campaign_id: str,
        path: Path,
        by: str,
        reason: str,
        stated: Stated = Stated(),  # noqa: B008 - frozen
    ) -> tuple[Campaign, Plan]:
        """Plan a corrected campaign file as ``correct`` would, without writing anything.

        Raises what that would, but for rules that it would break: these the plan names.
        """
        _person, loaded = self._corrected(campaign_id, path, by, reason, stated)
        plan, _place, _content_hash = self._judged(path, loaded)
        return loaded.campaign, plan

    def withdraw(
        self,
        campaign_id: str,
        by: str,
        reason: str,
        stated: Stated = Stated(),  # noqa: B008 - frozen
    ) -> Submitted:
        """Freeze a withdrawal as a revision that waits for approval.

        Those whom the campaign may have reached are told that it holds no more, and why; what
        has not been sent is cancelled. Raises LoaError as ``correct``.
        """
        person, before, campaign = self._withdrawn(campaign_id, by, reason, stated)
        plan = self._planned_now(campaign)
        refuse_breaches(plan)
        content_hash = bound_hash(before.source, campaign, plan)
        return self._freeze(person, before.path, before.source, campaign, content_hash, plan)

    def preview_withdrawal(
        self,
        campaign_id: str,
        by: str,
        reason: str,
        stated: Stated = Stated(),  # noqa: B008 - frozen
    ) -> tuple[Campaign, Plan]:
        """Plan a withdrawal as ``withdraw`` would, without writing anything. Raises LoaError."""
        _person, _before, campaign = self._withdrawn(campaign_id, by, reason, stated)
        return campaign, self._planned_now(campaign)

    def _corrected(
        self, campaign_id: str, path: Path, by: str, reason: str, stated: Stated
    ) -> tuple[Person, LoadedCampaign]:
        person, facts = self._amending(campaign_id, by, reason, Amends.CORRECTION, stated)
        loaded = self._load(path, facts.read_as_of)
        refuse_anothers(campaign_id, loaded.campaign.id, path)
        return person, with_facts(loaded, facts)

    def _withdrawn(
        self, campaign_id: str, by: str, reason: str, stated: Stated
    ) -> tuple[Person, Revision, Campaign]:
        person, facts = self._amending(campaign_id, by, reason, Amends.WITHDRAWAL, stated)
        before = self._ledger.revisions.get(campaign_id, facts.corrects)
        assert before is not None
        return person, before, withdrawn(before.campaign, facts)

    def _amending(
        self, campaign_id: str, by: str, reason: str, amends: Amends, stated: Stated
    ) -> tuple[Person, Correction]:
        person = self._people.with_right(by, Right.SUBMIT)
        refuse_unknown_parts(self._channels, stated.without)
        newest = self.newest(campaign_id)
        refuse_a_provinces(newest)
        refuse_waiting(newest, person.id)
        now = self._clock.now()
        return person, amendment_of(
            self._ledger.revisions, campaign_id, now, reason, amends, stated
        )

    def _judged(self, path: Path, loaded: LoadedCampaign) -> tuple[Plan, str, str]:
        """Return a file's plan, how the ledger names it, and the hash that it would be bound to.

        Raises LoaError for an id that belongs to another file, and for what is said already.
        """
        ended_by(loaded.campaign, self._ledger.revisions)
        plan = self._plan(loaded)
        content_hash = bound_hash(loaded.source, loaded.campaign, plan)
        place = place_in(self._workspace, path)
        latest = self._ledger.revisions.latest(loaded.campaign.id)
        if latest and latest.path != place and (self._workspace / latest.path).exists():
            message = _('{file}: the id "{campaign}" belongs to {other}')
            raise LoaError(
                message.format(file=place, campaign=latest.campaign_id, other=latest.path)
            )
        alive = (Status.SUBMITTED, Status.APPROVED, Status.OPEN)
        if latest and latest.status in alive and self._says(latest, loaded, content_hash):
            raise LoaError(
                _("{campaign}: revision {revision} already says exactly this").format(
                    campaign=latest.campaign_id, revision=latest.revision
                )
            )
        return plan, place, content_hash

    def _submitted(
        self, path: Path, person: Person, loaded: LoadedCampaign, progress: Progress = nothing
    ) -> Submitted:
        plan, place, content_hash = self._judged(path, loaded)
        refuse_breaches(plan)
        for sha256, source in loaded.files.items():
            self._artifacts.keep_attachment(sha256, source)
        hear_recordings(plan, self._channels, self._artifacts, self._registry.hamlets[0])
        return self._freeze(
            person, place, loaded.source, loaded.campaign, content_hash, plan, progress
        )

    def _freeze(
        self,
        person: Person,
        place: str,
        source: bytes,
        campaign: Campaign,
        content_hash: str,
        plan: Plan,
        progress: Progress = nothing,
    ) -> Submitted:
        facts = campaign.correction
        submission = Submission(
            campaign=campaign,
            path=place,
            source=source,
            source_sha256=hashlib.sha256(source).hexdigest(),
            content_hash=content_hash,
            registry_revision=self._registry_revision,
            submitted_by=person.id,
        )
        careful = facts is not None and facts.amends is not Amends.UPDATE
        newest = self._ledger.revisions.latest(campaign.id) if careful else None
        self._boundary("judged")
        revision = self._ledger.revisions.submit(
            submission, self._clock.now(), after=newest.revision if newest else None
        )
        return Submitted(revision, plan, self._made_ready(revision, plan, progress))

    def _made_ready(self, revision: Revision, plan: Plan, progress: Progress) -> str:
        """Make and prove what an emergency will air: whoever approves it must not wait for that.

        Return why it failed. It was submitted all the same: approval proves it once more.
        """
        if revision.priority is not Priority.EMERGENCY:
            return ""
        try:
            self._prove(plan, self._registry, progress)
        except LoaError as error:
            return str(error)
        except OSError as error:
            return os_reason(error)
        return ""

    def _says(self, latest: Revision, loaded: LoadedCampaign, content_hash: str) -> bool:
        """Say whether a revision says exactly what a file does, whatever it amends."""
        told, facts = latest.campaign.correction, loaded.campaign.correction
        if told == facts or (told is not None and told.withdraws):
            return latest.content_hash == content_hash
        anew = facts is not None and told is not None and facts.reason not in ("", told.reason)
        if latest.source_sha256 != loaded.sha256 or (anew and latest.status is Status.SUBMITTED):
            return False
        as_told = with_facts(loaded, told)
        plan = self._plan(as_told)
        return bound_hash(loaded.source, as_told.campaign, plan) == latest.content_hash
