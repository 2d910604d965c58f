"""What a cancellation came to, in words."""

from __future__ import annotations

from engine.i18n import gettext as _
from engine.ledger import Revision, Status, status_word


def cancelled_line(before: Revision, stopped: int) -> str:
    """Say what was cancelled: ``before`` is the newest revision as it was, ``stopped`` deliveries.

    An earlier revision may have been on its way while ``before`` waited for approval.
    """
    match before.status:
        case Status.SUBMITTED if stopped:
            message = _(
                "✓ {campaign}: revision {revision}, which waited for approval, is cancelled, and"
                " {count} deliveries stopped"
            )
        case Status.SUBMITTED:
            message = _(
                "✓ {campaign}: revision {revision} is cancelled: it waited for approval, and"
                " nothing of it was sent"
            )
        case Status.APPROVED | Status.OPEN if stopped:
            message = _("✓ {campaign}: {count} deliveries stopped")
        case Status.APPROVED | Status.OPEN:
            message = _("✓ {campaign}: cancelled; nothing was left to stop")
        case _done:
            message = _("{campaign}: nothing to cancel (revision {revision}: {status})")
    return message.format(
        campaign=before.campaign_id,
        revision=before.revision,
        count=stopped,
        status=status_word(before.status),
    )
