"""Carrying a message on: who gets a link, what it shows, and what comes back through it.

Commune to head and head to households are two deliveries. "Received" settles the first and says
nothing about households; "passed on" is evidence for the second. What two people say differently
is kept of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from channels.base import Channel
from channels.chat.channel import ChatChannel
from channels.chat.platforms import ZALO
from engine.dispatch.confirming import Word, confirm, deny, relayed_from
from engine.dispatch.rendering import Renderer
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow, Ledger
from engine.ledger.relays import Author
from engine.models import Evidence, EvidenceKind, File, GroupKind, Hamlet, Registry
from engine.models.relay import RelayLink, Way, WordKind
from engine.models.word import Judged, judged, way_of
from engine.models.wording import way_note
from engine.states import State

#: Longest text that somebody may write, in characters.
LONGEST = 1_000

#: What the page shows lies with the far side, or did.
_SHOWN = (State.SENT, State.CONFIRMED, State.UNCERTAIN)

#: What people say of passing a message on.
_OF_PASSING_ON = (EvidenceKind.RELAYED, EvidenceKind.NOT_RELAYED)

#: What is over without having been sent is nothing to pass on.
_OVER = (State.CANCELLED, State.EXPIRED, State.SUPERSEDED, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Told:
    """One hamlet on somebody's page.

    ``texts`` are the messages to be passed on, none when there is nothing any more. ``said`` is
    what was said already of their being passed on, or not.
    """

    hamlet: Hamlet
    households: int
    texts: tuple[str, ...]
    flyer: bool
    sound: bool
    received: bool
    said: tuple[Judged, ...]

    @property
    def passed_on(self) -> bool:
        """Say whether somebody says so, still."""
        return any(one.holds and one.piece.kind is EvidenceKind.RELAYED for one in self.said)

    def way_of(self, person_id: str) -> str:
        """Return by which way a person told people, by his last word; "" where he named none."""
        theirs = [way_of(one.piece) for one in self.said if one.piece.by == person_id]
        return next(filter(None, reversed(theirs)), "")


@dataclass(frozen=True, slots=True)
class Page:
    """What one link shows."""

    link: RelayLink
    person: str
    office: str
    phone: str
    title: str
    drill: bool
    hamlets: tuple[Told, ...]


class Relaying:
    """The relay of one commune."""

    def __init__(
        self,
        ledger: Ledger,
        registry: Registry,
        channels: Mapping[str, Channel],
        renderer: Renderer,
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        chat = channels[ChatChannel.name]
        assert isinstance(chat, ChatChannel)
        self._chat = chat
        self._renderer = renderer

    def links(self, campaign_id: str, now: datetime, life: timedelta) -> list[RelayLink]:
        """Return a link for everybody who is to pass a campaign on, made where there is none.

        Raises LoaError when nothing of it goes to a head or a hamlet's group.
        """
        hamlets = {row.hamlet_id for row in self._rows(campaign_id)}
        people = dict.fromkeys(
            person
            for hamlet in self._registry.hamlets
            if hamlet.id in hamlets
            for person in self._speakers(hamlet)
        )
        if not people:
            message = _("{campaign}: nobody is there to pass it on (no head, no chat group)")
            raise LoaError(message.format(campaign=campaign_id))
        return [
            self._ledger.relays.link(campaign_id, person, at=now, until=now + life)
            for person in people
        ]

    def page(self, link: RelayLink) -> Page:
        """Return what a link shows, by the registry as it stands: an old head sees nothing.

        Hamlets that nobody has passed it on in come first.
        """
        rows = self._rows(link.campaign_id)
        evidence = self._ledger.evidence.of(link.campaign_id)
        told = [
            self._told(hamlet, [row for row in rows if row.hamlet_id == hamlet.id], evidence)
            for hamlet in self.hamlets_of(link)
        ]
        content = self._any_content(rows)
        commune = self._registry.commune
        person = self._registry.people_by_id.get(link.person_id)
        return Page(
            link,
            person.name if person is not None else link.person_id,
            commune.office,
            commune.phone,
            content[0],
            content[1],
            tuple(sorted(filter(None, told), key=lambda one: one.passed_on)),
        )

    def hamlets_of(self, link: RelayLink) -> list[Hamlet]:
        """Return the hamlets for which the person of a link may speak today."""
        return [
            hamlet for hamlet in self._registry.hamlets if link.person_id in self._speakers(hamlet)
        ]

    def file(self, link: RelayLink, hamlet_id: str, channel: str) -> File | None:
        """Return the hamlet's flyer or sound, as it was made to be sent; None if there is none.

        Raises ChannelError, OSError when it cannot be made or read.
        """
        hamlet = self._hamlet(link, hamlet_id)
        row = self._newest_of(link.campaign_id, hamlet_id, channel)
        return self._renderer.make(row.content_hash, hamlet).file if row is not None else None

    def received(self, link: RelayLink, hamlet_id: str, now: datetime) -> None:
        """Keep that the head has it. Raises LoaError when nothing was sent to him."""
        self._say(link, hamlet_id, now, received=True)

    def passed_on(
        self, link: RelayLink, hamlet_id: str, households: int | None, way: Way, now: datetime
    ) -> None:
        """Keep that so many households were told.

        Raises LoaError for none at all, for then it was not passed on, and as ``confirm`` does.
        """
        if households == 0:
            raise LoaError(
                _(
                    "0 households: then nobody was told yet. If you could not pass it on to any"
                    ' household, press "Chưa chuyển được" and write why.'
                )
            )
        self._say(link, hamlet_id, now, households=households, way=way)

    def write(
        self, link: RelayLink, hamlet_id: str, kind: WordKind, text: str, now: datetime
    ) -> None:
        """Keep a question, or why it was not passed on, for a person at the commune.

        Raises LoaError for no text, or more than ``LONGEST`` characters.
        """
        hamlet = self._hamlet(link, hamlet_id)
        said = " ".join(text.split())
        if not said:
            raise LoaError(_("Please write something first."))
        if len(said) > LONGEST:
            message = _("Found {count} characters; at most {most} are allowed.")
            raise LoaError(message.format(count=len(said), most=LONGEST))
        author = Author(link.campaign_id, hamlet_id, link.person_id)
        self._ledger.relays.write_down(author, kind, said, now)
        if kind is WordKind.NOT_RELAYED:  # evidence, too, beside what was said before
            word = self._word(link, hamlet_id, note=_("through his own link"))
            deny(self._ledger, self._for(link, hamlet), word, now)

    def _say(
        self,
        link: RelayLink,
        hamlet_id: str,
        now: datetime,
        *,
        received: bool = False,
        households: int | None = None,
        way: Way | None = None,
    ) -> None:
        hamlet = self._hamlet(link, hamlet_id)
        note = _("through his own link") if way is None else way_note(way)
        word = self._word(link, hamlet_id, note=note)
        if received:
            word = replace(word, received=True, target=None)
        word = replace(word, households=households)
        confirm(self._ledger, self._for(link, hamlet), word, now)

    def _word(self, link: RelayLink, hamlet_id: str, *, note: str) -> Word:
        """Return a word about the hamlet's passing on."""
        targets = {one.target for one in self._rows(link.campaign_id) if one.hamlet_id == hamlet_id}
        return Word(
            link.campaign_id,
            hamlet_id,
            ChatChannel.name,
            link.person_id,
            target=relayed_from(self._registry, hamlet_id, targets),
            note=note,
            once=True,  # a form that is sent twice counts once
        )

    def _for(self, link: RelayLink, hamlet: Hamlet) -> Registry:
        """Return a registry in which whoever runs the hamlet's group may speak for it."""
        if link.person_id in hamlet.speakers:
            return self._registry
        ours = tuple(
            replace(one, deputies=(*one.deputies, link.person_id)) if one.id == hamlet.id else one
            for one in self._registry.hamlets
        )
        return replace(self._registry, hamlets=ours)

    def _hamlet(self, link: RelayLink, hamlet_id: str) -> Hamlet:
        """Raises LoaError for a hamlet that is not this person's."""
        for hamlet in self.hamlets_of(link):
            if hamlet.id == hamlet_id:
                return hamlet
        raise LoaError(_("This hamlet is not on this link."))

    def _speakers(self, hamlet: Hamlet) -> Iterator[str]:
        yield from hamlet.speakers
        for group in self._registry.chat_groups_by_hamlet.get(hamlet.id, ()):
            if group.kind is GroupKind.HAMLET and group.run_by:
                yield group.run_by

    def _rows(self, campaign_id: str) -> list[DeliveryRow]:
        rows = self._ledger.views.deliveries(campaign_id)
        return [row for row in rows if row.channel == ChatChannel.name and not row.asks]

    def _newest_of(self, campaign_id: str, hamlet_id: str, channel: str) -> DeliveryRow | None:
        rows = [
            row
            for row in self._ledger.views.deliveries(campaign_id)
            if (row.hamlet_id, row.channel) == (hamlet_id, channel) and row.state in _SHOWN
        ]
        return max(rows, key=lambda row: (row.revision, row.id), default=None)

    def _told(
        self, hamlet: Hamlet, rows: Sequence[DeliveryRow], evidence: Sequence[Evidence]
    ) -> Told | None:
        alive = [row for row in rows if row.state not in _OVER]
        if not rows:
            return None
        newest = max(alive, key=lambda row: (row.revision, row.id), default=None)
        ids = {row.id for row in rows}
        ours = [piece for piece in evidence if piece.delivery_id in ids]
        campaign_id = rows[0].campaign_id
        return Told(
            hamlet,
            max(row.households for row in rows),
            self._texts(newest, hamlet) if newest is not None else (),
            flyer=self._newest_of(campaign_id, hamlet.id, "flyer") is not None,
            sound=self._newest_of(campaign_id, hamlet.id, "loudspeaker") is not None,
            received=any(one.kind is EvidenceKind.RECEIVED for one in ours),
            said=tuple(one for one in judged(ours) if one.piece.kind in _OF_PASSING_ON),
        )

    def _texts(self, row: DeliveryRow, hamlet: Hamlet) -> tuple[str, ...]:
        content, _needs = self._ledger.deliveries.content(row.content_hash)
        platforms = [
            group.platform
            for group in self._registry.chat_groups_by_hamlet.get(hamlet.id, ())
            if group.kind is GroupKind.HAMLET
        ]
        return self._chat.to_pass_on(content, platforms[0] if platforms else ZALO.id)

    def _any_content(self, rows: Sequence[DeliveryRow]) -> tuple[str, bool]:
        newest = max(rows, key=lambda row: (row.revision, row.id), default=None)
        if newest is None:
            return "", False
        content, _needs = self._ledger.deliveries.content(newest.content_hash)
        return content.title, content.drill
