"""What ``dramatiq -p 2 -t 8`` is given: an actor that does nothing, on Dramatiq's defaults.

Importing it makes the broker at ``LOA_BENCH_REDIS``, as Dramatiq's command wants it.
"""

from __future__ import annotations

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker

QUEUE = "nothing"

broker = RedisBroker(url=os.environ["LOA_BENCH_REDIS"])  # type: ignore[no-untyped-call]  # dramatiq annotates none of it
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name=QUEUE)
def nothing(_number: int) -> None:
    """Do nothing."""
