"""When a bundle that failed is tried again, and after how many times no more."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from channels.base import Backend, BacksOff
from engine.models import Backoff

#: More doublings than these are beyond any cap, and soon beyond any number.
_DOUBLINGS = 32


def wait_after(failures: int, policy: Backoff, jitter: float) -> timedelta:
    """Return how long to wait when something has failed ``failures`` ≥ 1 times.

    ``jitter`` in [0, 1) spreads what failed together over half as long again.
    """
    doubled = policy.base * 2.0 ** min(failures - 1, _DOUBLINGS)
    return min(doubled, policy.cap) * (1 + jitter / 2)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What an installer set for one channel; None leaves it to the backend or to everybody's."""

    attempts: int | None = None
    base: timedelta | None = None
    cap: timedelta | None = None


class Retries:
    """Decides whether a failed bundle is tried again, and when."""

    def __init__(
        self,
        attempts: int,
        channels: Mapping[str, RetryPolicy] | None = None,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """``attempts`` is how often a bundle may fail where ``channels`` says nothing else."""
        self._attempts = attempts
        self._channels = channels or {}
        self._jitter = jitter

    def wait(
        self, channel: str, backend: Backend, failures: int, asked: timedelta | None
    ) -> timedelta | None:
        """Return how long to wait after the ``failures``-th failure; None when it was the last.

        ``asked`` is what the far side asked for; never less than that is waited.
        """
        policy = self._channels.get(channel, RetryPolicy())
        if failures >= (policy.attempts or self._attempts):
            return None
        wait = wait_after(failures, _backoff(policy, backend), self._jitter())
        return max(wait, asked or timedelta(0))


def _backoff(policy: RetryPolicy, backend: Backend) -> Backoff:
    """Return the backend's own policy, or everybody's, as far as nothing else is set."""
    own = backend.backoff if isinstance(backend, BacksOff) else Backoff()
    base = policy.base or own.base
    return Backoff(base, max(base, policy.cap or own.cap))
