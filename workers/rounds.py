"""The rounds: what must be done for every commune beside the sending itself."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from channels.base import Refreshes
from engine.app import Communes
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.watched_clock import emergencies_only
from workers.lanes import owns_outbox
from workers.pruning import prune_daily, purge_private

logger = logging.getLogger(__name__)

#: How far behind the time what people see may be: notices that are over, for example.
REFRESH = timedelta(minutes=10)

#: Seconds after which the rest of that waits for the next round.
ONE_REFRESH = 1.0

#: Between two looks at what players hold, while no registry changes.
RECALL = timedelta(minutes=1)

#: Between two looks at who passes a campaign on, while nothing happens to it.
ESCALATE = timedelta(minutes=5)

#: Communes that are planned at once: one thinks while another waits for the ledger.
PLANNERS = 3

#: Stranded bundles settled in one round; the far side may have to be asked about each.
STRANDED = 100


@dataclass(frozen=True, slots=True)
class _Judged:
    """By which revision of its registry, and when, a commune's players were looked at.

    Or one of its campaigns, by the newest event as well.
    """

    revision: int | tuple[int, int]
    at: datetime

    def is_news_after(self, before: _Judged, every: timedelta = RECALL) -> bool:
        """Say whether it is time to look again; a clock that went back holds nothing up."""
        return self.revision != before.revision or abs(self.at - before.at) >= every


class Rounds:
    """Goes round the communes of a workspace; any number of processes may."""

    def __init__(self, communes: Communes) -> None:
        self._communes = communes
        self._refreshed: datetime | None = None
        self._behind: deque[str] = deque()
        self._judged: dict[str, _Judged] = {}
        self._escalated: dict[tuple[str, str], _Judged] = {}

    def open_all(self, stop: threading.Event | None = None) -> None:
        """Open what was approved and is not open yet, unless told to ``stop`` meanwhile."""
        waiting = self._communes.rounds.to_open()
        if len(waiting) == 1:  # a thread of its own would bring nothing
            self._open(waiting[0], stop)
            return
        with ThreadPoolExecutor(PLANNERS, "planner") as pool:
            opening = [pool.submit(self._open, commune_id, stop) for commune_id in waiting]
            try:
                for one in opening:
                    one.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _open(self, commune_id: str, stop: threading.Event | None) -> None:
        if stop is not None and stop.is_set():
            return
        with self._communes.lent(commune_id) as app:
            app.office.open_all()

    def expire(self) -> None:
        """Settle what is too late."""
        for commune_id in self._communes.rounds.overdue(self._communes.clock.now()):
            with self._communes.lent(commune_id) as app:
                app.sender.expire()

    def recall(self) -> None:
        """Take back from players what may not air any more, by the registries as they stand.

        A commune is judged as soon as its registry changes, and every now and then: another
        process may have handed something over by an older one.
        """
        now = self._communes.clock.now()
        self._communes.reread()
        newest = self._communes.rounds.registries()
        for commune_id in self._communes.rounds.with_players(now):
            judged = _Judged(newest.get(commune_id, 0), now)
            before = self._judged.get(commune_id)
            if before is not None and not judged.is_news_after(before):
                continue
            try:
                with self._communes.lent(commune_id) as app:
                    if app.recall is not None:
                        app.recall.look()
            except LoaError as error:
                words = _("{commune}: nothing can be taken back from its players: {reason}")
                logger.warning(words.format(commune=commune_id, reason=error))
            self._judged[commune_id] = judged

    def escalate(self) -> None:
        """Plan what is done while nobody passes a message on, and stop what needs it no more.

        A campaign is looked at when something has happened to it, its commune's registry has
        changed, or now and then; not by a clock that is not trusted.
        """
        watched = self._communes.rounds.escalating()
        if not watched or emergencies_only(self._communes.clock):
            return
        now, newest = self._communes.clock.now(), self._communes.rounds.registries()
        for commune_id, campaign_id, event in watched:
            judged = _Judged((newest.get(commune_id, 0), event), now)
            before = self._escalated.get((commune_id, campaign_id))
            if before is not None and not judged.is_news_after(before, every=ESCALATE):
                continue
            try:
                with self._communes.lent(commune_id) as app:
                    app.escalating.look(campaign_id)
            except LoaError as error:
                words = _("{commune}, {campaign}: nobody can be asked to pass it on: {reason}")
                words = words.format(commune=commune_id, campaign=campaign_id, reason=error)
                logger.warning(words)
            self._escalated[commune_id, campaign_id] = judged

    def sweep(self, holder: str, working: timedelta) -> None:
        """Settle bundles whose sender died: again where it does no harm, asked, or in doubt."""
        now = self._communes.clock.now()
        stranded = self._communes.leases.take_stranded(
            now, holder=holder, until=now + working, limit=STRANDED
        )
        if stranded:
            self._communes.house.boundary("stranded")
        stranded.sort(key=lambda bundle: (bundle.commune_id, bundle.id))
        for commune_id, bundles in groupby(stranded, key=lambda bundle: bundle.commune_id):
            with self._communes.lent(commune_id) as app:
                app.sender.settle(list(bundles), holder=holder)

    def refresh(self, *, older: timedelta = REFRESH) -> None:
        """Let what people see catch up, unless it did within ``older``.

        Thousands of communes take several calls, so that nothing else waits for them; with no
        ``older`` all are done at once. Only where the outbox is, for there people's pages lie.
        """
        now = self._communes.clock.now()
        if self._refreshed is None or now - self._refreshed > older:
            self._refreshed = now
            purge_private(self._communes.house, self._communes.ids)
            if owns_outbox(self._communes.settings):
                prune_daily(self._communes.house)
                if any(issubclass(kind, Refreshes) for kind in self._communes.house.builders):
                    self._behind = deque(self._communes.ids())
        began = time.monotonic()
        while self._behind and (not older or time.monotonic() - began < ONE_REFRESH):
            with self._communes.lent(self._behind.popleft()) as app:
                app.sender.refresh()
