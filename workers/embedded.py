"""The embedded runtime: broker, workers and scheduler in one process, one per workspace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from dramatiq import Worker

from engine.app import App, Communes
from engine.clock import SimulatedClock
from engine.dispatch.sender import at_once
from engine.files import remove_leftovers
from engine.ledger.leases import Due
from engine.ledger.machines import Role
from engine.ledger.watched_clock import emergencies_only
from engine.models import Priority
from workers.actors import Send, SendBundles, messages, register
from workers.broker import embedded_broker
from workers.giving_way import Way
from workers.presence import present
from workers.rounds import Rounds
from workers.timing import LEASE, Timing
from workers.turns import only_one

#: Seconds between two looks at the ledger while nothing happens.
IDLE_SECONDS = 1.0

#: Seconds between two looks for emergencies, whatever else goes on. A look that finds nothing
#: reads one row of an index.
LOOK_SECONDS = 0.05

#: Who holds the leases of the only process there is.
OWNER = "embedded"

#: Priorities, the most urgent first.
BY_URGENCY = sorted(Priority, key=lambda one: one.rank)

#: Bundles leased at once: an emergency waits for that transaction, if it comes meanwhile.
LIMIT = 1_000

#: Seconds between two calls of ``on_progress`` while workers are busy.
PROGRESS_SECONDS = 0.2

#: Milliseconds for which an idle Dramatiq worker waits before it looks up again.
WORKER_TIMEOUT = 100


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a run ended: nothing due any more, and when the next thing will be."""

    next_moment: datetime | None


class EmbeddedRuntime:
    """Runs one workspace. Emergencies have a worker of their own.

    ``stop`` may be set from a signal handler; what is being sent is finished within the
    timing's grace, or interrupted then and handed back.
    """

    def __init__(self, communes: Communes | App, *, timing: Timing | None = None) -> None:
        """An opened commune may be given in place of all of a workspace's."""
        self._timing = timing or Timing()
        self._communes = communes if isinstance(communes, Communes) else Communes.only(communes)
        self._rounds = Rounds(self._communes)
        self._busy = 0
        self._broken: Exception | None = None
        self._beat: Callable[[], None] = lambda: None
        self._changed = threading.Condition()
        self._way = Way()
        self.stop = threading.Event()

    def run(
        self,
        *,
        watch: bool = False,
        until: datetime | None = None,
        on_progress: Callable[[], None] = lambda: None,
    ) -> Ended:
        """Send what is due until nothing is; with ``watch`` until told to stop.

        On a simulated clock time jumps to the next thing due, not beyond ``until``. Raises
        LoaError when another process runs the workspace, or the clock cannot be trusted.
        """
        with only_one(self._communes.workspace):
            self._communes.check_clock()
            self._recover()
            with present(self._communes, Role.RUN) as self._beat, self._workers() as actors:
                with self._lookout(actors):
                    self._loop(actors, watch, until, on_progress)
                self._wait_for_workers(on_progress)
            if self._broken is not None:
                raise self._broken
            self._rounds.refresh(older=timedelta(0))
            return Ended(self._next_moment())

    def _recover(self) -> None:
        """Settle what a process that died left half-done; no other one lives."""
        for folder in ("outbox", "communes"):
            remove_leftovers(self._communes.workspace / folder)
        for commune_id in self._communes.rounds.left_behind():
            with self._communes.lent(commune_id) as app:
                app.sender.recover()

    def _loop(
        self,
        actors: Mapping[Priority, SendBundles],
        watch: bool,
        until: datetime | None,
        on_progress: Callable[[], None],
    ) -> None:
        while not self.stop.is_set():
            self._beat()
            self._rounds.open_all(self.stop)
            self._rounds.expire()
            self._rounds.recall()
            self._rounds.escalate()
            self._rounds.refresh()
            found = self._hand_out(actors, BY_URGENCY)
            self._wait_for_workers(on_progress)
            on_progress()
            if found or self._advance(until):
                continue
            if not watch:
                break
            self.stop.wait(IDLE_SECONDS)

    @contextmanager
    def _lookout(self, actors: Mapping[Priority, SendBundles]) -> Iterator[None]:
        """Let emergencies pass while a great campaign is planned, or slow far sides are waited for.

        On a simulated clock there is none: nothing happens there but what the clock comes to.
        """
        ended = threading.Event()

        def look() -> None:
            try:
                while not (ended.wait(LOOK_SECONDS) or self.stop.is_set()):
                    if self._is_urgent():
                        with self._way.kept():
                            self._hand_out(actors, [Priority.EMERGENCY])
            except Exception as error:  # noqa: BLE001 - as in _send
                self._break(error)

        thread = threading.Thread(target=look, name="lookout")
        if not self._communes.clock.simulated:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            if thread.is_alive():
                thread.join()

    def _is_urgent(self) -> bool:
        return self._communes.leases.waits(
            self._communes.clock.now(), Priority.EMERGENCY, rehearse=self._communes.rehearsing
        )

    def _hand_out(
        self, actors: Mapping[Priority, SendBundles], priorities: Sequence[Priority]
    ) -> bool:
        """Lease what is due and let workers send it; say whether there was anything."""
        found, now = False, self._communes.clock.now()
        urgent_only = emergencies_only(self._communes.clock)
        for priority in [Priority.EMERGENCY] if urgent_only else priorities:
            for due in self._due(now, priority):
                found = True
                for commune_id, ids in messages(due):
                    with self._changed:
                        self._busy += 1
                    if priority is Priority.EMERGENCY:
                        self._way.enter()
                    actors[priority].send(commune_id, ids, OWNER)
        return found

    def _due(self, now: datetime, priority: Priority) -> Iterator[list[Due]]:
        """Lease what is due of one priority and yield it, some of it at a time."""
        while True:
            if priority is not Priority.EMERGENCY:
                self._way.give()
            due = self._communes.leases.take_due(
                now,
                priority,
                holder=OWNER,
                until=now + LEASE,
                rehearse=self._communes.rehearsing,
                limit=LIMIT,
            )
            if due:
                yield due
            if len(due) < LIMIT:
                return

    def _wait_for_workers(self, on_progress: Callable[[], None]) -> None:
        with self._changed:
            while self._busy and not self.stop.is_set():
                if not self._changed.wait(PROGRESS_SECONDS):
                    on_progress()

    def _advance(self, until: datetime | None) -> bool:
        """Let a simulated clock jump to the next thing due; say whether there was one."""
        clock, moment = self._communes.clock, self._next_moment()
        if moment is None or not isinstance(clock, SimulatedClock):
            return False
        if until is not None and moment > until:
            clock.advance_to(until)
            return False
        clock.advance_to(moment)
        return True

    def _next_moment(self) -> datetime | None:
        return self._communes.rounds.next_moment(rehearse=self._communes.rehearsing)

    @contextmanager
    def _workers(self) -> Iterator[Mapping[Priority, SendBundles]]:
        """Start Dramatiq's workers, and on the way out let running messages finish.

        Each priority has a broker and workers of its own, so that an emergency finds a
        thread that nothing else can occupy.
        """
        threads = self._communes.settings.run.threads
        crews = {
            Priority.EMERGENCY: _Crew(self._send_urgent, threads=1),
            Priority.IMPORTANT: _Crew(self._send, threads=1),
            Priority.ROUTINE: _Crew(self._send, threads=threads),
        }
        try:
            yield {priority: crew.actor for priority, crew in crews.items()}
        finally:
            for crew in crews.values():
                crew.take_no_more()
            deadline = time.monotonic() + self._timing.grace.total_seconds()
            for crew in crews.values():
                crew.stop(deadline)

    def _send_urgent(self, commune_id: str, ids: list[int], lease: str) -> None:
        try:
            self._send(commune_id, ids, lease, give_way=at_once)
        finally:
            self._way.leave()

    def _send(
        self,
        commune_id: str,
        ids: list[int],
        lease: str,
        give_way: Callable[[], None] | None = None,
    ) -> None:
        try:
            with self._communes.lent(commune_id) as app:
                if self.stop.is_set():
                    app.ledger.bundles.release(ids, holder=lease)
                else:
                    app.sender.send(ids, holder=lease, give_way=give_way or self._way.give)
        except Exception as error:  # noqa: BLE001 - a worker's thread has nobody to tell; the run has
            self._break(error)
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def _break(self, error: Exception) -> None:
        """End the run, which raises ``error``."""
        self._broken = self._broken or error
        self.stop.set()


class _Crew:
    """A broker with its workers."""

    def __init__(self, send: Send, *, threads: int) -> None:
        self._broker = embedded_broker()
        self.actor = register(self._broker, send)
        self._worker = Worker(self._broker, worker_threads=threads, worker_timeout=WORKER_TIMEOUT)
        self._worker.start()

    def take_no_more(self) -> None:
        """Let each thread end with the message that it has."""
        for thread in self._worker.workers:
            thread.stop()

    def stop(self, deadline: float) -> None:
        """Wait for the threads until ``deadline`` (monotonic), then interrupt what still runs."""
        for thread in self._worker.workers:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._worker.stop()
        self._broker.close()
