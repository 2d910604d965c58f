"""Far sides that no longer take anything: their breaker is open, and everything for them waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.ledger.breakers import Breakers
from engine.models import BreakerState
from engine.models.notice import Concern, Notice, Severity


class FarSideGatherer:
    """Looks at the breakers of every endpoint."""

    concerns = frozenset({Concern.DEAD})

    def __init__(self, breakers: Breakers) -> None:
        self._breakers = breakers

    def gather(self, now: datetime) -> Sequence[Notice]:
        return [
            Notice(
                Concern.DEAD,
                Severity.URGENT,
                one.since,
                (one.endpoint,),
                {"endpoint": one.endpoint, "count": str(one.failures)},
            )
            for one in self._breakers.all()
            if one.state is not BreakerState.CLOSED and not one.is_patience
        ]
