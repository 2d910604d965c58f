"""Permissions to speak that end: a token that somebody must renew before the channel is mute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from channels.base import Channel, Expires
from engine.models import TokenPair
from engine.models.notice import Concern, Notice, Severity

#: How long before its end a permission is told of, and when that is urgent.
NEAR, URGENT = timedelta(days=7), timedelta(days=1)


class PermissionGatherer:
    """Asks the channels' backends how long they may still speak."""

    concerns = frozenset({Concern.PERMISSION})

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    def gather(self, now: datetime) -> Sequence[Notice]:
        return [
            notice
            for name, channel in self._channels.items()
            for backend in channel.backends.values()
            if isinstance(backend, Expires)
            for notice in _told(name, backend.name, backend.expires_at(), now)
        ]


class LoginGatherer:
    """Looks at one login of a commune's own: an account whose tokens the ledger keeps.

    ``newest`` returns its newest pair of tokens, None before anybody has logged in.
    """

    concerns = frozenset({Concern.PERMISSION})

    def __init__(self, channel: str, backend: str, newest: Callable[[], TokenPair | None]) -> None:
        self._channel = channel
        self._backend = backend
        self._newest = newest

    def gather(self, now: datetime) -> Sequence[Notice]:
        pair = self._newest()
        end = None if pair is None else pair.ends_at
        return list(_told(self._channel, self._backend, end, now))


def _told(channel: str, backend: str, end: datetime | None, now: datetime) -> Iterator[Notice]:
    if end is not None and end - now <= NEAR:
        yield Notice(
            Concern.PERMISSION,
            Severity.URGENT if end - now < URGENT else Severity.WARNING,
            end - NEAR,
            (channel, backend),
            {"channel": channel, "backend": backend, "end": end.isoformat()},
        )
