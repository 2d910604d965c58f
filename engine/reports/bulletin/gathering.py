"""Gathering a bulletin: what the ledger froze, in the newest approved words of each campaign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.ledger import DeliveryRow, Ledger, Revision, Status
from engine.models import Content, Priority, Purpose, Registry
from engine.reports.bulletin.period import Period
from engine.states import State

#: The form whose words are taken where a campaign has several: what is written for readers first.
_READ_FIRST = ("portal", "flyer", "chat", "loudspeaker")
#: Nobody was told by these, and nobody will be.
_NEVER_TOLD = frozenset({State.CANCELLED, State.SUPERSEDED, State.FAILED, State.EXPIRED})
_ORDER = {Priority.EMERGENCY: 0, Priority.IMPORTANT: 1, Priority.ROUTINE: 2}


@dataclass(frozen=True, slots=True)
class Told:
    """One wording, and the hamlets it is for; none named where it is for all of the commune."""

    content: Content
    hamlets: tuple[str, ...] = ()

    @property
    def withdrawn(self) -> bool:
        """Whether it tells its hamlets that the notice does not hold there any more."""
        return self.content.purpose is Purpose.WITHDRAWAL


@dataclass(frozen=True, slots=True)
class Item:
    """One campaign as the bulletin tells it. ``permalink`` is empty where no post was made.

    ``expired`` and ``stopped``: it holds no more; of what was stopped nothing is told again.
    """

    campaign_id: str
    revision: int
    title: str
    issuer: str
    priority: Priority
    approved_at: datetime
    valid_until: datetime
    contact: str
    told: tuple[Told, ...]
    permalink: str = ""
    expired: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A period's campaigns of one commune; urgent ones first, then the newest."""

    period: Period
    registry: Registry
    items: tuple[Item, ...]

    @property
    def made_at(self) -> datetime:
        """The date that the document bears: of the newest approval in it, so that it is stable."""
        return max((item.approved_at for item in self.items), default=self.period.since)


def gathered(ledger: Ledger, registry: Registry, period: Period, now: datetime) -> Bulletin:
    """Return what the commune approved in ``period``, each in its newest approved words.

    Left out are drills, and what was cancelled before anybody was told.
    """
    items = tuple(_items(ledger, registry, period, now))
    return Bulletin(period, registry, tuple(sorted(items, key=_place)))


def _place(item: Item) -> tuple[bool, int, float]:
    """What holds stands before what does not, urgent before ordinary, new before old."""
    over = item.stopped or item.expired
    return over, _ORDER[item.priority], -item.approved_at.timestamp()


def _items(ledger: Ledger, registry: Registry, period: Period, now: datetime) -> Iterator[Item]:
    for campaign_id, number in ledger.views.approved(period.since, period.before):
        item = item_of(ledger, registry, campaign_id, number, now)
        if item is not None:
            yield item


def item_of(
    ledger: Ledger, registry: Registry, campaign_id: str, number: int, now: datetime
) -> Item | None:
    """Return a campaign as a bulletin tells its revision ``number``; None if it leaves it out."""
    revision = ledger.revisions.get(campaign_id, number)
    if revision is None or revision.campaign.drill:
        return None
    rows = ledger.views.deliveries(campaign_id)
    stopped = revision.status is Status.CANCELLED
    told = [row for row in rows if stopped or row.state not in _NEVER_TOLD]
    if stopped and not any(row.state not in _NEVER_TOLD for row in rows):
        return None
    return _item(ledger, registry, revision, told, now)


def _item(
    ledger: Ledger,
    registry: Registry,
    revision: Revision,
    rows: Sequence[DeliveryRow],
    now: datetime,
) -> Item | None:
    used = {row.channel for row in rows}
    channel = next((name for name in _READ_FIRST if name in used), None)
    if channel is None or revision.approved_at is None:
        return None
    words = _words(ledger, registry, [row for row in rows if row.channel == channel])
    campaign = revision.campaign
    first = leading(words)
    return Item(
        campaign_id=revision.campaign_id,
        revision=revision.revision,
        title=first.title,
        issuer=first.issuer,
        priority=campaign.urgency,
        approved_at=revision.approved_at,
        valid_until=campaign.valid_until,
        contact=first.contact,
        told=words,
        permalink=first.permalink if "portal" in used else "",
        expired=campaign.valid_until < now and not all(one.withdrawn for one in words),
        stopped=revision.status is Status.CANCELLED,
    )


def leading(told: Sequence[Told]) -> Content:
    """Return the words that stand for a campaign: of a place where it holds, if there is one."""
    return next((one for one in told if not one.withdrawn), told[0]).content


def _words(ledger: Ledger, registry: Registry, rows: Sequence[DeliveryRow]) -> tuple[Told, ...]:
    """Return each distinct wording with its hamlets, in the registry's order."""
    wording = {row.hamlet_id: row.content_hash for row in rows}
    frozen = ledger.deliveries.contents(set(wording.values()))
    place = {hamlet.id: number for number, hamlet in enumerate(registry.hamlets)}
    hamlets: dict[str, list[str]] = {}
    for hamlet_id in sorted(wording, key=lambda one: (place.get(one, len(place)), one)):
        hamlets.setdefault(wording[hamlet_id], []).append(hamlet_id)
    everybody = len(hamlets) == 1 and place.keys() <= wording.keys()
    return tuple(
        Told(frozen[key][0], () if everybody else tuple(_names(registry, ids)))
        for key, ids in hamlets.items()
    )


def _names(registry: Registry, ids: Sequence[str]) -> Iterator[str]:
    known = registry.hamlets_by_id
    return (known[one].name if one in known else one for one in ids)
