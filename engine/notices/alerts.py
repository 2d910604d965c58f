"""Alerts of which nobody told people that they are over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from engine.ledger import Revision, Status, Views
from engine.ledger.revisions import Revisions
from engine.models.notice import Concern, Notice, Severity

#: So long after its end an alert is a thing of the past.
RECENT = timedelta(days=3)

#: No alert lasts longer, so that older ones need not be looked at.
LONGEST = timedelta(days=60)


class AlertGatherer:
    """Looks through one commune's own alerts; a province ends its alerts itself."""

    concerns = frozenset({Concern.NO_ALL_CLEAR})

    def __init__(self, revisions: Revisions, views: Views) -> None:
        self._revisions = revisions
        self._views = views

    def gather(self, now: datetime) -> Sequence[Notice]:
        return list(self._open(now))

    def _open(self, now: datetime) -> Iterator[Notice]:
        for revision in self._revisions.alerts(now - LONGEST):
            end = end_of(revision)
            if revision.province_id or not now - RECENT < end < now:
                continue
            if not self._views.reached(revision.campaign_id):
                continue
            yield Notice(
                Concern.NO_ALL_CLEAR,
                Severity.URGENT,
                end,
                (revision.campaign_id,),
                {"campaign": revision.campaign_id, "end": end.isoformat()},
            )


def end_of(alert: Revision) -> datetime:
    """Return when an alert falls silent: after its last repeat, else with its validity.

    One that was cancelled did so at some moment before; people were told of it all the same.
    """
    if alert.status is Status.CANCELLED:
        assert alert.approved_at is not None
        return alert.approved_at
    again = alert.campaign.schedule.repeat
    return again.until if again is not None else alert.campaign.valid_until
