"""Deliveries that only a person can help: failed, in doubt, only rehearsed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from engine.ledger.needs import Needs, Stuck
from engine.models.notice import Concern, Notice, Severity
from engine.states import State

_CONCERN = {State.FAILED: Concern.FAILED, State.UNCERTAIN: Concern.UNCERTAIN}


class DeliveryGatherer:
    """Looks through one commune's deliveries; ``rehearsing`` are the backends that rehearse."""

    concerns = frozenset({*_CONCERN.values(), Concern.REHEARSING})

    def __init__(self, needs: Needs, *, rehearsing: Collection[str]) -> None:
        self._needs = needs
        self._rehearsing = rehearsing

    def gather(self, now: datetime) -> Sequence[Notice]:
        return [
            *map(_stuck, self._needs.stuck()),
            *self._only_rehearsed(now),
        ]

    def _only_rehearsed(self, now: datetime) -> Iterator[Notice]:
        if not self._rehearsing:
            return
        for one in self._needs.only_rehearsed(self._rehearsing, now):
            yield Notice(
                Concern.REHEARSING,
                Severity.WARNING,
                one.since,
                (one.campaign_id,),
                {"campaign": one.campaign_id, "count": str(one.count)},
            )


def _stuck(found: Stuck) -> Notice:
    return Notice(
        _CONCERN[found.state],
        Severity.URGENT if found.emergencies else Severity.WARNING,
        found.since,
        (found.campaign_id, found.channel),
        {"campaign": found.campaign_id, "channel": found.channel, "count": str(found.count)},
    )
