"""Bulletins that tell words which hold no more: whoever hung them up must replace them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.ledger.bulletins import Stale
from engine.models.notice import Concern, Notice, Severity

#: Between two looks at all that was amended.
EVERY: Final = timedelta(minutes=10)

#: Campaigns that are named; more are counted.
NAMED: Final = 5


class BulletinGatherer:
    """Looks through one commune's bulletins.

    ``stale`` returns those that tell other words than hold at a moment; ``take_turn`` says
    whether it is this process's turn to look, for a span of time.
    """

    concerns = frozenset({Concern.BULLETIN})

    def __init__(
        self,
        stale: Callable[[datetime], Sequence[Stale]],
        *,
        take_turn: Callable[[datetime, datetime], bool],
    ) -> None:
        self._stale = stale
        self._take_turn = take_turn

    def gather(self, now: datetime) -> Sequence[Notice] | None:
        if not self._take_turn(now, now + EVERY):
            return None
        return [_notice(one) for one in self._stale(now)]


def _notice(one: Stale) -> Notice:
    more = f" +{len(one.campaigns) - NAMED}" if len(one.campaigns) > NAMED else ""
    return Notice(
        Concern.BULLETIN,
        Severity.WARNING,
        one.since,
        (one.bulletin,),
        {
            "bulletin": one.bulletin,
            "campaigns": ", ".join(one.campaigns[:NAMED]) + more,
            "seen": one.made_at.isoformat(),
            "command": one.command,
        },
    )
