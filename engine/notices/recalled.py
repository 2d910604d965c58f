"""What was taken back from players: where a person must do the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from engine.ledger.needs import Needs
from engine.ledger.players import Player
from engine.ledger.taken_back import TakenBack, Undone
from engine.models.notice import Concern, Notice, Severity

#: How long a player may take until it is told that it does not take something back.
PATIENCE: Final = timedelta(minutes=5)

#: Clusters that are named; more are counted.
NAMED: Final = 3


class RecallGatherer:
    """Looks through what one commune took back.

    ``fetching`` are players of Loa's own kind, which ask by themselves; ``players`` returns
    what is known of each machine.
    """

    concerns = frozenset({Concern.RECALLED})

    def __init__(
        self, needs: Needs, players: Callable[[], Sequence[Player]], *, fetching: Collection[str]
    ) -> None:
        self._needs = needs
        self._players = players
        self._fetching = fetching

    def gather(self, now: datetime) -> Sequence[Notice]:
        return [notice for undone in Undone for notice in self._found(undone, now)]

    def _found(self, undone: Undone, now: datetime) -> Iterator[Notice]:
        found = self._needs.taken_back(undone, now, now - PATIENCE, self._fetching)
        if undone is Undone.UNSEEN and found:
            found = self._not_fetched(found)
        for campaign_id, group in groupby(found, key=lambda one: one.campaign_id):
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

    def _not_fetched(self, found: Sequence[TakenBack]) -> list[TakenBack]:
        """Return what a machine that plays there cannot know: it has not asked since."""
        asked: dict[str, datetime] = {}
        for player in self._players():
            seen = player.seen_at or player.made_at
            for cluster in player.clusters if player.plays else ():
                asked[cluster] = min(seen, asked.get(cluster, seen))
        return [one for one in found if asked.get(one.cluster, one.last) < one.last]
