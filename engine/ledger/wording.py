"""Words for revisions: which one, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.i18n import gettext as _

if TYPE_CHECKING:
    from engine.ledger.revisions import Status


def frozen_as(number: int, content_hash: str) -> str:
    """Return what names a frozen revision for good."""
    return _("revision {number}, content {hash}").format(number=number, hash=content_hash)


def status_word(status: Status, *, over: bool = False) -> str:
    """Return where a revision stands, in the reader's language; ``over``: its validity ended."""
    if over and status.value == "open":
        return _("carried out, validity ended")
    return {
        "submitted": _("waits for approval"),
        "replaced": _("replaced before approval"),
        "approved": _("approved, being planned"),
        "open": _("approved, in force"),
        "superseded": _("superseded"),
        "cancelled": _("cancelled"),
        "ended": _("ended by an all-clear"),
        "refused": _("refused: not what was approved"),
    }[status.value]


def overtaken(campaign_id: str, revision: int) -> str:
    """Say that somebody else was first."""
    message = _(
        "{campaign}: somebody else submitted revision {revision} at this moment;"
        " look at it first: loa status {campaign}"
    )
    return message.format(campaign=campaign_id, revision=revision)
