"""Words for where a revision stands."""

from __future__ import annotations

from engine.i18n import gettext as _
from engine.ledger.revisions import Status


def status_word(status: Status) -> str:
    """Return where a revision stands, in the reader's language."""
    return {
        Status.SUBMITTED: _("waits for approval"),
        Status.REPLACED: _("replaced before approval"),
        Status.APPROVED: _("approved, being planned"),
        Status.OPEN: _("approved, in force"),
        Status.SUPERSEDED: _("superseded"),
        Status.CANCELLED: _("cancelled"),
        Status.REFUSED: _("refused: not what was approved"),
    }[status]
