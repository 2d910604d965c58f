"""The actors: a few lines each. Messages carry bundle ids, about a hundred each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import dramatiq
from dramatiq import Actor, Broker

from engine.models import Priority
from workers.broker import TIME_LIMIT

#: Bundle ids in one message.
MESSAGE_SIZE = 100

SendBundles = Actor[[list[int]], None]


def register(broker: Broker, send: Callable[[list[int]], None]) -> SendBundles:
    """Declare the actors on ``broker``. ``send`` hands bundles over and never raises for one."""

    @dramatiq.actor(
        broker=broker,
        actor_name="send_bundles",
        max_retries=0,
        time_limit=TIME_LIMIT,
        notify_shutdown=True,
    )
    def send_bundles(ids: list[int]) -> None:
        send(ids)

    return send_bundles


def batches(
    leased: Sequence[tuple[int, Priority]], *, size: int = MESSAGE_SIZE
) -> Iterator[tuple[Priority, list[int]]]:
    """Yield leased bundles as one message's worth each, of one priority, urgent first."""
    ordered = sorted(leased, key=lambda one: one[1].rank)
    for priority, group in groupby(ordered, key=lambda one: one[1]):
        ids = [bundle_id for bundle_id, _ in group]
        for start in range(0, len(ids), size):
            yield priority, ids[start : start + size]
