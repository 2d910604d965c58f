"""A report's lines: deliveries, events and evidence, in local time and without personal data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.ledger import DeliveryRow, EventRow, remark_of
from engine.models import Evidence, EvidenceKind, Person, Purpose, Registry
from engine.models.word import Judged
from engine.models.wording import evidence_word, others_word, views_in_words
from engine.reports.handed import product_name
from engine.reports.matrix import hamlet_name
from engine.reports.plain import Discreet
from engine.reports.words import number
from engine.states import State


@dataclass(frozen=True, slots=True)
class Who:
    """A person, without personal data: the id in the registry, and the office held."""

    id: str
    role: str

    def __str__(self) -> str:
        return f"{self.id} ({self.role})" if self.role else self.id


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery. ``replaced``: a later revision or a cancellation left it behind.

    ``remark`` is what a person should know about how it was made when it was last sent.
    """

    id: int
    revision: int
    hamlet_id: str
    hamlet: str
    channel: str
    backend: str
    target: str
    slot: datetime
    purpose: Purpose
    state: State
    households: int
    reason: str
    changed_at: datetime
    replaced: bool
    remark: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """One thing that happened. ``hamlet`` and ``channel`` are empty unless it moved a delivery."""

    id: int
    at: datetime
    actor: Who
    what: str
    before: str
    detail: str
    delivery_id: int | None
    hamlet: str
    channel: str


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One piece of evidence. ``households`` None means that nobody gave a number.

    ``holds``: its author has not said otherwise since; ``denied``: somebody else has.
    ``deputy``: whoever speaks for the hamlet's head gave it.
    """

    at: datetime
    delivery_id: int
    hamlet: str
    channel: str
    kind: EvidenceKind
    households: int | None
    by: Who
    source: str
    views: int | None = None
    product: str = ""
    holds: bool = True
    denied: bool = False
    deputy: bool = False

    @property
    def what(self) -> str:
        """What it shows; of one printed product among several, which."""
        what = evidence_word(self.kind)
        if self.deputy:
            what = others_word(self.kind, deputy=True)
        return f"{what} ({product_name(self.product)})" if self.product else what

    @property
    def number(self) -> str:
        """The number that was given, in words where it is not of households."""
        mark = "" if self.holds else _("said otherwise since")
        if self.holds and self.denied:
            mark = _("somebody else says it was not passed on")
        return joined("; ", (self._number, mark))

    @property
    def _number(self) -> str:
        if self.households is not None:
            return number(self.households)
        if self.kind is EvidenceKind.NOT_RELAYED:
            return "–"
        return views_in_words(self.views) if self.views is not None else _("no number")


class Lines:
    """Turns ledger rows into lines of a report."""

    def __init__(
        self,
        registry: Registry,
        people: Mapping[str, Person],
        discreet: Discreet,
        rows: Iterable[DeliveryRow],
        events: Iterable[EventRow],
        speaking: Iterable[Registry] = (),
    ) -> None:
        """``speaking``: registries by which people spoke, ``registry`` itself when there are none.

        The first that knows somebody in a hamlet says whether he is the head there.
        """
        self._registry = registry
        self._speaking = tuple(speaking) or (registry,)
        self._people = people
        self._known: dict[str, Who] = {}
        rows = list(rows)
        self._hamlets = {row.id: row.hamlet_id for row in rows}
        self._places = {row.id: (self._hamlet(row.hamlet_id), row.channel) for row in rows}
        self._remarks = {
            event.delivery_id: remark_of(event.detail)
            for event in events
            if event.to_state == State.SENT
        }
        self.discreet = discreet

    def who(self, person_id: str) -> Who:
        if person_id not in self._known:
            person = self._people.get(person_id)
            role = self.discreet(person.role) if person else ""
            self._known[person_id] = Who(self.discreet(person_id), role)
        return self._known[person_id]

    def place(self, delivery_id: int | None) -> tuple[str, str]:
        """Return the hamlet's name and the channel; both empty for no delivery."""
        return self._places.get(delivery_id, ("", "")) if delivery_id is not None else ("", "")

    def delivery(self, row: DeliveryRow) -> DeliveryLine:
        return DeliveryLine(
            id=row.id,
            revision=row.revision,
            hamlet_id=row.hamlet_id,
            hamlet=self._hamlet(row.hamlet_id),
            channel=row.channel,
            backend=row.backend,
            target=row.target,
            slot=local(row.slot),
            purpose=row.purpose,
            state=row.state,
            households=row.households,
            reason=self.discreet(row.reason),
            changed_at=local(row.changed_at),
            replaced=row.replaced,
            remark=self.discreet(self._remarks.get(row.id, "")),
        )

    def event(self, row: EventRow) -> EventLine:
        hamlet, channel = self.place(row.delivery_id)
        return EventLine(
            id=row.id,
            at=local(row.at),
            actor=self.who(row.actor),
            what=row.to_state,
            before=row.from_state,
            detail=self.discreet(row.detail),
            delivery_id=row.delivery_id,
            hamlet=hamlet,
            channel=channel,
        )

    def evidence(self, word: Judged) -> EvidenceLine:
        piece = word.piece
        hamlet, channel = self.place(piece.delivery_id)
        return EvidenceLine(
            at=local(piece.at),
            delivery_id=piece.delivery_id,
            hamlet=hamlet,
            channel=channel,
            kind=piece.kind,
            households=piece.households,
            by=self.who(piece.by),
            source=self.discreet(piece.source),
            views=piece.views,
            product=piece.product,
            holds=word.holds,
            denied=word.denied,
            deputy=self._is_deputy(piece),
        )

    def _is_deputy(self, piece: Evidence) -> bool:
        for registry in self._speaking:
            hamlet = registry.hamlets_by_id.get(self._hamlets.get(piece.delivery_id, ""))
            if hamlet is not None and piece.by in (hamlet.head, *registry.seconds(hamlet)):
                return piece.by != hamlet.head
        return False

    def _hamlet(self, hamlet_id: str) -> str:
        return hamlet_name(self._registry, hamlet_id)
