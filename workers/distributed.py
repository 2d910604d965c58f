"""The scheduler as a service: any number may run, and the ledger's leases keep them apart."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import timedelta

from engine.app import Communes
from engine.i18n import gettext as _
from engine.ledger.leases import QUEUED
from engine.ledger.watched_clock import emergencies_only
from engine.models import Priority
from workers.actors import MESSAGE_SIZE, messages
from workers.lanes import Lane, lanes
from workers.redis_queue import RedisQueue, namespace
from workers.rounds import Rounds
from workers.timing import Timing
from workers.trouble import Patience
from workers.turns import shared
from workers.watch.pulse import Pulse

logger = logging.getLogger(__name__)

#: How long a look for what is due may take when servers are slow, and a round when there is
#: much to open and far sides have to be asked; longer means that the process hangs.
LONGEST_LOOK, LONGEST_ROUND = timedelta(minutes=2), timedelta(minutes=15)


class SchedulerService:
    """Puts what is due into the queues; opens, expires and sweeps beside it.

    Two threads, so that neither the planning of a great campaign nor a far side that is
    slow to answer delays an emergency. ``stop`` may be set from a signal handler.
    """

    def __init__(
        self,
        communes: Communes,
        url: str,
        timing: Timing | None = None,
        *,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """``beat`` is called in every round: what the process tells about itself.

        Raises LoaError when ``url`` is not an address of Redis.
        """
        self._communes = communes
        self._timing = timing or Timing()
        self._lanes = list(lanes(communes.settings, communes.networked))
        names = [lane.name for lane in self._lanes]
        self._queue = RedisQueue(url, namespace(communes.settings), names)
        self._name = secrets.token_hex(8)
        self._rounds = Rounds(communes)
        self.pulse = Pulse()
        self._beat = beat
        self.stop = threading.Event()

    def run(self) -> None:
        """Schedule until told to stop. Raises LoaError when the workspace cannot be shared."""
        with shared(self._communes):
            rounds = threading.Thread(
                target=self._repeat,
                args=(self.round, self._timing.round, LONGEST_ROUND),
                name="rounds",
            )
            rounds.start()
            try:
                self._repeat(self.tick, self._timing.look, LONGEST_LOOK)
            finally:
                self.stop.set()
                rounds.join()
                self._queue.close()

    def _repeat(self, action: Callable[[], None], pause: timedelta, longest: timedelta) -> None:
        patience = Patience(self.stop, self._timing.patience)
        while not self.stop.is_set():
            self.pulse.beat(action.__name__, longest)
            if patience.attempt(action):
                self.stop.wait(pause.total_seconds())

    def tick(self) -> None:
        """Queue what is due, the most urgent first. Raises what Redis and the ledger raise."""
        if self._queue.was_emptied() and (freed := self._communes.leases.forget_queue()):
            words = _("the queue was lost: {count} bundles are queued again")
            logger.warning(words.format(count=freed))
        urgent_only = emergencies_only(self._communes.clock)
        for lane in self._lanes:
            if lane.priority is Priority.EMERGENCY or not urgent_only:
                self._fill(lane)

    def _fill(self, lane: Lane) -> None:
        """Queue as much as is due and may wait."""
        room = self._queue.room(lane.name)
        if not room:
            return
        leases, now = self._communes.leases, self._communes.clock.now()
        lease = f"{QUEUED}{secrets.token_hex(8)}"
        due = leases.take_due(
            now,
            lane.priority,
            holder=lease,
            until=now + self._timing.queued,
            rehearse=self._communes.rehearsing,
            limit=room * MESSAGE_SIZE,
            where=lane.where,
        )
        if not due:
            return
        boundary = self._communes.house.boundary
        boundary("leased")
        try:
            self._queue.put(lane.name, list(messages(due)), lease)
        except BaseException:
            leases.give_back(lease, sending=False)
            raise
        boundary("queued")

    def ping(self) -> None:
        """Raises QUEUE_ERRORS when Redis does not answer."""
        self._queue.ping()

    def waiting(self) -> dict[str, int]:
        """Return how many messages wait in each queue. Raises QUEUE_ERRORS."""
        return self._queue.waiting()

    def round(self) -> None:
        """Finish planning cut short, settle what is too late, is to be silent, or the dead left."""
        self._beat()
        self._rounds.open_all(self.stop)
        self._rounds.expire()
        self._rounds.recall()
        self._rounds.escalate()
        self.sweep()
        self._rounds.refresh()

    def sweep(self) -> None:
        """Settle bundles whose sender died: again where it does no harm, asked, or in doubt."""
        self._rounds.sweep(f"sweep:{self._name}", self._timing.sweeping)
