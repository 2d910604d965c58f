"""Which revision of a campaign people speak of, for a commune's office and for a province's."""

from __future__ import annotations

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Revision, Status, status_word
from engine.ledger.revisions import Revisions


def newest_revision(revisions: Revisions, campaign_id: str) -> Revision:
    """Return a campaign's newest revision. Raises LoaError when none was ever submitted."""
    latest = revisions.latest(campaign_id)
    if latest is None:
        known = ", ".join(revisions.campaign_ids()) or "—"
        message = _('no campaign "{campaign}" was submitted (submitted: {known})')
        raise LoaError(message.format(campaign=campaign_id, known=known))
    return latest


def waiting_revision(revisions: Revisions, campaign_id: str) -> Revision:
    """Return the revision that waits for approval. Raises LoaError when there is none."""
    latest = newest_revision(revisions, campaign_id)
    if latest.status is not Status.SUBMITTED:
        message = _("{campaign}: nothing waits for approval (revision {revision}: {status})")
        raise LoaError(
            message.format(
                campaign=campaign_id,
                revision=latest.revision,
                status=status_word(latest.status),
            )
        )
    return latest
