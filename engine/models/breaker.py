"""What is known about a far side that may be dead, shared by every worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: A longer patience than this is no moment's: a quota is used up, or it is night there.
LONG = timedelta(minutes=10)


class BreakerState(StrEnum):
    """Whether bundles go to an endpoint."""

    CLOSED = "closed"
    """It answers; everything goes."""
    OPEN = "open"
    """It is dead; nothing goes."""
    HALF_OPEN = "half_open"
    """One bundle goes, to see whether it answers again."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """How an endpoint fares. ``endpoint`` is what its backends call it: a host, a site.

    ``since``: since when it answers, or has ceased to. ``failures`` in a row, the last of
    them at ``failed_at`` for ``reason``. ``retry_at``: when it may be tried next, unless
    closed; while half-open, when the present try counts as lost.

    One that nothing has failed at and that is not closed asked everybody to be patient.
    """

    endpoint: str
    state: BreakerState
    since: datetime
    failures: int = 0
    failed_at: datetime | None = None
    reason: str = ""
    retry_at: datetime | None = None

    @property
    def is_patience(self) -> bool:
        """Whether it is alive and asked everybody to wait."""
        return self.state is not BreakerState.CLOSED and not self.failures

    @property
    def is_quota(self) -> bool:
        """Whether it asked for a wait so long that people must know."""
        return self.is_patience and self.retry_at is not None and self.retry_at - self.since > LONG
