"""Sending bundles: what cannot be undone is done at most once.

``sending`` is committed just before the send and the receipt just after it. What dies in
between is settled by ``recover``: sent again where that does no harm, asked where the far
side can be asked, and left to a person elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import timedelta

from channels.base import Backend, Channel, Refreshes
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock
from engine.dispatch.airing import with_airing
from engine.dispatch.assembling import Assembler, Ready
from engine.dispatch.backends import backend_of
from engine.dispatch.backoff import Retries
from engine.dispatch.breaker import CircuitBreaker
from engine.dispatch.failures import Failure, failure_of
from engine.dispatch.gate import Gate
from engine.dispatch.observer import NOBODY, Observer
from engine.dispatch.permits import Permits
from engine.dispatch.rehearsal import Rehearsal
from engine.dispatch.rendering import Found
from engine.dispatch.settling import ACTOR, Settling
from engine.i18n import gettext as _
from engine.ledger import LEDGER_ERRORS, Job, Ledger
from engine.ledger.watched_clock import emergencies_only
from engine.models import Bundle, Receipt

logger = logging.getLogger(__name__)


def at_once() -> None:
    """Give way to nobody."""


#: How many bundles one commit may begin, where sending twice does no harm.
BATCH = 100

#: How long what was begun may wait for its turn, behind others of the same commit, before it is
#: taken back and judged anew: it may have been cancelled meanwhile, or be too late.
FRESH = timedelta(seconds=30)


class Sender:
    """Hands due bundles of one commune to their channels' backends."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        channels: Mapping[str, Channel],
        assembler: Assembler,
        rehearsal: Rehearsal | None,
        clock: Clock,
        retries: Retries,
        breaker: CircuitBreaker,
        permits: Permits,
        boundary: Boundary = no_boundary,
        observer: Observer = NOBODY,
    ) -> None:
        """``rehearsal`` None means that the workspace is live."""
        self._ledger = ledger
        self._channels = channels
        self._assembler = assembler
        self._rehearsal = rehearsal
        self._clock = clock
        self._breaker = breaker
        self._permits = permits
        self._settling = Settling(
            ledger, clock, retries, breaker, self._backend, recalled=self._cumulative
        )
        self._boundary = boundary
        self._observer = observer
        self._give_way = at_once

    def send(
        self,
        ids: Sequence[int],
        *,
        holder: str | None = None,
        give_way: Callable[[], None] = at_once,
    ) -> None:
        """Send leased bundles; what cannot be sent now is recorded, never raised.

        With a ``holder``, only what is still leased to it is begun, recorded and given back.
        ``give_way`` is called between any two bundles: it may wait for what is more urgent, for
        much less than ``FRESH``.
        An interruption (a time limit, a shutdown) is recorded, then raised again. Raises
        LEDGER_ERRORS when the ledger cannot be told; what was begun is then left to others.
        """
        left, acting = set(ids), self._under(holder)
        acting._give_way = give_way
        try:
            for start in range(0, len(ids), BATCH):
                left -= acting._send_batch(ids[start : start + BATCH], holder)
        finally:
            self._ledger.bundles.release(left, holder=holder)

    def _under(self, holder: str | None) -> Sender:
        """Return one that acts for who holds the leases: what he has lost, it leaves alone."""
        acting = copy(self)
        acting._ledger = self._ledger.under(holder)
        acting._settling = self._settling.under(holder)
        return acting

    def expire(self) -> int:
        """Settle deliveries whose time is over; return how many.

        A distrusted clock cannot say which those are.
        """
        if emergencies_only(self._clock):
            return 0
        return self._ledger.outcomes.expire(
            self._clock.now(), actor=ACTOR, reason=_("its time had passed before it was sent")
        )

    def refresh(self) -> None:
        """Let channels that show what time it is catch up; a failure is told and tried later."""
        for name, channel in self._channels.items():
            if not isinstance(channel, Refreshes):
                continue
            try:
                channel.refresh(self._clock.now())
            except Exception as error:  # noqa: BLE001 - what people see must not stop what is sent
                logger.warning("%s: %s", name, failure_of(error).reason)

    def recover(self) -> None:
        """Settle what a dead worker left half-done; only when no other worker lives."""
        self._ledger.bundles.release_all()
        self.settle(self._ledger.bundles.being_sent())

    def settle(self, stranded: Sequence[Bundle], *, holder: str | None = None) -> None:
        """Settle bundles that a dead worker was sending; they must be leased to ``holder``."""
        self._observer.swept(stranded)
        settling = self._settling.under(holder)
        for bundle in stranded:
            settling.interrupted(bundle, _("stopped while sending"))

    def _send_batch(self, ids: Sequence[int], holder: str | None) -> set[int]:
        """Send some bundles; return those that were sent, and hold no lease any more."""
        self._give_way()
        jobs = self._jobs(ids)
        self._assembler.foresee(jobs)
        found: Found = {}
        gate = self._gate()
        prepared = (self._prepare(job, found, gate) for job in jobs)
        ready = [one for one in prepared if one is not None]
        careful = [one for one in ready if not self._backend(one.bundle).idempotent]
        sent = self._hand_over([one for one in ready if one not in careful], holder)
        for one in careful:
            sent |= self._hand_over([one], holder)
        return sent

    def _jobs(self, ids: Sequence[int]) -> list[Job]:
        """Return what still waits to be sent, in the order of ``ids``; what is over is settled."""
        jobs = self._ledger.bundles.jobs(ids, cumulative=self._cumulative)
        now = self._clock.now()
        if any(job.is_over(now) for job in jobs.values()):
            self.expire()
            jobs = self._ledger.bundles.jobs(ids, cumulative=self._cumulative)
        return [jobs[bundle_id] for bundle_id in ids if bundle_id in jobs]

    def _prepare(self, job: Job, found: Found, gate: Gate) -> Ready | None:
        """Render and assemble one bundle; None when there is nothing to hand over now."""
        self._give_way()
        if gate.distrusts(job.bundle) or gate.is_shut(job.bundle):
            return None
        self._observer.taken_up(job.bundle, job.parts)
        try:
            now, judged = self._clock.now(), not emergencies_only(self._clock)
            return self._assembler.ready(job, now, found, judged=judged)
        except LEDGER_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - every failure becomes a state, none is raised
            self._settling.not_sent(job.bundle, job.attempts, failure_of(error))
            return None
        except BaseException:
            interrupted = Failure(_("interrupted while rendering"))
            self._settling.not_sent(job.bundle, job.attempts, interrupted)
            raise

    def _rehearsed(self, ready: Ready) -> bool:
        """Rehearse a bundle of a networked backend, unless the workspace is live."""
        if self._rehearsal is None or not self._backend(ready.bundle).networked:
            return False
        self._rehearse(ready, self._rehearsal)
        return True

    def _rehearse(self, ready: Ready, rehearsal: Rehearsal) -> None:
        try:
            reference = rehearsal.write(ready.artifact, ready.bundle)
        except OSError as error:
            self._settling.not_sent(ready.bundle, ready.attempts, failure_of(error))
            return
        self._ledger.outcomes.rehearsed(
            ready.bundle, reference=reference, at=self._clock.now(), actor=ACTOR
        )

    def _hand_over(self, ready: Sequence[Ready], holder: str | None) -> set[int]:
        """Begin, deliver and record; return what was sent. Those for one target go in turn.

        Rendering took its time, so expiry and hours are judged now, just before the send.
        """
        now = self._clock.now()
        if any(one.job.is_over(now) for one in ready):
            self.expire()
        sent, gate = set[int](), self._gate()
        waiting = {
            one.bundle.id: one
            for one in ready
            if not _must_wait(one, gate)
            and not self._rehearsed(one)
            and not gate.is_shut(one.bundle, one.artifact)
        }
        while waiting:
            self._give_way()
            self._boundary("before begin")
            durable = not all(self._backend(one.bundle).idempotent for one in waiting.values())
            begun = self._ledger.bundles.begin(
                [one.bundle for one in waiting.values()],
                at=self._clock.now(),
                actor=ACTOR,
                durable=durable,
                holder=holder,
            )
            if not begun:
                break
            sent |= self._deliver([waiting.pop(bundle_id) for bundle_id in sorted(begun)])
            gate = self._gate()
            waiting = {
                bundle_id: one
                for bundle_id, one in waiting.items()
                if not _must_wait(one, gate) and not gate.is_shut(one.bundle)
            }
        return sent

    def _deliver(self, begun: Sequence[Ready]) -> set[int]:
        """Deliver what has begun; return what was sent.

        Nothing leaves this method in the state `sending`.
        """
        results: list[tuple[Bundle, Receipt, str]] = []
        open_bundles = {one.bundle.id: one.bundle for one in begun}
        began = self._clock.now()
        self._observer.began(list(open_bundles.values()))
        self._boundary("begun")
        try:
            for one in begun:
                self._give_way()
                backend = self._backend(one.bundle)
                if self._clock.now() - began > FRESH:
                    self._settling.take_back(
                        open_bundles.pop(one.bundle.id), _("waited too long to be sent")
                    )
                    continue
                if (until := self._breaker.enter(backend)) is not None:
                    why = self._breaker.why(backend)
                    self._settling.take_back(open_bundles.pop(one.bundle.id), why, until)
                    continue
                try:
                    with self._observer.handing_over(one.bundle):
                        receipt = backend.deliver(one.artifact, one.bundle)
                    receipt = with_airing(receipt, one.artifact, one.bundle, self._clock.now())
                except Exception as error:  # noqa: BLE001 - as above
                    failure = failure_of(error)
                    del open_bundles[one.bundle.id]
                    counts = self._breaker.heard(backend, failure)
                    self._settling.not_sent(
                        one.bundle, one.attempts, failure, begun=True, counts=counts
                    )
                else:
                    results.append((one.bundle, receipt, one.remark))
                    self._boundary("delivered")
                    self._breaker.heard(backend)
        except BaseException:
            taken = {bundle.id for bundle, _receipt, _remark in results}
            for bundle in (one for one in open_bundles.values() if one.id not in taken):
                self._settling.interrupted(bundle, _("interrupted while sending"))
            self._record(results)
            raise
        self._record(results)
        self._boundary("recorded")
        return {bundle.id for bundle, _receipt, _remark in results}

    def _record(self, results: Sequence[tuple[Bundle, Receipt, str]]) -> None:
        self._ledger.outcomes.sent(
            results, at=self._clock.now(), actor=ACTOR, recalled=self._cumulative
        )

    def _gate(self) -> Gate:
        return Gate(self._ledger, self._clock, self._breaker, self._permits, self._backend)

    def _backend(self, bundle: Bundle) -> Backend:
        return backend_of(self._channels, bundle)

    @property
    def _cumulative(self) -> frozenset[str]:
        return frozenset(name for name, one in self._channels.items() if one.cumulative)


def _must_wait(one: Ready, gate: Gate) -> bool:
    """Say whether its hour keeps a bundle back; what only falls silent may go at any hour."""
    return not one.only_takes_back and gate.must_wait(one.bundle, one.rules)
