"""Posts that are pages: at which address they will be, and whether people see them there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from channels.base import Channel
from engine.models import Registry


@dataclass(frozen=True, slots=True)
class Shown:
    """What a public page shows of a campaign: the words of these hamlets, each since its slot.

    ``url`` is the page that was read.
    """

    url: str
    slots: Mapping[str, datetime]


@runtime_checkable
class ShowsPages(Protocol):
    """A backend whose posts are pages that everybody can read: they are looked at as people do."""

    @property
    def networked(self) -> bool: ...

    def shown(self, campaign_id: str) -> Shown:
        """Read the campaign's public page.

        Raises ChannelError when it does not answer, or shows other words than were posted.
        """
        ...


def permalink_of(channels: Mapping[str, Channel], registry: Registry, campaign_id: str) -> str:
    """Return the public address of a campaign's post, as the channel that posts has it.

    Where none says, it is the campaign's folder on the commune's portal.
    """
    for channel in channels.values():
        permalink: Callable[[Registry, str], str] | None = getattr(channel, "permalink", None)
        if permalink is not None:
            return permalink(registry, campaign_id)
    return f"{registry.portal.url}/{campaign_id}/"
