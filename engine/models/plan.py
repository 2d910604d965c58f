"""What a campaign comes to: deliveries, their contents, and the rules they would break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.models.content import Content
from engine.models.delivery import Forecast
from engine.models.session import Shift
from engine.models.terms import Priority, Purpose
from engine.models.truth import Spot


def slot_key(slot: datetime) -> str:
    """Return the same text for the same moment, in whatever zone it is written."""
    return slot.astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One delivery before it is in the ledger.

    ``asap``: the slot follows from the moment of approval, so another moment is the same
    delivery. ``work_at`` is slot − lead; ``expires_at`` the moment after which it must not
    be sent any more. ``households`` is how many of the hamlet's the campaign is for.
    ``moved_from`` is the slot that it was meant for, when it had to give way.
    """

    hamlet_id: str
    channel: str
    backend: str
    target: str
    slot: datetime
    asap: bool
    purpose: Purpose
    content_hash: str
    priority: Priority
    households: int
    work_at: datetime
    expires_at: datetime
    forecast: Forecast = field(compare=False, default=Forecast(""))
    moved_from: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str, str, str, str]:
        """What makes it the same delivery; a moment that follows from approval does not."""
        slot = "asap" if self.asap else slot_key(self.slot)
        return (self.hamlet_id, self.channel, self.target, slot, self.purpose, self.content_hash)


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that a plan would break; empty fields mean that all are concerned.

    ``waived``: the campaign may break it all the same (an emergency may break the hours);
    it is shown and recorded, and stops nothing. ``slots`` are the times that break it, and
    for a move also the one that it goes to.
    ``late``: it is only too late; earlier, the same campaign broke nothing.
    ``spots`` are the places in the campaign's file that say what is wrong.
    """

    message: str
    channel: str = ""
    hamlet_id: str = ""
    target: str = ""
    waived: bool = False
    slots: tuple[datetime, ...] = ()
    late: bool = False
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How a channel will go about what is planned; ``doubts`` say what will not come in time."""

    lines: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


#: A frozen content, and the hashes of the contents it needs, by channel.
Frozen = tuple[Content, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every delivery of one campaign, in a fixed order.

    ``contents`` are the words by their content hash; ``needs`` names, for a content that
    builds on other channels' artifacts, the contents those are made from.

    ``fingerprint`` is the hash of what approval is bound to: audience, places, fixed times,
    and every word as it would be read or heard. ``shifts`` are what other campaigns have on
    air and must give way. ``kept`` are amendments in the ledger, by id, that say the same already.
    ``remarks`` are what else an official should look at, ``foreseen`` how channels will go about
    it.
    """

    campaign_id: str
    deliveries: tuple[PlannedDelivery, ...]
    contents: Mapping[str, Content]
    needs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()
    fingerprint: str = ""
    shifts: tuple[Shift, ...] = ()
    kept: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()
    foreseen: tuple[str, ...] = ()

    @property
    def stops(self) -> tuple[Breach, ...]:
        """Breaches that forbid submitting and approving."""
        return tuple(breach for breach in self.breaches if not breach.waived)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return everything that an official should look at, once."""
        found = (doubt for one in self.deliveries for doubt in one.forecast.doubts)
        return tuple(dict.fromkeys((*self.remarks, *found)))

    def frozen(self, hashes: Iterable[str]) -> dict[str, Frozen]:
        """Return contents by their hashes, each with those it needs, as the ledger keeps them."""
        return {key: (self.contents[key], dict(self.needs.get(key, {}))) for key in hashes}
