"""The rounds: what must be done for every commune beside the sending itself."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from itertools import groupby

from engine.app import Communes
from workers.lanes import owns_outbox
from workers.pruning import prune_daily

#: How far behind the time what people see may be: notices that are over, for example.
REFRESH = timedelta(minutes=10)

#: Stranded bundles settled in one round; the far side may have to be asked about each.
STRANDED = 100


class Rounds:
    """Goes round the communes of a workspace; any number of processes may."""

    def __init__(self, communes: Communes) -> None:
        self._communes = communes
        self._refreshed: datetime | None = None

    def open_all(self, stop: threading.Event | None = None) -> None:
        """Open what was approved and is not open yet, unless told to ``stop`` meanwhile."""
        for commune_id in self._communes.rounds.to_open():
            if stop is not None and stop.is_set():
                return
            with self._communes.lent(commune_id) as app:
                app.office.open_all()

    def expire(self) -> None:
        """Settle what is too late."""
        for commune_id in self._communes.rounds.overdue(self._communes.clock.now()):
            with self._communes.lent(commune_id) as app:
                app.sender.expire()

    def sweep(self, holder: str, working: timedelta) -> None:
        """Settle bundles whose sender died: again where it does no harm, asked, or in doubt."""
        now = self._communes.clock.now()
        stranded = self._communes.leases.take_stranded(
            now, holder=holder, until=now + working, limit=STRANDED
        )
        stranded.sort(key=lambda bundle: (bundle.commune_id, bundle.id))
        for commune_id, bundles in groupby(stranded, key=lambda bundle: bundle.commune_id):
            with self._communes.lent(commune_id) as app:
                app.sender.settle(list(bundles))

    def refresh(self, *, older: timedelta = REFRESH) -> None:
        """Let what people see catch up, unless it did within ``older``.

        Only where the outbox is, for that is where people's pages lie.
        """
        now = self._communes.clock.now()
        if self._refreshed is not None and now - self._refreshed <= older:
            return
        self._refreshed = now
        if not owns_outbox(self._communes.settings):
            return
        for commune_id in self._communes.ids():
            with self._communes.lent(commune_id) as app:
                app.sender.refresh()
        prune_daily(self._communes.house)
