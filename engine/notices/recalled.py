"""What was taken back from players: where a person must do the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from engine.ledger.needs import Needs
from engine.ledger.taken_back import Lacks
from engine.models.notice import Concern, Notice, Severity

#: How long a player may take until it is told that it does not take something back.
PATIENCE: Final = timedelta(minutes=5)

#: Clusters that are named; more are counted.
NAMED: Final = 3


class RecallGatherer:
    """Looks through what one commune took back; ``by_hand`` are players that people carry to."""

    concerns = frozenset({Concern.RECALLED})

    def __init__(self, needs: Needs, *, by_hand: Collection[str]) -> None:
        self._needs = needs
        self._by_hand = by_hand

    def gather(self, now: datetime) -> Sequence[Notice]:
        return list(self._found(now))

    def _found(self, now: datetime) -> Iterator[Notice]:
        found = self._needs.taken_back(now, by_hand=self._by_hand, away_since=now - PATIENCE)
        for (campaign_id, lacks), group in groupby(found, lambda one: (one.campaign_id, one.lacks)):
            there = list(group)
            names = [one.cluster for one in there]
            more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
            yield Notice(
                Concern.RECALLED,
                Severity.WARNING if lacks is Lacks.NOWHERE else Severity.URGENT,
                min(one.since for one in there),
                (campaign_id, lacks.value),
                {
                    "campaign": campaign_id,
                    "lacks": lacks.value,
                    "count": str(sum(one.count for one in there)),
                    "clusters": ", ".join(names[:NAMED]) + more,
                    "slot": max(one.slot for one in there).isoformat(),
                },
            )
