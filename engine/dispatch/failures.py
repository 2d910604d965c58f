"""What an error means for the bundle that met it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from engine.errors import ChannelError, LoaError, NotYetError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.ledger import LEDGER_ERRORS, ledger_reason

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a bundle was not handed over; ``unknown`` means that it may have been.

    ``answered``: whether the far side was there, if only to ask for patience; None when that
    cannot be told from the failure. ``untried``: nothing was asked of it, not yet.
    ``everyone``: the patience is asked of whoever speaks to it, in every worker.
    """

    reason: str
    permanent: bool = False
    retry_after: timedelta | None = None
    unknown: bool = False
    answered: bool | None = None
    untried: bool = False
    everyone: bool = False


def failure_of(error: Exception) -> Failure:
    """Put an error into words and judge it; one that nobody foresaw is logged whole."""
    if isinstance(error, NotYetError):
        return Failure(str(error), retry_after=error.wait, untried=True)
    if isinstance(error, ChannelError):
        answered = None if error.permanent else error.retry_after is not None
        return Failure(
            str(error),
            error.permanent,
            error.retry_after,
            error.unknown,
            answered,
            everyone=error.everyone,
        )
    if isinstance(error, OSError):
        return Failure(os_reason(error), answered=False)
    if isinstance(error, LoaError):
        return Failure(str(error), unknown=True)
    if isinstance(error, LEDGER_ERRORS):
        return Failure(ledger_reason(error), unknown=True)
    logger.exception("unforeseen error while sending", exc_info=error)
    words = _("a fault in Loa itself: {error}").format(error=f"{type(error).__name__}: {error}")
    return Failure(words, unknown=True)
