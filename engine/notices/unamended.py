"""Whom an amendment does not reach: a person must tell them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.ledger.unamended import Unamended
from engine.models.notice import Concern, Notice, Severity

#: What was amended longer ago is not looked at any more.
SOUGHT: Final = timedelta(days=30)

#: Between two looks, which go through all that was replaced.
EVERY: Final = timedelta(minutes=10)

#: Hamlets that are named; more are counted.
NAMED: Final = 10


class UnamendedGatherer:
    """Looks through one commune's amended campaigns.

    ``take_turn`` says whether it is this process's turn to look, for a span of time.
    """

    concerns = frozenset({Concern.UNAMENDED})

    def __init__(
        self,
        unamended: Callable[[datetime], Sequence[Unamended]],
        *,
        take_turn: Callable[[datetime, datetime], bool],
    ) -> None:
        self._unamended = unamended
        self._take_turn = take_turn

    def gather(self, now: datetime) -> Sequence[Notice] | None:
        if not self._take_turn(now, now + EVERY):
            return None
        return [_notice(one) for one in self._unamended(now - SOUGHT)]


def _notice(one: Unamended) -> Notice:
    more = f" +{len(one.hamlets) - NAMED}" if len(one.hamlets) > NAMED else ""
    return Notice(
        Concern.UNAMENDED,
        Severity.URGENT,
        one.since,
        (one.campaign_id, str(one.revision)),
        {
            "campaign": one.campaign_id,
            "revision": str(one.revision),
            "count": str(one.count),
            "hamlets": ", ".join(one.hamlets[:NAMED]) + more,
            "channels": ",".join(one.channels),
        },
    )
