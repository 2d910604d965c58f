"""Permissions to speak that end: a token that somebody must renew before the channel is mute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from channels.base import Channel, Expires
from engine.models.notice import Concern, Notice, Severity

#: How long before its end a permission is told of, and when that is urgent.
NEAR, URGENT = timedelta(days=7), timedelta(days=1)


class PermissionGatherer:
    """Asks the channels' backends how long they may still speak."""

    concerns = frozenset({Concern.PERMISSION})

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels

    def gather(self, now: datetime) -> Sequence[Notice]:
        found = []
        for name, channel in self._channels.items():
            for backend in channel.backends.values():
                end = backend.expires_at() if isinstance(backend, Expires) else None
                if end is None or end - now > NEAR:
                    continue
                found.append(
                    Notice(
                        Concern.PERMISSION,
                        Severity.URGENT if end - now < URGENT else Severity.WARNING,
                        end - NEAR,
                        (name, backend.name),
                        {"channel": name, "backend": backend.name, "end": end.isoformat()},
                    )
                )
        return found
