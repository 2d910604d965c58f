"""How channels will go about what is planned, told before anybody approves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.base import Channel
from channels.base import foreseen as foreseen_by
from engine.models import Content, Foreseen, PlannedDelivery, Registry


def foreseen(
    deliveries: Sequence[PlannedDelivery],
    said: Mapping[str, Content],
    registry: Registry,
    channels: Mapping[str, Channel],
) -> Foreseen:
    """Return it of all channels; ``said`` are the contents by their hashes."""
    lines: list[str] = []
    doubts: list[str] = []
    for name in dict.fromkeys(one.channel for one in deliveries):
        own = [(one, said[one.content_hash]) for one in deliveries if one.channel == name]
        found = foreseen_by(channels[name], own, registry)
        lines += found.lines
        doubts += found.doubts
    return Foreseen(tuple(lines), tuple(doubts))
