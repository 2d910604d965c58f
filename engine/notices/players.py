"""Loudspeakers that stayed silent, players that cannot be asked, reports that cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from engine.ledger.needs import Needs, Silent
from engine.ledger.play_marks import PlayMarks
from engine.models.notice import Concern, Notice, Severity

#: How long after its slot a person can still find out what was wrong.
LATELY: Final = timedelta(days=7)

#: How long ago two players at once are still of interest: whoever ended that sees it gone soon.
JUST_NOW: Final = timedelta(days=2)

#: How long a player may be away before a person must look.
PATIENCE: Final = timedelta(minutes=15)

#: Clusters that are named; more are counted.
NAMED: Final = 3


class PlayerGatherer:
    """Looks through one commune's players and what they were given."""

    concerns = frozenset(
        {
            Concern.NOT_PLAYED,
            Concern.PLAYER,
            Concern.STRANGE_PLAYS,
            Concern.REUSED_NUMBERS,
            Concern.TWO_PLAYERS,
        }
    )

    def __init__(self, needs: Needs, marks: PlayMarks) -> None:
        self._needs = needs
        self._marks = marks

    def gather(self, now: datetime) -> Sequence[Notice]:
        return [
            *self._not_played(now),
            *self._away(now),
            *self._strange(now),
            *self._reused(now),
            *self._doubled(now),
        ]

    def _not_played(self, now: datetime) -> Iterator[Notice]:
        found = self._needs.not_played(now - LATELY)
        for campaign_id, group in groupby(found, key=lambda one: one.campaign_id):
            silent = list(group)
            yield Notice(
                Concern.NOT_PLAYED,
                Severity.URGENT,
                min(one.since for one in silent),
                (campaign_id,),
                {
                    "campaign": campaign_id,
                    "count": str(sum(one.count for one in silent)),
                    "clusters": _clusters(silent),
                    "slot": max(one.slot for one in silent).isoformat(),
                },
            )

    def _away(self, now: datetime) -> Iterator[Notice]:
        for one in self._marks.all():
            if one.fault and one.since is not None and now - one.since >= PATIENCE:
                facts = {"player": one.player, "fault": one.fault}
                yield Notice(Concern.PLAYER, Severity.WARNING, one.since, (one.player,), facts)

    def _strange(self, now: datetime) -> Iterator[Notice]:
        for one in self._needs.strange_plays(now - LATELY):
            facts = {"player": one.player, "count": str(one.count), "seen": one.seen.isoformat()}
            yield Notice(Concern.STRANGE_PLAYS, Severity.WARNING, one.since, (one.player,), facts)

    def _reused(self, now: datetime) -> Iterator[Notice]:
        for one in self._needs.reused_numbers(now - LATELY):
            facts = {"player": one.player, "count": str(one.count), "seen": one.seen.isoformat()}
            yield Notice(Concern.REUSED_NUMBERS, Severity.WARNING, one.since, (one.player,), facts)

    def _doubled(self, now: datetime) -> Iterator[Notice]:
        for one in self._needs.played_at_once(now - JUST_NOW):
            facts = {
                "cluster": one.cluster,
                "players": ", ".join(one.players),
                "slot": one.slot.isoformat(),
            }
            yield Notice(Concern.TWO_PLAYERS, Severity.WARNING, one.since, (one.cluster,), facts)


def _clusters(silent: Sequence[Silent]) -> str:
    names = [one.cluster for one in silent]
    more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
