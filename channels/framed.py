"""Channels whose bundles take time on air: what is around their items, and how long those last."""

from __future__ import annotations

from typing import Protocol, cast

from channels.base import Channel
from engine.models import Around, File, Registry


class Frames(Protocol):
    """A channel whose bundles take time on air, and have something around their items."""

    def around(self, registry: Registry) -> Around:
        """Return how long that takes, without making a sound; cheap."""
        ...

    def lasts(self, file: File) -> float:
        """Return how many seconds a rendered item takes. Raises ChannelError."""
        ...


class Warms(Protocol):
    """A channel that makes beforehand what all its emergencies share."""

    def warm(self, registry: Registry) -> None:
        """Make it, unless it is there. Raises ChannelError."""
        ...


def warming(channel: Channel) -> Warms | None:
    """Return a channel that ``Warms`` as one; None for the others."""
    return cast(Warms, channel) if hasattr(channel, "warm") else None


def framed(channel: Channel) -> Frames | None:
    """Return a channel that ``Frames`` as one; None for the others."""
    return cast(Frames, channel) if hasattr(channel, "around") else None


def around_of(channel: Channel | None, registry: Registry) -> Around:
    """Return what is around the items of a channel's bundles; nothing where none ``Frames``."""
    frames = framed(channel) if channel is not None else None
    return frames.around(registry) if frames is not None else Around()
