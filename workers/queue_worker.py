"""A worker process: claims what the queue names, sends it, and keeps its leases alive."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from dramatiq import Worker

from engine.app import App, Communes
from engine.dispatch.sender import BATCH
from engine.i18n import gettext as _
from engine.ledger import LEDGER_ERRORS
from engine.ledger.watched_clock import emergencies_only
from engine.models import Priority
from engine.settings import Settings
from workers.lanes import served
from workers.redis_queue import RedisQueue, namespace
from workers.timing import Timing
from workers.trouble import Patience
from workers.turns import shared
from workers.watch.pulse import Pulse

logger = logging.getLogger(__name__)

#: Milliseconds for which an idle consumer waits before it looks into its queue again.
WORKER_TIMEOUT = {Priority.EMERGENCY: 50, Priority.IMPORTANT: 200, Priority.ROUTINE: 200}

#: How long a message may be worked on before the rest of it is handed back; half of what an
#: actor has before it is interrupted.
SHIFT = timedelta(minutes=5)

#: How long the loop that pings and renews leases may take when servers are slow, and a piece
#: of a message longer than any actor may run; longer means that the process hangs.
LONGEST_LOOK, LONGEST_PIECE = timedelta(minutes=2), timedelta(minutes=15)

#: Seconds before a thread whose clock is distrusted takes the next message to hand it back.
HANDED_BACK = 5.0


class QueueWorker:
    """Serves some priorities with threads of their own for each.

    The least urgent of them gets ``threads``, every other one thread that nothing else can
    occupy. ``stop`` may be set from a signal handler.
    """

    def __init__(
        self,
        communes: Communes,
        url: str,
        priorities: Collection[Priority] = tuple(Priority),
        *,
        threads: int,
        name: str = "",
        supervisor: int | None = None,
        timing: Timing | None = None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """``name`` is given by a supervisor, and ``supervisor`` is its process: the worker does
        not outlive it, not even one that died before the worker could look.
        ``beat`` is called again and again: what the process tells about itself.

        Raises LoaError when ``url`` is not an address of Redis.
        """
        self._communes = communes
        self._timing = timing or Timing()
        self._beat = beat
        self._holder = f"worker:{name}" if name else _new_name()
        least = max(priorities, key=lambda one: one.rank)
        self._crews = [
            _Crew(self, url, priority, threads if priority is least else 1)
            for priority in sorted(priorities, key=lambda one: one.rank)
        ]
        self._supervisor = supervisor
        self.pulse = Pulse()
        self.stop = threading.Event()

    @property
    def settings(self) -> Settings:
        return self._communes.settings

    def run(self) -> None:
        """Work until told to stop, or until the supervisor is gone.

        Raises LoaError when the workspace cannot be shared.
        """
        with shared(self._communes), self._working():
            queue, ledger = (Patience(self.stop, self._timing.patience) for _server in range(2))
            pause = min(1.0, self._timing.working.total_seconds() / 3)
            renewed = time.monotonic()
            while not self.stop.wait(pause) and not self._orphaned():
                self.pulse.beat("watch", LONGEST_LOOK)
                ledger.attempt(self._beat)
                if time.monotonic() - renewed >= self._timing.working.total_seconds() / 3:
                    ledger.attempt(self._renew)
                    renewed = time.monotonic()
                queue.attempt(self.ping)

    def ping(self) -> None:
        """Raises QUEUE_ERRORS when Redis does not answer."""
        self._crews[0].queue.ping()

    def _orphaned(self) -> bool:
        return self._supervisor is not None and os.getppid() != self._supervisor

    def _renew(self) -> None:
        until = self._communes.clock.now() + self._timing.working
        self._communes.leases.renew(self._holder, until)

    @contextmanager
    def _working(self) -> Iterator[None]:
        for crew in self._crews:
            crew.start()
        try:
            yield
        finally:
            self._finish()

    def _finish(self) -> None:
        """Let what is being sent end, then interrupt it; give every lease back."""
        self.stop.set()
        deadline = time.monotonic() + self._timing.grace.total_seconds()
        for crew in self._crews:
            crew.take_no_more()
        calm = all(crew.ended_by(deadline) for crew in self._crews)
        if not calm:
            logger.warning(_("still sending when told to stop: interrupted"))
        for crew in self._crews:
            crew.end(self._timing.last_words)
        done = all(crew.ended_by(time.monotonic()) for crew in self._crews)
        with suppress(LEDGER_ERRORS):  # they run out by themselves
            self._communes.leases.give_back(self._holder, sending=done)

    def send(self, commune_id: str, ids: list[int], lease: str) -> None:
        """Claim and send one message's bundles, piece by piece.

        What is no longer under ``lease`` was sent, settled or queued anew, and is passed
        over. What cannot be begun before this worker stops is handed back at once, and what
        the ledger did not hear of as soon as it answers again.
        """
        with suppress(LEDGER_ERRORS):  # said by who waited for it; the leases tell the rest
            self._send(commune_id, ids, lease)

    def _send(self, commune_id: str, ids: list[int], lease: str) -> None:
        end_of_shift = time.monotonic() + SHIFT.total_seconds()
        left = list(ids)
        with self._communes.lent(commune_id) as app:
            try:
                while left and not self.stop.is_set() and time.monotonic() < end_of_shift:
                    piece, left = left[:BATCH], left[BATCH:]
                    with self.pulse.busy("sending", LONGEST_PIECE):
                        self._send_piece(app, piece, lease)
            finally:
                app.ledger.bundles.release(left, holder=lease)

    def send_if_trusted(self, commune_id: str, ids: list[int], lease: str) -> None:
        """Do so, unless this machine's clock is distrusted: then hand back, for other machines."""
        if not emergencies_only(self._communes.clock):
            self.send(commune_id, ids, lease)
            return
        with suppress(LEDGER_ERRORS), self._communes.lent(commune_id) as app:
            app.ledger.bundles.release(ids, holder=lease)
        self.stop.wait(HANDED_BACK)

    def _send_piece(self, app: App, ids: list[int], lease: str) -> None:
        holder, mine, sending = self._holder, ids, False
        try:
            mine = self._communes.leases.claim(
                ids,
                of=lease,
                holder=holder,
                until=self._communes.clock.now() + self._timing.working,
            )
            if mine:
                self._communes.house.boundary("claimed")
                sending = True
                app.sender.send(mine, holder=holder)
        except LEDGER_ERRORS:
            self._leave(holder, mine, sending=sending)
            raise

    def _leave(self, holder: str, ids: list[int], *, sending: bool) -> None:
        """Give back what the ledger did not hear of, or stop renewing what ``holder`` has."""
        patience = Patience(self.stop, self._timing.patience)
        left = False

        def give_back() -> None:
            nonlocal left
            self._communes.leases.give_back(holder, sending=sending, only=ids)
            left = True

        try:
            while not left and not self.stop.is_set():
                patience.attempt(give_back)
        finally:
            if not left:
                self._holder = _new_name()


def _new_name() -> str:
    return f"worker:{secrets.token_hex(8)}"


class _Crew:
    """The threads of one priority, with a connection of their own."""

    def __init__(self, worker: QueueWorker, url: str, priority: Priority, threads: int) -> None:
        send = worker.send if priority is Priority.EMERGENCY else worker.send_if_trusted
        settings = worker.settings
        queues = [lane.name for lane in served(settings, priority)]
        self.queue = RedisQueue(url, namespace(settings), queues, send)
        self._worker = Worker(
            self.queue.broker, worker_threads=threads, worker_timeout=WORKER_TIMEOUT[priority]
        )
        # No more than can be worked on: what lies in a busy process is out of others' reach.
        self._worker.queue_prefetch = threads

    def start(self) -> None:
        self._worker.start()

    def take_no_more(self) -> None:
        """Let each thread end with the message that it has."""
        for thread in self._worker.workers:
            thread.stop()

    def ended_by(self, deadline: float) -> bool:
        """Wait for the threads until ``deadline`` (monotonic); say whether they have ended."""
        for thread in self._worker.workers:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._worker.workers)

    def end(self, patience: timedelta) -> None:
        """Interrupt what still runs, put messages that nobody began back, and let go."""
        self._worker.stop(int(patience / timedelta(milliseconds=1)))
        self.queue.close()
