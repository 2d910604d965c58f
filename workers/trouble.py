"""A server that is away: said once, waited for ever longer, and said again when it is back."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from engine.i18n import gettext as _
from engine.ledger import ledger_reason
from workers.redis_queue import QUEUE_ERRORS

logger = logging.getLogger(__name__)

_FIRST_PAUSE = 0.1


class Patience:
    """Calls what may fail because Redis or the ledger is away."""

    def __init__(self, stop: threading.Event, longest: timedelta) -> None:
        self._stop = stop
        self._longest = longest.total_seconds()
        self._failures = 0

    def attempt(self, action: Callable[[], None]) -> bool:
        """Run ``action``; False when a server was away, after a pause that ``stop`` cuts short."""
        try:
            action()
        except QUEUE_ERRORS as error:
            words = _("the queue does not answer ({reason}); trying again")
            self._failed(words.format(reason=error))
        except DBAPIError as error:
            words = _("the ledger refuses ({reason}); trying again")
            self._failed(words.format(reason=ledger_reason(error)))
        else:
            if self._failures:
                logger.warning(_("it answers again; going on"))
            self._failures = 0
            return True
        return False

    def _failed(self, words: str) -> None:
        if not self._failures:
            logger.warning(words)
        pause = min(_FIRST_PAUSE * 2.0 ** min(self._failures, 16), self._longest)
        self._failures += 1
        self._stop.wait(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads, hides nothing
