"""How long before its slot work on a bundle starts."""

from __future__ import annotations

from datetime import timedelta

from channels.base import Channel


def lead_of(channel: Channel, backend: str) -> timedelta:
    """Return how long before a slot work starts, for what goes by one of a channel's backends.

    A backend asks for more than the channel's ``lead`` by an attribute ``ahead``, a timedelta:
    where a person has something to do before the slot.
    """
    ahead: timedelta = getattr(channel.backends.get(backend), "ahead", timedelta(0))
    return max(channel.lead, ahead)
