"""What becomes of a bundle that was not handed over, or that nobody knows to have been."""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import copy
from datetime import datetime

from channels.base import Backend, Finds
from engine.clock import Clock
from engine.dispatch.airing import as_found
from engine.dispatch.backoff import Retries
from engine.dispatch.breaker import CircuitBreaker
from engine.dispatch.failures import Failure, failure_of
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.models import Bundle

ACTOR = "loa"


class Settling:
    """Settles bundles of one commune whose sending went wrong. ``backend_of`` names a bundle's.

    From ``recalled`` channels what was replaced meanwhile can be taken back.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        retries: Retries,
        breaker: CircuitBreaker,
        backend_of: Callable[[Bundle], Backend],
        recalled: Collection[str] = (),
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._retries = retries
        self._breaker = breaker
        self._backend_of = backend_of
        self._recalled = recalled

    def under(self, holder: str | None) -> Settling:
        """Return one that settles only what ``holder`` has a lease on."""
        acting = copy(self)
        acting._ledger = self._ledger.under(holder)
        return acting

    def not_sent(
        self,
        bundle: Bundle,
        attempts: int,
        failure: Failure,
        *,
        begun: bool = False,
        counts: bool = True,
    ) -> None:
        """Record why a bundle was not handed over: it goes later, fails, or is in doubt.

        ``begun``: sending had begun. ``counts``: it spends one of the bundle's attempts.
        """
        now = self._clock.now()
        outcomes = self._ledger.outcomes
        if begun and failure.unknown and self._settled(bundle, failure.reason):
            return
        if failure.untried or not counts:
            self.take_back(bundle, failure.reason, self._later(bundle, failure))
            return
        wait = self._retries.wait(
            bundle.channel, self._backend_of(bundle), attempts + 1, failure.retry_after
        )
        if failure.permanent or wait is None:
            outcomes.fail(bundle, reason=failure.reason, at=now, actor=ACTOR)
        else:
            outcomes.try_again(
                bundle, reason=failure.reason, next_attempt_at=now + wait, at=now, actor=ACTOR
            )

    def _later(self, bundle: Bundle, failure: Failure) -> datetime | None:
        """Return when a bundle goes that was not to blame; None is at once."""
        if failure.retry_after is not None:
            return self._clock.now() + failure.retry_after
        return self._breaker.closed_until(self._backend_of(bundle))

    def interrupted(self, bundle: Bundle, reason: str) -> None:
        """Decide about a bundle that may or may not have reached the far side."""
        if not self._settled(bundle, reason):
            self.take_back(bundle, reason)

    def take_back(self, bundle: Bundle, reason: str, until: datetime | None = None) -> None:
        """Let a begun bundle wait again, until then or for no time; no attempt is spent."""
        now = self._clock.now()
        self._ledger.outcomes.take_back(
            bundle, reason=reason, at=now, actor=ACTOR, next_attempt_at=until
        )

    def _settled(self, bundle: Bundle, reason: str) -> bool:
        """Record that the far side has a bundle, or that nobody can say; False if it may go again.

        It may where the far side says that it has it not, or where twice does no harm.
        """
        backend, now = self._backend_of(bundle), self._clock.now()
        if backend.idempotent:
            return False
        if isinstance(backend, Finds):
            try:
                receipt = backend.find(bundle)
            except Exception as error:  # noqa: BLE001 - whatever it is, nobody could tell
                outcome = _("{reason}; the far side could not be asked: {error}")
                reason = outcome.format(reason=reason, error=failure_of(error).reason)
            else:
                if receipt is not None:
                    receipt = as_found(receipt, bundle, now)
                    self._ledger.outcomes.sent(
                        [(bundle, receipt, reason)], at=now, actor=ACTOR, recalled=self._recalled
                    )
                return receipt is not None
        self._ledger.outcomes.doubt(bundle, reason=reason, at=now, actor=ACTOR)
        return True
