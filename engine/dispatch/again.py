"""When what was not played is tried again: the next allowed slot, if the campaign says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from channels.base import Channel
from engine.clock import VIETNAM, local
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.awaited import Awaiting
from engine.models import Content, Forecast, PlannedDelivery, Priority, Registry
from engine.rules import airtime_breaches, next_allowed

#: How often one delivery is tried again; after that a person must look at the player.
MOST: Final = 2

#: How long before its slot a second try must be known, for the player to have it in time.
NOTICE: Final = timedelta(minutes=10)

#: Days ahead in which a slot is looked for.
DAYS: Final = 14


class SecondTries:
    """Finds slots for one commune, as its station's day stands when it is made."""

    def __init__(self, ledger: Ledger, channel: Channel, registry: Registry, now: datetime) -> None:
        self._ledger = ledger
        self._channel = channel
        self._registry = registry
        self._now = now
        self._wanted: dict[tuple[str, int], bool] = {}
        self._contents: dict[str, Content | None] = {}
        self._seconds: dict[str, float] = {}

    def of(self, one: Awaiting) -> tuple[PlannedDelivery | None, str]:
        """Return the delivery that tries again, and in words when it does, or why none does.

        The words are empty where the campaign does not ask for it.
        """
        if not self._is_wanted(one):
            return None, ""
        if one.number >= MOST:
            return None, _("it was tried again {count} times already").format(count=one.number)
        content = self._content(one.content_hash)
        slot = self._slot(one, content) if content is not None else None
        if content is None or slot is None:
            return None, _("no allowed slot is left for it")
        planned = self._planned(one, content, slot)
        self._taken[one.cluster, slot][one.content_hash] = self._length(content, one.content_hash)
        self._heard.add((one.cluster, slot, one.campaign_id, one.hamlet_id))
        return planned, _("again at {slot}").format(slot=f"{local(slot):%H:%M %d/%m/%Y}")

    def _is_wanted(self, one: Awaiting) -> bool:
        key = (one.campaign_id, one.revision)
        if key not in self._wanted:
            revision = self._ledger.revisions.get(*key)
            sections = revision.campaign.sections if revision is not None else {}
            section = sections.get(self._channel.name)
            wish = getattr(section.options, "if_not_played", None) if section is not None else None
            self._wanted[key] = wish == "again"
        return self._wanted[key]

    def _slot(self, one: Awaiting, content: Content) -> datetime | None:
        """Return the first slot in which it may air and does not already."""
        if one.priority is Priority.EMERGENCY:
            return self._now if self._now <= content.valid_until else None
        for slot in self._candidates(one):
            if slot > content.valid_until:
                return None
            if (one.cluster, slot, one.campaign_id, one.hamlet_id) in self._heard:
                continue
            if self._may_air(one, content, slot):
                return slot
        return None

    def _candidates(self, one: Awaiting) -> Iterator[datetime]:
        """Yield sessions to come: those planned for the cluster, the station's, its own hours."""
        earliest, today = self._now + NOTICE, local(self._now).date()
        times = {local(one.slot).time(), *(hours.start for hours in self._registry.station.hours)}
        days = [today + timedelta(days=n) for n in range(DAYS)]
        usual = {datetime.combine(day, time, tzinfo=VIETNAM) for day in days for time in times}
        planned = {slot for cluster, slot in self._taken if cluster == one.cluster}
        yield from sorted(slot for slot in usual | planned if slot >= earliest)

    def _may_air(self, one: Awaiting, content: Content, slot: datetime) -> bool:
        registry, cluster = self._registry, one.cluster
        if next_allowed(self._channel.name, registry, one.priority, slot, cluster) != slot:
            return False
        others = {
            place: {key: seconds for key, seconds in heard.items() if key != one.content_hash}
            for place, heard in self._taken.items()
            if place[0] == cluster
        }
        item = self._planned(one, content, slot)
        return not any(airtime_breaches([item], registry, others))

    def _planned(self, one: Awaiting, content: Content, slot: datetime) -> PlannedDelivery:
        expires_at = content.valid_until
        if self._channel.grace is not None:
            expires_at = min(expires_at, slot + self._channel.grace)
        seconds = self._length(content, one.content_hash)
        return PlannedDelivery(
            hamlet_id=one.hamlet_id,
            channel=self._channel.name,
            backend=one.player,
            target=one.cluster,
            slot=slot,
            asap=False,
            purpose=one.purpose,
            content_hash=one.content_hash,
            priority=one.priority,
            households=one.households,
            work_at=slot - self._channel.lead,
            expires_at=expires_at,
            forecast=Forecast("", seconds=seconds),
        )

    def _content(self, content_hash: str) -> Content | None:
        if content_hash not in self._contents:
            found = self._ledger.deliveries.contents([content_hash]).get(content_hash)
            self._contents[content_hash] = found[0] if found is not None else None
        return self._contents[content_hash]

    def _length(self, content: Content, content_hash: str) -> float:
        if content_hash not in self._seconds:
            hamlet = self._registry.hamlets[0]
            self._seconds[content_hash] = self._channel.forecast(content, hamlet).seconds
        return self._seconds[content_hash]

    @cached_property
    def _airings(self) -> list[tuple[str, datetime, str, str, str]]:
        ends = self._now + timedelta(days=DAYS)
        begins = self._now - timedelta(days=1)
        return [
            (one.cluster, one.slot, one.campaign_id, one.hamlet_id, one.content_hash)
            for one in self._ledger.views.on_loudspeakers(begins, ends)
        ]

    @cached_property
    def _heard(self) -> set[tuple[str, datetime, str, str]]:
        return {one[:4] for one in self._airings}

    @cached_property
    def _taken(self) -> defaultdict[tuple[str, datetime], dict[str, float]]:
        """What is on air, or will be, with its seconds, by cluster and slot."""
        found: defaultdict[tuple[str, datetime], dict[str, float]] = defaultdict(dict)
        for cluster, slot, _campaign, _hamlet, content_hash in self._airings:
            content = self._content(content_hash)
            if content is not None:
                found[cluster, slot][content_hash] = self._length(content, content_hash)
        return found
