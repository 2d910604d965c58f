"""Notices beside the work: looked for and told in a thread of their own, which delays nobody."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from engine.i18n import gettext as _
from engine.ledger import ledger_reason
from engine.notices import Desk

logger = logging.getLogger(__name__)

#: Between two rounds, by whichever process.
EVERY = timedelta(minutes=1)

#: How many times as long as the last round took the next one is waited for: thousands of communes
#: are not gone round all the time.
REST = 10

#: Between two questions of one process whether it is its turn.
ASK = timedelta(seconds=20)

#: Seconds to wait at the end for a message that is just being told.
LAST_WORDS = 30.0


class Turns(Protocol):
    """The desks of a workspace, at which processes take turns."""

    def take_turn(self, every: timedelta) -> bool: ...

    def __iter__(self) -> Iterator[Desk]: ...


class Noticing:
    """Goes round the desks now and then, for as long as ``nudge`` is called."""

    def __init__(self, desks: Turns) -> None:
        self._desks = desks
        self._thread: threading.Thread | None = None
        self._due = time.monotonic()
        self._every = EVERY

    def nudge(self) -> None:
        """Let a round begin, if it is time to and the last one is over."""
        busy = self._thread is not None and self._thread.is_alive()
        if busy or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + ASK.total_seconds()
        # A daemon: a service that is told to stop does not wait for somebody's mail server.
        self._thread = threading.Thread(target=self._go, name="notices", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Give the round that is under way a little time to end."""
        if self._thread is not None:
            self._thread.join(LAST_WORDS)

    def _go(self) -> None:
        try:
            if self._desks.take_turn(self._every):
                began = time.monotonic()
                for desk in self._desks:
                    desk.gather()
                    desk.tell()
                took = timedelta(seconds=time.monotonic() - began)
                self._every = max(EVERY, REST * took)
        except DBAPIError as error:
            words = _("notices cannot be looked for ({reason}); trying again")
            logger.warning(words.format(reason=ledger_reason(error)))
        except Exception:
            # Whatever it is, people are still reached; it is told where the service's log is.
            logger.exception(_("notices cannot be looked for"))
