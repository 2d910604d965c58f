"""What a cluster has on air in one slot: the sounds of its session, and what is around them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from engine.models.terms import Priority


@dataclass(frozen=True, slots=True)
class Around:
    """Seconds that a programme takes besides its items.

    ``ends``: its opening and closing; ``between``: the bridge from one item to the next;
    ``opening``: what of ``ends`` comes before the first item.
    """

    ends: float = 0.0
    between: float = 0.0
    opening: float = 0.0

    def session(self, seconds: Collection[float]) -> float:
        """Return how long a programme of such items lasts; one without items is none."""
        if not seconds:
            return 0.0
        return self.ends + sum(seconds) + self.between * (len(seconds) - 1)


@dataclass(frozen=True, slots=True)
class Sound:
    """One distinct sound of a campaign in a session; ``key`` is its content's hash.

    ``until`` is when its campaign ends, ``since`` when that was first approved. What is
    ``firm`` stays where it is: it is being handed over, or its slot has come. ``again``: it is a
    second try, because another was not played.
    """

    campaign_id: str
    key: str
    priority: Priority
    seconds: float
    until: datetime
    since: datetime | None = None
    firm: bool = False
    again: bool = False


#: Sounds by (cluster, slot) and content hash.
Sessions = Mapping[tuple[str, datetime], Mapping[str, Sound]]

#: Nobody is on air.
NO_SESSIONS: Sessions = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Shift:
    """A sound of a cluster that gives way: from its slot to a later one, or to none at all.

    ``until`` is when its campaign ends. ``reason`` is said with each of its deliveries.
    """

    cluster: str
    slot: datetime
    campaign_id: str
    key: str
    to: datetime | None
    until: datetime
    reason: str
