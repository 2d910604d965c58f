"""What is tracked (delivery), what is sent (bundle), and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.models.terms import Priority, Repeat


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and when a channel would act for one hamlet.

    ``target`` is an id of the registry; ``backend`` one of the channel's. ``at`` None means
    as soon as the campaign is approved and the hour is allowed; ``repeat``: and again after that.
    """

    target: str
    backend: str
    at: datetime | None = None
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """A part of what a channel makes for which the text is too long or cannot be set.

    ``part`` is its name in the campaign (``a6``), which ``Options.without`` leaves out. ``cut``
    is how many characters must go; 0 when shortening the text does not help. ``words`` say it
    to a person, and stand among the forecast's breaches too.
    """

    part: str
    cut: int
    words: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a delivery would amount to, known without rendering it.

    ``text`` is exactly what people would read or hear. ``seconds`` of audio, ``sheets`` of
    paper. ``doubts`` are readings an official should look at; ``breaches`` are reasons why
    it cannot be delivered as it stands. Both are sentences in the reader's language. ``unfit``
    tells which parts they are about, where the others could be delivered without them.
    """

    text: str
    seconds: float = 0.0
    sheets: int = 0
    doubts: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    unfit: tuple[Unfit, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Deliveries of one channel that leave together because they share target and slot.

    ``slot`` is aware. ``version`` grows when items join or leave. ``edition`` counts what was
    handed over: 1 until the far side has taken it, then 2 for what is sent after that; it
    stays the same when a send that was cut short is done again, and so does ``key``.
    """

    id: int
    commune_id: str
    channel: str
    backend: str
    target: str
    slot: datetime
    version: int
    priority: Priority
    edition: int = 1

    @property
    def key(self) -> str:
        """The idempotency key: one for each edition."""
        return f"{self.commune_id}/{self.channel}/{self.id}/{self.edition}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the far side said when it took a bundle.

    ``reference`` is a path, a message id, an address; ``detail`` anything else worth keeping.
    ``ends_at`` is when what was handed over will have been heard; None where nothing is.
    """

    reference: str
    detail: Mapping[str, str] = field(default_factory=dict)
    ends_at: datetime | None = None


class EvidenceKind(StrEnum):
    """What shows that people could be reached."""

    PLAYED = "played"
    PAGE_ANSWERS = "page_answers"
    RELAYED = "relayed"
    HANDED_OUT = "handed_out"
    RECEIVED = "received"
    HEARD = "heard"
    UPLOADED = "uploaded"
    VISITED = "visited"
    ABSENT = "absent"
    REFUSED = "refused"
    NEEDS_HELP = "needs_help"
    NOT_RELAYED = "not_relayed"

    @property
    def of_households(self) -> bool:
        """Say whether it is about households reached, not about who passes something on."""
        return self not in _NOT_REACHED

    @property
    def confirms(self) -> bool:
        """Say whether it shows that anybody was reached: what lies in a system has not aired."""
        return self not in _SHOWS_NOBODY and self not in _NO_VISIT


#: What teams found that is no visit: nobody was at home, nobody wanted to listen. Who needs help
#: was visited, and is counted there.
_NO_VISIT = frozenset({EvidenceKind.ABSENT, EvidenceKind.REFUSED, EvidenceKind.NEEDS_HELP})
#: That it was not passed on speaks against what others say, and shows nothing itself.
_SHOWS_NOBODY = frozenset({EvidenceKind.UPLOADED, EvidenceKind.NOT_RELAYED})
_NOT_REACHED = frozenset({EvidenceKind.RECEIVED}) | _SHOWS_NOBODY | _NO_VISIT


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence for one delivery. ``households`` None means no number was given.

    ``left_over`` is how many printed copies were left, below zero how many were lacking.
    ``views`` is how often a page was opened: at most so many households saw it, and maybe none.
    ``product``: of a campaign's printed products, this one alone was handed out, beside the one
    that stands for the delivery. It says nothing of households, which have that one as well.
    """

    delivery_id: int
    kind: EvidenceKind
    by: str
    at: datetime
    source: str
    households: int | None = None
    left_over: int | None = None
    views: int | None = None
    product: str = ""

    @property
    def of_households(self) -> bool:
        """Say whether it is about households that the message reached."""
        return self.kind.of_households and not self.product

    @property
    def confirms(self) -> bool:
        """Say whether it shows that what was sent reached anybody."""
        return self.kind.confirms and not self.product and not self.of_nobody

    @property
    def of_nobody(self) -> bool:
        """Say whether it is about visits or telling that reached no household."""
        if self.kind is EvidenceKind.VISITED:
            return not self.households
        return self.kind is EvidenceKind.RELAYED and self.households == 0
