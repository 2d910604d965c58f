"""Loa's own players that need a person: one that has fallen silent, one whose clock is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from engine.ledger.players import Player
from engine.models.notice import Concern, Notice, Severity

#: A clock that is further off plays nothing but emergencies.
ASTRAY = timedelta(minutes=1)

#: How long after its slot it is still told that a programme could not be played as it should.
LATE = timedelta(hours=1)

#: Clusters that are named; more are counted.
NAMED = 3

#: So many times as long as is usual, and a silence is urgent: it may be out of programmes.
URGENT = 8


class AgentGatherer:
    """Looks at what one commune's players told last. ``silent``: how long is too long."""

    concerns = frozenset({Concern.PLAYER_SILENT, Concern.PLAYER_CLOCK, Concern.PLAYER_LACKS})

    def __init__(self, players: Callable[[], Sequence[Player]], *, silent: timedelta) -> None:
        self._players = players
        self._silent = silent

    def gather(self, now: datetime) -> Sequence[Notice]:
        known = [player for player in self._players() if player.plays]
        return [notice for player in known for notice in self._about(player, now)]

    def _about(self, player: Player, now: datetime) -> Iterator[Notice]:
        seen = player.seen_at or player.made_at
        if now - seen > self._silent:
            urgent = now - seen > URGENT * self._silent
            severity = Severity.URGENT if urgent else Severity.WARNING
            facts = {"player": player.id, "seen": seen.isoformat()}
            yield Notice(Concern.PLAYER_SILENT, severity, seen, (player.id,), facts)
        if player.offset is not None and abs(player.offset) > ASTRAY:
            seconds = round(player.offset.total_seconds())
            facts = {"player": player.id, "seconds": f"{seconds:+d}"}
            yield Notice(Concern.PLAYER_CLOCK, Severity.URGENT, seen, (player.id,), facts)
        lacking = [one for one in player.lacking if one.slot > now - LATE]
        if lacking:
            clusters = list(dict.fromkeys(one.cluster for one in lacking))
            more = f" +{len(clusters) - NAMED}" if len(clusters) > NAMED else ""
            facts = {
                "player": player.id,
                "count": str(len(lacking)),
                "clusters": ", ".join(clusters[:NAMED]) + more,
                "slot": lacking[0].slot.isoformat(),
            }
            yield Notice(Concern.PLAYER_LACKS, Severity.URGENT, seen, (player.id,), facts)
