"""The actors: a few lines each. Messages carry a commune's bundle ids, about a hundred each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice

import dramatiq
from dramatiq import Actor, Broker

from engine.ledger.leases import Due
from workers.broker import TIME_LIMIT

#: Bundle ids in one message.
MESSAGE_SIZE = 100

#: Sends a commune's bundles that wait under a lease: (commune, ids, lease).
Send = Callable[[str, list[int], str], None]

SendBundles = Actor[[str, list[int], str], None]


def register(broker: Broker, send: Send, *, queue: str = "default") -> SendBundles:
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
    def send_bundles(commune_id: str, ids: list[int], lease: str) -> None:
        send(commune_id, ids, lease)

    return send_bundles


def messages(due: Iterable[Due], *, size: int = MESSAGE_SIZE) -> Iterator[tuple[str, list[int]]]:
    """Yield (commune, ids): one message's worth each, of one commune, in the order given."""
    for commune_id, group in groupby(due, key=lambda one: one.commune_id):
        while ids := [one.id for one in islice(group, size)]:
            yield commune_id, ids
