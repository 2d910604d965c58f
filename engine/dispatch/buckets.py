"""Token buckets: where permits are counted, in this process or on Redis for all of them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from engine.dispatch.permits import Grant, Grants
from engine.i18n import gettext as _
from engine.models import Pace

if TYPE_CHECKING:
    from redis import Redis
    from redis.commands.core import Script

logger = logging.getLogger(__name__)

#: Buckets in memory before those that are full are forgotten for the first time.
MANY = 10_000

#: The part of a pace that one process keeps to while it cannot count with the others: as if
#: there were so many of them.
SHARES = 8

#: Seconds until Redis is tried again, and seconds that it may take to answer.
AWAY = 5.0
TIMEOUT = 1.0

#: One bucket: KEYS bucket and beginning; ARGV permits per second, burst, how many are wanted.
#: By the server's time, so that no machine's clock matters. A bucket that is not there is full,
#: but not fuller than it can have become since the server lost its memory. A full bucket says
#: nothing, so it goes when it must be full.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'permits', 'at')
local permits, at = tonumber(kept[1]), tonumber(kept[2])
if not permits then
    redis.call('SET', KEYS[2], string.format('%.6f', now), 'NX')
    redis.call('EXPIRE', KEYS[2], 86400)
    permits, at = 1, tonumber(redis.call('GET', KEYS[2]))
end
permits = math.min(burst, permits + math.max(0, now - at) * rate)
local granted = math.min(math.floor(permits), wanted)
permits = permits - granted
redis.call('HSET', KEYS[1], 'permits', string.format('%.6f', permits),
    'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - permits) / rate * 1000) + 1000)
local wait = 0
if granted == 0 then wait = (1 - permits) / rate end
return {granted, string.format('%.6f', wait)}
"""

_PREFIX = "loa:permits"


class LocalBuckets:
    """Buckets of this process alone."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` in seconds; it must not go back."""
        self._now = now
        self._began = now()
        self._buckets: dict[str, tuple[float, float, float]] = {}
        self._many = MANY
        self._lock = threading.Lock()

    def grant(self, pace: Pace, wanted: int) -> Grant:
        with self._lock:
            now = self._now()
            kept, at, _full_at = self._buckets.get(pace.key, (1.0, self._began, 0.0))
            permits = min(pace.burst, kept + (now - at) * pace.per_second)
            granted = min(int(permits), wanted)
            left = permits - granted
            self._buckets[pace.key] = left, now, now + (pace.burst - left) / pace.per_second
            if len(self._buckets) > self._many:
                self._forget_full(now)
        return Grant(granted, 0.0 if granted else (1 - permits) / pace.per_second)

    def _forget_full(self, now: float) -> None:
        """Forget buckets that are full by now: one that is not there counts as full."""
        kept = {key: bucket for key, bucket in self._buckets.items() if bucket[2] > now}
        self._buckets, self._many = kept, max(MANY, 2 * len(kept))


class RedisBuckets:
    """Buckets on Redis, shared by every process that uses the same server."""

    def __init__(self, url: str) -> None:
        """Nothing is sent yet, nor looked at."""
        self._url = url

    def grant(self, pace: Pace, wanted: int) -> Grant:
        """Raises RedisError when the server does not answer, or the address is none."""
        keys = [f"{_PREFIX}:{pace.key}", f"{_PREFIX}-began"]
        granted, wait = self._script(keys=keys, args=[pace.per_second, pace.burst, wanted])
        return Grant(int(granted), float(wait))

    @cached_property
    def _client(self) -> Redis:
        from redis import Redis  # loads asyncio: for those who send
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisError
        from redis.retry import Retry

        try:
            return Redis.from_url(
                self._url,
                socket_timeout=TIMEOUT,
                socket_connect_timeout=TIMEOUT,
                retry=Retry(NoBackoff(), 1),
            )
        except ValueError:
            # What it complains of may hold the password.
            words = _("[queue] url is no address of Redis, such as redis://machine:6379/0")
            raise RedisError(words) from None

    @cached_property
    def _script(self) -> Script:
        return self._client.register_script(_SCRIPT)


class SharedBuckets:
    """Redis while it answers; without it this process keeps to its share, and says so."""

    def __init__(self, shared: Grants, now: Callable[[], float] = time.monotonic) -> None:
        self._shared = shared
        self._now = now
        self._alone = LocalBuckets(now)
        self._away_until: float | None = None

    def grant(self, pace: Pace, wanted: int) -> Grant:
        from redis.exceptions import RedisError  # loads asyncio: for those who send

        if self._away_until is None or self._now() >= self._away_until:
            try:
                granted = self._shared.grant(pace, wanted)
            except RedisError as error:
                self._lost(error)
            else:
                self._found()
                return granted
        slower = replace(pace, per_second=pace.per_second / SHARES, burst=1)
        return self._alone.grant(slower, wanted)

    def _lost(self, error: Exception) -> None:
        if self._away_until is None:
            words = _(
                "permits cannot be shared, Redis does not answer ({reason}): each process sends at"
                " 1/{shares} of what the far side allows until it does"
            )
            logger.warning(words.format(reason=error, shares=SHARES))
        self._away_until = self._now() + AWAY

    def _found(self) -> None:
        if self._away_until is not None:
            logger.warning(_("permits are shared through Redis again"))
        self._away_until = None
