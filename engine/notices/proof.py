"""What was sent long ago, and nobody has said since that it reached people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from engine.ledger.needs import Needs
from engine.models.notice import Concern, Notice, Severity

#: Nobody looks for proof of what is older.
SOUGHT = timedelta(days=30)

#: Between two looks at all that was sent, which take their time.
EVERY = timedelta(hours=1)


class ProofGatherer:
    """Looks through what one commune has sent.

    ``within``: how long after its slot a delivery may go without evidence. ``take_turn`` says
    whether it is this process's turn to look, for a span of time.
    """

    concerns = frozenset({Concern.NO_PROOF})

    def __init__(
        self, needs: Needs, *, within: timedelta, take_turn: Callable[[datetime, datetime], bool]
    ) -> None:
        self._needs = needs
        self._within = within
        self._take_turn = take_turn

    def gather(self, now: datetime) -> Sequence[Notice] | None:
        if not self._take_turn(now, now + EVERY):
            return None
        return [
            Notice(
                Concern.NO_PROOF,
                Severity.WARNING,
                one.since,
                (one.campaign_id,),
                {"campaign": one.campaign_id, "count": str(one.count)},
            )
            for one in self._needs.unproven(now - SOUGHT, now - self._within)
        ]
