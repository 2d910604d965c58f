"""The circuit breaker: a dead far side costs one try now and then, not every worker's time.

After some failures in a row the endpoint's breaker opens, and its bundles are postponed in the
ledger, unspent. When the wait is over one bundle goes, whichever worker has it (half-open): an
answer closes the breaker, silence opens it again for longer. The ledger keeps the state, so
that all workers share what one of them learns, and none forgets it in a restart. A far side that
asks everybody to wait is left alone in the same way, though nothing has failed.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from channels.base import Backend, Checks, endpoint_of
from engine.clock import Clock, local
from engine.dispatch.failures import Failure, failure_of
from engine.i18n import gettext as _
from engine.ledger.breakers import Breakers
from engine.models import Breaker, BreakerState
from engine.models.breaker import LONG

logger = logging.getLogger(__name__)

#: Failures in a row, each within ``WINDOW`` of the one before, after which an endpoint is dead.
THRESHOLD = 5
WINDOW = timedelta(minutes=2)

#: How long a breaker stays open: at first, and at most after doubling with each try in vain.
#: So much later at worst does an emergency go out when the far side has come back.
FIRST = timedelta(seconds=15)
LONGEST = timedelta(minutes=2)

#: When the one try of a half-open breaker counts as lost, because its worker died.
TRY = timedelta(minutes=2)

#: When the others look again how that one try went.
LOOK = timedelta(seconds=5)


def after_failure(breaker: Breaker, at: datetime, reason: str) -> Breaker:
    """Return what a failure makes of a breaker; what was sent before it opened changes nothing."""
    if breaker.state is BreakerState.OPEN:
        return breaker
    closed = breaker.state is BreakerState.CLOSED
    recent = breaker.failed_at is not None and at - breaker.failed_at <= WINDOW
    failures = breaker.failures + 1 if recent or not closed else 1
    failed = replace(breaker, failures=failures, failed_at=at, reason=reason)
    if closed and failures < THRESHOLD:
        return failed
    wait = min(FIRST * 2.0 ** min(failures - THRESHOLD, 16), LONGEST)
    since = at if closed else breaker.since
    return replace(failed, state=BreakerState.OPEN, since=since, retry_at=at + wait)


def after_asking_for_patience(
    breaker: Breaker, at: datetime, wait: timedelta, reason: str
) -> Breaker:
    """Return what it makes of a breaker that all are asked to wait: no failure."""
    until = at + wait
    if breaker.state is BreakerState.OPEN and breaker.retry_at and breaker.retry_at >= until:
        return breaker
    since = at if breaker.state is BreakerState.CLOSED else breaker.since
    return Breaker(breaker.endpoint, BreakerState.OPEN, since, retry_at=until, reason=reason)


def after_answer(breaker: Breaker, at: datetime) -> Breaker:
    """Return what an answer makes of a breaker: whoever answers is alive.

    It ends no patience that was asked for while it was on its way.
    """
    if breaker.state is BreakerState.CLOSED:
        return replace(breaker, failures=0)
    if breaker.state is BreakerState.OPEN and breaker.is_patience:
        return breaker
    return Breaker(breaker.endpoint, BreakerState.CLOSED, since=at)


def after_send(breaker: Breaker, at: datetime, answered: bool | None, reason: str) -> Breaker:
    """Return what a send makes of a breaker; one that tells nothing lets the next one try."""
    if answered:
        return after_answer(breaker, at)
    if answered is False:
        return after_failure(breaker, at, reason)
    if breaker.state is BreakerState.HALF_OPEN:
        return replace(breaker, state=BreakerState.OPEN, retry_at=at)
    return breaker


def trying(breaker: Breaker, at: datetime) -> Breaker:
    """Return a breaker with a try begun, or as it is when it is not yet time for one."""
    if breaker.retry_at is None or at < breaker.retry_at:
        return breaker
    return replace(breaker, state=BreakerState.HALF_OPEN, retry_at=at + TRY)


def looked_at_again(breaker: Breaker, at: datetime) -> datetime:
    """Return when a bundle that may not go now is looked at again."""
    assert breaker.retry_at is not None
    if breaker.state is BreakerState.HALF_OPEN:
        return min(at + LOOK, max(breaker.retry_at, at))
    return breaker.retry_at


class CircuitBreaker:
    """The breakers of all endpoints, as this process sees them.

    Backends that name no endpoint of theirs have none: they are never asked about, and cost
    nothing.
    """

    def __init__(
        self,
        breakers: Breakers,
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """``jitter`` in [0, 1) spreads what waits for one endpoint, up to ``LOOK``."""
        self._breakers = breakers
        self._clock = clock
        self._jitter = jitter
        self._ailing: set[str] = set()
        self._told: dict[str, datetime] = {}

    def closed_until(self, backend: Backend) -> datetime | None:
        """Return until when nothing may go to a backend; None when something may be tried."""
        found = self._look(backend)
        now = self._clock.now()
        if found is None or found.retry_at is None or now >= found.retry_at:
            return None
        return self._later(found, now)

    def is_news(self, backend: Backend) -> bool:
        """Say whether nobody here has asked this since the breaker last opened."""
        found = self._look(backend)
        if found is None or found.retry_at is None or found.state is not BreakerState.OPEN:
            return False
        told, self._told[found.endpoint] = self._told.get(found.endpoint), found.retry_at
        return told != found.retry_at

    def enter(self, backend: Backend) -> datetime | None:
        """Begin a send: None when it may go, else until when it must wait.

        Whoever may go must tell how it went, by ``heard``. While half-open one may, of all
        workers, and only if the far side answers when it is asked, where it can be.
        """
        found = self._look(backend)
        if found is None or found.state is BreakerState.CLOSED:
            return None
        now = self._clock.now()
        before, after = self._breakers.change(found.endpoint, now, lambda one: trying(one, now))
        if after != before:
            return self._asked_first(backend)
        return None if after.state is BreakerState.CLOSED else self._later(after, now)

    def _asked_first(self, backend: Backend) -> datetime | None:
        """Ask, where asking sends nothing, before the one bundle is put at risk."""
        if isinstance(backend, Checks):
            try:
                backend.check()
            except Exception as error:  # noqa: BLE001 - the bundle's own send will tell
                failure = failure_of(error)
                if failure.answered is False:
                    self.heard(backend, failure)
                    return self.closed_until(backend)
        return None

    def heard(self, backend: Backend, failure: Failure | None = None) -> bool:
        """Note how a send went; say whether it counts as an attempt of its bundle.

        It does not when it was the one try at a far side known to be dead, or when a quota is
        used up: of many bundles that wait, none may be used up by trying.
        """
        endpoint = endpoint_of(backend)
        if endpoint is None:
            return True
        answered = failure is None or failure.answered
        patience = failure.retry_after if failure is not None and failure.everyone else None
        if answered is False or patience is not None:
            self._ailing.add(endpoint)
        elif endpoint not in self._ailing:
            return True
        at, reason = self._clock.now(), failure.reason if failure is not None else ""
        before, after = self._breakers.change(
            endpoint,
            at,
            lambda one: (
                after_send(one, at, answered, reason)
                if patience is None
                else after_asking_for_patience(one, at, patience, reason)
            ),
        )
        if _is_well(after):
            self._ailing.discard(endpoint)
        _tell(before, after)
        if patience is not None and patience > LONG:
            return False
        return answered is not False or before.state is BreakerState.CLOSED

    def why(self, backend: Backend) -> str:
        """Say why what has begun may not go to a backend now."""
        found = self._look(backend)
        if found is not None and found.is_patience:
            return _("the far side asked everybody to wait: {reason}").format(reason=found.reason)
        return _("the far side does not answer")

    def _look(self, backend: Backend) -> Breaker | None:
        """Return what the ledger knows, and remember whether there is something to mend."""
        endpoint = endpoint_of(backend)
        if endpoint is None:
            return None
        found = self._breakers.get(endpoint)
        if found is not None and not _is_well(found):
            self._ailing.add(endpoint)
        return found

    def _later(self, breaker: Breaker, now: datetime) -> datetime:
        return looked_at_again(breaker, now) + LOOK * self._jitter()


def _is_well(breaker: Breaker) -> bool:
    return breaker.state is BreakerState.CLOSED and not breaker.failures


def _tell(before: Breaker, after: Breaker) -> None:
    """Log what changed for people: that an endpoint died or asks for patience, that it is back."""
    if before.state is BreakerState.CLOSED and after.is_patience and after.retry_at is not None:
        words = _("{endpoint} asks everybody to wait until {time}")
        time = f"{local(after.retry_at):%H:%M:%S %d/%m/%Y}"
        logger.warning(words.format(endpoint=after.endpoint, time=time))
    elif before.state is BreakerState.CLOSED and after.state is BreakerState.OPEN:
        words = _("{endpoint} does not answer ({reason}); its bundles wait until it does")
        logger.warning(words.format(endpoint=after.endpoint, reason=after.reason))
    elif (
        not (before.state is BreakerState.CLOSED or before.is_patience)
        and after.state is BreakerState.CLOSED
    ):
        logger.warning(_("{endpoint} answers again").format(endpoint=after.endpoint))
