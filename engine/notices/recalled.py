"""What was taken back from players: where a person must do the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from engine.ledger.needs import Needs
from engine.ledger.taken_back import Undone
from engine.models.notice import Concern, Notice, Severity

#: How long a player may take until it is told that it does not take something back.
PATIENCE: Final = timedelta(minutes=5)

#: Clusters that are named; more are counted.
NAMED: Final = 3


class RecallGatherer:
    """Looks through what one commune took back."""

    concerns = frozenset({Concern.RECALLED})

    def __init__(self, needs: Needs) -> None:
        self._needs = needs

    def gather(self, now: datetime) -> Sequence[Notice]:
        return list(self._found(now))

    def _found(self, now: datetime) -> Iterator[Notice]:
        found = self._needs.taken_back(now, now - PATIENCE)
        for (campaign_id, undone), group in groupby(
            found, lambda one: (one.campaign_id, one.undone)
        ):
            there = list(group)
            names = [one.cluster for one in there]
            more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
            yield Notice(
                Concern.RECALLED,
                Severity.WARNING if undone is Undone.NOWHERE else Severity.URGENT,
                min(one.since for one in there),
                (campaign_id, undone.value),
                {
                    "campaign": campaign_id,
                    "undone": undone.value,
                    "count": str(sum(one.count for one in there)),
                    "clusters": ", ".join(names[:NAMED]) + more,
                    "slot": max(one.slot for one in there).isoformat(),
                },
            )
