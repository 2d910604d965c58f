"""Campaigns that wait for a person: nobody approved them, or they are not what was approved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from engine.ledger import Revision, Status
from engine.ledger.revisions import Revisions
from engine.models import Priority
from engine.models.notice import Concern, Notice, Severity

#: So close to its first slot an approval is urgent.
URGENT = timedelta(hours=2)


class CampaignGatherer:
    """Looks through one commune's revisions. ``near``: how long before a slot to ask."""

    concerns = frozenset({Concern.APPROVAL, Concern.REFUSED})

    def __init__(self, revisions: Revisions, *, near: timedelta) -> None:
        self._revisions = revisions
        self._near = near

    def gather(self, now: datetime) -> Sequence[Notice]:
        return [*self._waiting(now), *self._refused()]

    def _waiting(self, now: datetime) -> Iterator[Notice]:
        for revision in self._revisions.with_status(Status.SUBMITTED):
            slot = first_slot(revision)
            if revision.campaign.valid_until < now or slot - now > self._near:
                continue
            at_once = revision.campaign.schedule.asap
            urgent = revision.priority is Priority.EMERGENCY or (
                not at_once and slot - now < URGENT
            )
            yield Notice(
                Concern.APPROVAL,
                Severity.URGENT if urgent else Severity.WARNING,
                revision.submitted_at,
                (revision.campaign_id,),
                {"campaign": revision.campaign_id, "slot": "" if at_once else slot.isoformat()},
            )

    def _refused(self) -> Iterator[Notice]:
        for revision in self._revisions.with_status(Status.REFUSED):
            latest = self._revisions.latest(revision.campaign_id)
            if latest is not None and latest.revision == revision.revision:
                yield Notice(
                    Concern.REFUSED,
                    Severity.URGENT,
                    revision.approved_at or revision.submitted_at,
                    (revision.campaign_id,),
                    {"campaign": revision.campaign_id, "revision": str(revision.revision)},
                )


def first_slot(revision: Revision) -> datetime:
    """Return when a revision is to be heard first: its submission, if at once."""
    schedule = revision.campaign.schedule
    return revision.submitted_at if schedule.asap else min(schedule.moments)
