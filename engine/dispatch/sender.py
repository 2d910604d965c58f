"""Sending bundles: what cannot be undone is done at most once.

``sending`` is committed just before the send and the receipt just after it. What dies in
between is settled by ``recover``: sent again where that does no harm, asked where the far
side can be asked, and left to a person elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from channels.base import Backend, Channel, Finds, Refreshes
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock
from engine.dispatch.assembling import Assembler, Ready
from engine.dispatch.backoff import Retries
from engine.dispatch.breaker import CircuitBreaker
from engine.dispatch.failures import Failure, failure_of
from engine.dispatch.observer import NOBODY, Observer
from engine.dispatch.rehearsal import Rehearsal
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.watched_clock import emergencies_only
from engine.models import Bundle, Priority, Receipt, Registry
from engine.rules import next_allowed

logger = logging.getLogger(__name__)

#: How many bundles one commit may begin, where sending twice does no harm.
BATCH = 20

#: How long what was begun may wait for its turn, behind others of the same commit, before it is
#: taken back and judged anew: it may have been cancelled meanwhile, or be too late.
FRESH = timedelta(seconds=30)

ACTOR = "loa"


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
        boundary: Boundary = no_boundary,
        observer: Observer = NOBODY,
    ) -> None:
        """``rehearsal`` None means that the workspace is live."""
        self._ledger = ledger
        self._channels = channels
        self._assembler = assembler
        self._rehearsal = rehearsal
        self._clock = clock
        self._retries = retries
        self._breaker = breaker
        self._boundary = boundary
        self._observer = observer

    def send(self, ids: Sequence[int], *, holder: str | None = None) -> None:
        """Send leased bundles; what cannot be sent now is recorded, never raised.

        With a ``holder``, only what is still leased to it is begun and given back. An
        interruption (a time limit, a shutdown) is recorded, then raised again.
        """
        self.expire()
        try:
            for start in range(0, len(ids), BATCH):
                self._send_batch(ids[start : start + BATCH], holder)
        finally:
            self._ledger.bundles.release(ids, holder=holder)

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

    def settle(self, stranded: Sequence[Bundle]) -> None:
        """Settle bundles that a dead worker was sending; they must be leased to the caller."""
        self._observer.swept(stranded)
        for bundle in stranded:
            self._settle_interrupted(bundle, _("stopped while sending"))

    def _send_batch(self, ids: Sequence[int], holder: str | None) -> None:
        ready = [one for one in map(self._prepare, ids) if one is not None]
        careful = [one for one in ready if not self._backend(one.bundle).idempotent]
        self._hand_over([one for one in ready if one not in careful], holder)
        for one in careful:
            self._hand_over([one], holder)

    def _prepare(self, bundle_id: int) -> Ready | None:
        """Render and assemble one bundle; None when there is nothing to hand over now."""
        job = self._ledger.bundles.job(bundle_id, cumulative=self._cumulative)
        if job is None or self._held_up(job.bundle):
            return None
        self._observer.taken_up(job.bundle, job.parts)
        try:
            return self._assembler.ready(job, self._clock.now())
        except Exception as error:  # noqa: BLE001 - every failure becomes a state, none is raised
            self._not_sent(job.bundle, job.attempts, failure_of(error))
            return None
        except BaseException:
            interrupted = Failure(_("interrupted while rendering"))
            self._not_sent(job.bundle, job.attempts, interrupted)
            raise

    def _must_wait(self, bundle: Bundle, registry: Registry) -> bool:
        """Judge the hour at the slot, or at present if the slot is past.

        Whoever waits is due at the very hour, whatever the channel's lead: its slot is past
        by then, and it acts as soon as it is handed over.
        """
        if bundle.priority is not Priority.EMERGENCY and emergencies_only(self._clock):
            return True
        moment = max(self._clock.now(), bundle.slot)
        allowed = next_allowed(bundle.channel, registry, bundle.priority, moment)
        if allowed == moment:
            return False
        self._ledger.outcomes.postpone(bundle, allowed or moment + timedelta(days=1))
        return True

    def _held_up(self, bundle: Bundle) -> bool:
        """Postpone a bundle whose far side is known to be dead."""
        until = self._breaker.closed_until(self._backend(bundle))
        if until is not None:
            self._ledger.outcomes.postpone(bundle, until)
        return until is not None

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
            self._not_sent(ready.bundle, ready.attempts, failure_of(error))
            return
        self._ledger.outcomes.rehearsed(
            ready.bundle, reference=reference, at=self._clock.now(), actor=ACTOR
        )

    def _hand_over(self, ready: Sequence[Ready], holder: str | None) -> None:
        """Begin, deliver and record. Two bundles for one target go one after the other.

        Rendering took its time, so expiry and hours are judged now, just before the send.
        """
        if not ready:
            return
        self.expire()
        waiting = {
            one.bundle.id: one
            for one in ready
            if not self._must_wait(one.bundle, one.registry)
            and not self._rehearsed(one)
            and not self._held_up(one.bundle)
        }
        while waiting:
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
                return
            self._deliver([waiting.pop(bundle_id) for bundle_id in sorted(begun)])
            waiting = {
                bundle_id: one
                for bundle_id, one in waiting.items()
                if not self._must_wait(one.bundle, one.registry) and not self._held_up(one.bundle)
            }

    def _deliver(self, begun: Sequence[Ready]) -> None:
        """Deliver what has begun. Nothing leaves this method in the state `sending`."""
        results: list[tuple[Bundle, Receipt, str]] = []
        open_bundles = {one.bundle.id: one.bundle for one in begun}
        began = self._clock.now()
        self._observer.began(list(open_bundles.values()))
        self._boundary("begun")
        try:
            for one in begun:
                backend = self._backend(one.bundle)
                if self._clock.now() - began > FRESH:
                    self._take_back(
                        open_bundles.pop(one.bundle.id), _("waited too long to be sent")
                    )
                    continue
                if (until := self._breaker.enter(backend)) is not None:
                    self._take_back(
                        open_bundles.pop(one.bundle.id), _("the far side does not answer"), until
                    )
                    continue
                try:
                    with self._observer.handing_over(one.bundle):
                        receipt = backend.deliver(one.artifact, one.bundle)
                except Exception as error:  # noqa: BLE001 - as above
                    failure = failure_of(error)
                    del open_bundles[one.bundle.id]
                    counts = self._breaker.heard(backend, failure)
                    self._not_sent(one.bundle, one.attempts, failure, begun=True, counts=counts)
                else:
                    results.append((one.bundle, receipt, one.remark))
                    self._boundary("delivered")
                    self._breaker.heard(backend)
        except BaseException:
            taken = {bundle.id for bundle, _receipt, _remark in results}
            for bundle in (one for one in open_bundles.values() if one.id not in taken):
                self._settle_interrupted(bundle, _("interrupted while sending"))
            self._ledger.outcomes.sent(results, at=self._clock.now(), actor=ACTOR)
            raise
        self._ledger.outcomes.sent(results, at=self._clock.now(), actor=ACTOR)
        self._boundary("recorded")

    def _not_sent(
        self,
        bundle: Bundle,
        attempts: int,
        failure: Failure,
        *,
        begun: bool = False,
        counts: bool = True,
    ) -> None:
        now = self._clock.now()
        outcomes = self._ledger.outcomes
        if begun and failure.unknown and self._settled(bundle, failure.reason):
            return
        if not counts:
            until = self._breaker.closed_until(self._backend(bundle))
            self._take_back(bundle, failure.reason, until)
            return
        wait = self._retries.wait(
            bundle.channel, self._backend(bundle), attempts + 1, failure.retry_after
        )
        if failure.permanent or wait is None:
            outcomes.fail(bundle, reason=failure.reason, at=now, actor=ACTOR)
        else:
            outcomes.try_again(
                bundle, reason=failure.reason, next_attempt_at=now + wait, at=now, actor=ACTOR
            )

    def _settle_interrupted(self, bundle: Bundle, reason: str) -> None:
        """Decide about a bundle that may or may not have reached the far side."""
        if not self._settled(bundle, reason):
            self._take_back(bundle, reason)

    def _take_back(self, bundle: Bundle, reason: str, until: datetime | None = None) -> None:
        now = self._clock.now()
        self._ledger.outcomes.take_back(
            bundle, reason=reason, at=now, actor=ACTOR, next_attempt_at=until
        )

    def _settled(self, bundle: Bundle, reason: str) -> bool:
        """Record that the far side has a bundle, or that nobody can say; False if it may go again.

        It may where the far side says that it has it not, or where twice does no harm.
        """
        backend, now = self._backend(bundle), self._clock.now()
        if backend.idempotent:
            return False
        if isinstance(backend, Finds):
            try:
                receipt = backend.find(bundle)
            except Exception as error:  # noqa: BLE001 - as above
                outcome = _("{reason}; the far side could not be asked: {error}")
                reason = outcome.format(reason=reason, error=failure_of(error).reason)
            else:
                if receipt is not None:
                    self._ledger.outcomes.sent([(bundle, receipt, reason)], at=now, actor=ACTOR)
                return receipt is not None
        self._ledger.outcomes.doubt(bundle, reason=reason, at=now, actor=ACTOR)
        return True

    def _backend(self, bundle: Bundle) -> Backend:
        return self._channels[bundle.channel].backends[bundle.backend]

    @property
    def _cumulative(self) -> frozenset[str]:
        return frozenset(name for name, one in self._channels.items() if one.cumulative)
