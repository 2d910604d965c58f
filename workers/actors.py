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

SendBundles = Actor[[list[int], str], None]


def register(
    broker: Broker, send: Callable[[list[int], str], None], *, queue: str = "default"
) -> SendBundles:
    """Declare the actor of one queue on ``broker``.

    ``send`` is handed bundles and under which lease they wait; it never raises for a bundle.
    """

    @dramatiq.actor(
        broker=broker,
        actor_name=f"send_bundles_{queue}",
        queue_name=queue,
        max_retries=0,
        time_limit=TIME_LIMIT,
        notify_shutdown=True,
    )
    def send_bundles(ids: list[int], lease: str) -> None:
        send(ids, lease)

    return send_bundles


def batches(
    leased: Sequence[tuple[int, Priority]], *, size: int = MESSAGE_SIZE
) -> Iterator[tuple[Priority, list[int]]]:
    """Yield leased bundles as one message's worth each, of one priority, urgent first."""
    ordered = sorted(leased, key=lambda one: one[1].rank)
    for priority, group in groupby(ordered, key=lambda one: one[1]):
        ids = [bundle_id for bundle_id, _ in group]
        yield from ((priority, piece) for piece in pieces(ids, size))


def pieces(ids: list[int], size: int) -> Iterator[list[int]]:
    """Yield ``ids`` in lists of at most ``size``."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
