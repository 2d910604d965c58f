"""The queue on Redis: a hint to workers that may be lost at any time, whole or in part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import timedelta
from functools import partial

from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Retries, ShutdownNotifications, TimeLimit
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.settings import Settings
from workers.actors import Send, SendBundles, register

#: What Redis may raise; none of it is a reason to stop.
QUEUE_ERRORS = RedisError

#: Messages that may wait for one priority; the ledger keeps the rest. A short queue is soon
#: filled again when it is lost, and what waits in it is never leased twice.
ROOM = 100

#: Out of a million commands, how many let Dramatiq tidy up after dead workers. Nothing waits
#: for it: what they held comes back through the ledger.
MAINTENANCE_CHANCE = 10_000

#: Seconds without an answer after which Redis counts as away.
PATIENCE = 5.0

_DEAD_LETTERS = timedelta(hours=1)


def connect(url: str) -> Redis:
    """Return a client that tries once and says so; whoever uses it decides about waiting.

    Nothing is sent yet. Raises LoaError when ``url`` is not an address of Redis.
    """
    try:
        return Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError:
        # What it complains of may hold the password.
        raise LoaError(
            _("[queue] url is no address of Redis, such as redis://machine:6379/0")
        ) from None


def namespace(settings: Settings) -> str:
    """Return what every key of the queue begins with."""
    return f"loa:{settings.queue.name}"


class RedisQueue:
    """Queues by name on one Redis: one for each priority, and those of single machines.

    ``send`` is called in a worker's threads; who only puts messages needs none.
    """

    def __init__(
        self,
        url: str,
        namespace: str,
        queues: Iterable[str],
        send: Send = lambda _commune, _ids, _lease: None,
    ) -> None:
        """Raises LoaError when ``url`` is not an address of Redis."""
        self._namespace = namespace
        self._client = connect(url)
        self.broker = RedisBroker(  # type: ignore[no-untyped-call]  # dramatiq annotates none of it
            client=self._client,
            namespace=namespace,
            middleware=[TimeLimit(), ShutdownNotifications(), Retries(max_retries=0)],
            maintenance_chance=MAINTENANCE_CHANCE,
            dead_message_ttl=int(_DEAD_LETTERS / timedelta(milliseconds=1)),
        )
        self._actors: dict[str, SendBundles] = {
            queue: register(self.broker, send, queue=queue) for queue in queues
        }

    def put(self, queue: str, messages: Sequence[tuple[str, list[int]]], lease: str) -> None:
        """Append (commune, ids) messages in few round trips. Raises QUEUE_ERRORS."""
        actor = self._actors[queue]
        _enqueue(self.broker, [actor.message(commune, ids, lease) for commune, ids in messages])

    def room(self, queue: str) -> int:
        """Return how many more messages may wait there. Raises QUEUE_ERRORS."""
        return max(0, ROOM - int(self._client.llen(f"{self._namespace}:{queue}")))

    def waiting(self) -> dict[str, int]:
        """Return how many messages wait in each queue. Raises QUEUE_ERRORS."""
        names = [str(queue) for queue in self._actors]
        return {name: int(self._client.llen(f"{self._namespace}:{name}")) for name in names}

    def was_emptied(self) -> bool:
        """Say, to one caller only, that all of Redis was lost since this was last asked.

        Raises QUEUE_ERRORS.
        """
        return bool(self._client.set(f"{self._namespace}:here", 1, nx=True))

    def ping(self) -> None:
        """Raises QUEUE_ERRORS when Redis does not answer."""
        self._client.ping()

    def close(self) -> None:
        self.broker.close()
        self._client.close()


def _enqueue(broker: RedisBroker, messages: Sequence[Message[None]]) -> None:
    """Enqueue as the broker does, but in one round trip: its own script, sent in a pipeline."""
    with broker.client.pipeline(transaction=False) as pipeline:
        piped = copy(broker)
        dispatch = partial(broker.scripts["dispatch"], client=pipeline)
        piped.scripts = {**broker.scripts, "dispatch": dispatch}
        for message in messages:
            piped.enqueue(message)
        pipeline.execute()
