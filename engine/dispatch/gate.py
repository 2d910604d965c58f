"""Whether a bundle may go at this moment: its hour, its far side, the permits of that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from channels.base import Backend
from engine.clock import Clock
from engine.dispatch.breaker import CircuitBreaker
from engine.dispatch.permits import Permits
from engine.ledger import Ledger
from engine.ledger.watched_clock import emergencies_only
from engine.models import Artifact, Bundle, Priority, Registry
from engine.rules import next_allowed


class Gate:
    """Judges bundles at the moment at which it is made; what may not go now is postponed.

    What is alike is judged once: many bundles share an hour, and a far side.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        breaker: CircuitBreaker,
        permits: Permits,
        backend: Callable[[Bundle], Backend],
    ) -> None:
        self._ledger = ledger
        self._breaker = breaker
        self._permits = permits
        self._backend = backend
        self._now = clock.now()
        self._urgent_only = emergencies_only(clock)
        self._hours: dict[tuple[str, str, Priority, datetime, int], datetime | None] = {}
        self._alive: set[tuple[str, str]] = set()

    def distrusts(self, bundle: Bundle) -> bool:
        """Say whether the clock is not trusted with a bundle: then nobody judges its hours."""
        return self._urgent_only and bundle.priority is not Priority.EMERGENCY

    def must_wait(self, bundle: Bundle, registry: Registry) -> bool:
        """Judge the hour at the slot, or at present if the slot is past.

        Whoever waits is due at the very hour, whatever the channel's lead: its slot is past
        by then, and it acts as soon as it is handed over.
        """
        if self.distrusts(bundle):
            return True
        moment = max(self._now, bundle.slot)
        allowed = self._allowed(bundle, registry, moment)
        if allowed == moment:
            return False
        self._ledger.outcomes.postpone(bundle, allowed or moment + timedelta(days=1))
        return True

    def is_shut(self, bundle: Bundle, artifact: Artifact | None = None) -> bool:
        """Say so of a far side that is known to be dead, or, with ``artifact``, asked by many.

        With the first that meets a dead one goes all that waits for it, in one move: however
        much that is, it costs little until the far side is tried again.
        """
        backend = self._backend(bundle)
        place = (bundle.channel, bundle.backend)
        until = None if place in self._alive else self._dead_until(bundle, backend)
        if until is None and artifact is not None:
            until = self._permits.get_ready(backend, artifact, bundle, self._now)
        if until is not None:
            self._ledger.outcomes.postpone(bundle, until)
        return until is not None

    def _allowed(self, bundle: Bundle, registry: Registry, moment: datetime) -> datetime | None:
        target = bundle.target if registry.station.quiet else ""
        key = (bundle.channel, target, bundle.priority, moment, id(registry))
        if key not in self._hours:
            channel, priority = bundle.channel, bundle.priority
            self._hours[key] = next_allowed(channel, registry, priority, moment, target)
        return self._hours[key]

    def _dead_until(self, bundle: Bundle, backend: Backend) -> datetime | None:
        until = self._breaker.closed_until(backend)
        if until is None:
            self._alive.add((bundle.channel, bundle.backend))
        elif self._breaker.is_news(backend):
            self._ledger.leases.put_off(bundle.channel, bundle.backend, self._now, until)
        return until
