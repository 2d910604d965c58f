"""When what was not played is tried again: the next allowed slot, if the campaign says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from channels.base import Channel
from channels.framed import around_of
from channels.leading import lead_of
from engine.clock import VIETNAM, local
from engine.i18n import gettext as _
from engine.ledger import Ledger
from engine.ledger.awaited import Awaiting
from engine.ledger.tries import ItemKey, Told
from engine.models import Content, Forecast, PlannedDelivery, Priority, Registry, Sound
from engine.rules import Book
from engine.rules.on_air import sessions_on_air
from engine.states import State

#: How often one delivery is tried again; after that a person must look at the player.
MOST: Final = 2

#: How long before its slot a second try must be known, for the player to have it in time; the
#: station's own cut-off may be longer.
NOTICE: Final = timedelta(minutes=10)

#: Days ahead in which what is due anyway is looked for.
DAYS: Final = 14

#: A try that was sent is judged soon after its slot; one of longer ago is awaited no more.
LATELY: Final = timedelta(days=1)

#: A try in these states was stopped: it does not count as one.
_STOPPED: Final = frozenset({State.CANCELLED, State.EXPIRED, State.SUPERSEDED, State.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Again:
    """A try: the delivery, what it tries anew, and for the how-manieth time."""

    delivery: PlannedDelivery
    of: int
    number: int


class SecondTries:
    """Finds slots for one commune, as its station's day stands when it is made.

    A try joins a programme of the day that airs anyway, and makes one of its own only where
    there is none; in the book of sessions it weighs less than what airs for the first time.
    One try at a time stands for all that was not played of the same item.
    """

    def __init__(
        self,
        ledger: Ledger,
        channel: Channel,
        registry: Registry,
        now: datetime,
        silent: Sequence[Awaiting],
    ) -> None:
        """``silent`` are those that will be asked about, in order."""
        self._ledger = ledger
        self._channel = channel
        self._registry = registry
        self._now = now
        self._silent = silent
        self._wanted: dict[tuple[str, int], bool] = {}
        self._contents: dict[str, Content | None] = {}

    def of(self, one: Awaiting) -> tuple[Again | None, str]:
        """Return what tries again, and in words when it does, or why nothing does.

        The words are empty where the campaign does not ask for it.
        """
        if not self._is_wanted(one):
            return None, ""
        told = self._told[one.item]
        this = Told(one.id, one.slot, State.NOT_PLAYED, one.number)
        told[:] = [this, *(other for other in told if other.id != one.id)]
        waited_for = next((other for other in told if self._is_to_come(other)), None)
        if waited_for is not None:
            return None, _("the try at {slot} stands for it").format(slot=_shown(waited_for.slot))
        missed, tried = _neediest(told)
        if missed is None or tried >= MOST:
            return None, _("it was tried again {count} times already").format(count=MOST)
        content = self._content(one.content_hash)
        slot = self._slot(one, content) if content is not None else None
        if content is None or slot is None:
            return None, _("no allowed slot is left for it")
        told.append(Told(0, slot, State.PLANNED, tried + 1))
        planned = self._planned(one, content, slot)
        return Again(planned, missed.id, tried + 1), _("again at {slot}").format(slot=_shown(slot))

    def _is_wanted(self, one: Awaiting) -> bool:
        key = (one.campaign_id, one.revision)
        if key not in self._wanted:
            revision = self._ledger.revisions.get(*key)
            sections = revision.campaign.sections if revision is not None else {}
            section = sections.get(self._channel.name)
            wish = getattr(section.options, "if_not_played", None) if section is not None else None
            self._wanted[key] = wish == "again"
        return self._wanted[key]

    def _is_to_come(self, told: Told) -> bool:
        """Say whether a try may still be heard."""
        if not told.number:
            return False
        if told.state in (State.HELD, State.PLANNED, State.SENDING):
            return True
        return told.state is State.SENT and told.slot > self._now - LATELY

    def _slot(self, one: Awaiting, content: Content) -> datetime | None:
        """Return the slot in which it fits and is not heard anyway; an emergency's is now."""
        if one.priority is Priority.EMERGENCY:
            return self._now if self._now <= content.valid_until else None
        cutoff = timedelta(minutes=self._registry.station.cutoff_minutes)
        sound = Sound(
            one.campaign_id,
            one.content_hash,
            one.priority,
            self._length(content),
            content.valid_until,
            again=True,
        )
        slot = self._book.join(
            one.cluster,
            sound,
            self._now + max(NOTICE, cutoff) - timedelta(microseconds=1),
            but=self._heard[one.cluster, one.campaign_id, one.hamlet_id],
            times=(local(one.slot).time(),),
        )
        if slot is not None:
            self._heard[one.cluster, one.campaign_id, one.hamlet_id].add(slot)
        return slot

    def _planned(self, one: Awaiting, content: Content, slot: datetime) -> PlannedDelivery:
        expires_at = content.valid_until
        if self._channel.grace is not None:
            expires_at = min(expires_at, slot + self._channel.grace)
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
            work_at=slot - lead_of(self._channel, one.player),
            expires_at=expires_at,
            forecast=Forecast("", seconds=self._length(content)),
        )

    def _content(self, content_hash: str) -> Content | None:
        if content_hash not in self._contents:
            found = self._ledger.deliveries.contents([content_hash]).get(content_hash)
            self._contents[content_hash] = found[0] if found is not None else None
        return self._contents[content_hash]

    def _length(self, content: Content) -> float:
        return self._channel.forecast(content, self._registry.hamlets[0]).seconds

    @cached_property
    def _told(self) -> dict[ItemKey, list[Told]]:
        campaigns = {one.campaign_id for one in self._silent}
        return defaultdict(list, self._ledger.awaited.told(campaigns))

    @cached_property
    def _heard(self) -> dict[tuple[str, str, str], set[datetime]]:
        """When people hear a campaign anyway, by cluster, campaign and hamlet."""
        found: dict[tuple[str, str, str], set[datetime]] = defaultdict(set)
        ends = self._now + timedelta(days=DAYS)
        for one in self._ledger.views.on_loudspeakers(self._now, ends):
            found[one.cluster, one.campaign_id, one.hamlet_id].add(one.slot)
        return found

    @cached_property
    def _book(self) -> Book:
        """The sessions from today on. What was not played was none, and is not one."""
        begins = datetime.combine(local(self._now).date(), datetime.min.time(), tzinfo=VIETNAM)
        channels, registry = {self._channel.name: self._channel}, self._registry
        sessions = sessions_on_air(self._ledger, channels, registry, after=begins, now=self._now)
        book = Book(sessions, registry, around_of(self._channel, registry))
        for one in self._silent:
            book.remove(one.cluster, one.slot, one.content_hash)
        return book


def _neediest(told: Sequence[Told]) -> tuple[Told | None, int]:
    """Return what was tried again least since it was not played, and how often it was."""
    tries = [one for one in told if one.number and one.state not in _STOPPED]
    counted = []
    for one in told:
        later = [other for other in tries if other.slot > one.slot]
        heard = any(other.state is State.CONFIRMED for other in later)
        if not one.number and one.state is State.NOT_PLAYED and not heard:
            counted.append((len(later), -one.slot.timestamp(), one))
    if not counted:
        return None, MOST
    tried, _newest_first, missed = min(counted, key=lambda one: one[:2])
    return missed, tried


def _shown(slot: datetime) -> str:
    return f"{local(slot):%H:%M %d/%m/%Y}"
