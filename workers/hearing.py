"""Players and public pages beside the work: asked in a thread of their own, which delays nobody."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from channels.portal.publishing import STATIC
from engine.app import Communes
from engine.dispatch.page_watch import SOUGHT
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import ledger_reason
from workers.lanes import owns_outbox

logger = logging.getLogger(__name__)

#: Seconds between two looks at which communes have players to be heard.
ASK = 5.0

#: Seconds between two looks at which communes have posts that nobody has seen yet.
LOOK = 60.0

#: Seconds to wait at the end for a player that is just being asked.
LAST_WORDS = 5.0


class Hearing:
    """Goes round the communes with something on air, for as long as ``nudge`` is called.

    Any number of processes may: each player is one's turn at a time. On a simulated clock
    nothing runs beside: what is to be heard is heard before ``nudge`` returns.
    """

    def __init__(self, communes: Communes, now: Callable[[], float] = time.monotonic) -> None:
        self._communes = communes
        self._now = now
        self._due = now()
        self._look_due = now()
        self._thread: threading.Thread | None = None

    def nudge(self) -> None:
        """Let a round begin, if it is time to and the last one is over."""
        if self._communes.clock.simulated:
            self.go_round()
            self.look_round()
            return
        busy = self._thread is not None and self._thread.is_alive()
        if busy or self._now() < self._due:
            return
        self._due = self._now() + ASK
        # A daemon: a service that is told to stop does not wait for a player that is away.
        self._thread = threading.Thread(target=self._go, name="hearing", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Give the round that is under way a little time to end."""
        if self._thread is not None:
            self._thread.join(LAST_WORDS)

    def go_round(self) -> None:
        """Ask players, and judge those that say nothing. Raises LEDGER_ERRORS."""
        own = owns_outbox(self._communes.settings)
        for commune_id in self._communes.rounds.to_hear(self._communes.clock.now()):
            try:
                with self._communes.lent(commune_id) as app:
                    if app.station_watch is not None:
                        app.station_watch.hear(local_too=own)
                        app.station_watch.judge()
            except LoaError as error:
                words = _("{commune}: its players cannot be heard: {reason}")
                logger.warning(words.format(commune=commune_id, reason=error))

    def look_round(self) -> None:
        """Look at the public pages of posts that others' portals show. Raises LEDGER_ERRORS."""
        house, now = self._communes.house, self._communes.clock.now()
        portals = [name for name in house.settings.portal.backends if name != STATIC]
        if not (portals and house.settings.live):
            return
        for commune_id in self._communes.rounds.to_look_for(portals, now - SOUGHT, now):
            try:
                with self._communes.lent(commune_id) as app:
                    app.page_watch.look()
            except LoaError as error:
                words = _("{commune}: its public pages cannot be looked at: {reason}")
                logger.warning(words.format(commune=commune_id, reason=error))

    def _go(self) -> None:
        try:
            self.go_round()
            if self._now() >= self._look_due:
                self._look_due = self._now() + LOOK
                self.look_round()
        except DBAPIError as error:
            words = _("players cannot be heard ({reason}); trying again")
            logger.warning(words.format(reason=ledger_reason(error)))
        except Exception:
            # Whatever it is, programmes go out; it is told where the service's log is.
            logger.exception(_("players cannot be heard"))
