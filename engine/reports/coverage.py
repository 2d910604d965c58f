"""Coverage: the households that evidence covers, as bounds that say what they assume.

Only deliveries that stand ``confirmed`` count. How far two channels reach the same
households is unknown, so what they cover together lies between the larger of the two (one
within the other) and their sum (no household twice).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from engine.i18n import gettext as _
from engine.ledger import DeliveryRow
from engine.models import Evidence, GroupKind, Purpose, Registry
from engine.models.visit import standing
from engine.models.word import Judged, judged
from engine.reports.coverage_words import basis_of
from engine.reports.handed import ProductHanded, products_handed
from engine.reports.matrix import hamlet_name
from engine.states import State


@dataclass(frozen=True, slots=True)
class Bounds:
    """Households: at least ``lower``, at most ``upper``."""

    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class ChannelCoverage:
    """What one channel's evidence covers in one hamlet.

    ``counted``: somebody gave a number. ``reported`` is the largest number given, as given;
    ``disputed``: several were given for one delivery; ``denied``: somebody said later that it was
    not passed on. ``left_over`` is how many printed copies
    were left by the last word, below zero how many were lacking. ``views`` is how often a page
    was opened, where that is all that is known.
    """

    channel: str
    households: Bounds
    counted: bool
    reported: int | None = None
    disputed: bool = False
    denied: bool = False
    left_over: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class HamletCoverage:
    """One hamlet: households meant, those covered, and on what ground.

    ``covered`` are those that at least one channel covers, ``twice`` those that at least two do.
    ``products``: printed ones that were handed out beside the one that counts households, which
    whoever got another has as well.
    """

    hamlet_id: str
    name: str
    households: int
    covered: Bounds
    channels: tuple[ChannelCoverage, ...]
    twice: Bounds = Bounds(0, 0)
    products: tuple[ProductHanded, ...] = ()

    @property
    def confirmed(self) -> bool:
        """Whether any channel has evidence that households could be reached."""
        return bool(self.channels)

    @property
    def complete(self) -> bool:
        return self.confirmed and self.covered.lower >= self.households

    @property
    def basis(self) -> tuple[str, ...]:
        """What the numbers rest on and assume, in words; to be shown beside them."""
        return (*basis_of(self), *(one.in_words for one in self.products))


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole audience. Hamlets share no household, so their bounds add up."""

    hamlets: tuple[HamletCoverage, ...]

    @property
    def households(self) -> int:
        return sum(hamlet.households for hamlet in self.hamlets)

    @property
    def covered(self) -> Bounds:
        return _sum(hamlet.covered for hamlet in self.hamlets)

    @property
    def twice(self) -> Bounds:
        return _sum(hamlet.twice for hamlet in self.hamlets)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What every number here assumes."""
        visits = _(
            "Visits count the households that a team met, by the last word of each person who"
            " reported; nobody at home, and whoever refused, do not count."
        )
        visited = any(one.channel == "team" for hamlet in self.hamlets for one in hamlet.channels)
        return (
            _(
                "Lower bound: in each hamlet, the largest single confirmed channel. Upper bound: "
                "all its confirmed channels added up, never more than its households. How far "
                "channels reach the same households is not known. Of one person the last number "
                "holds; what somebody denies is not sure."
            ),
            _(
                "What a hamlet head received does not count: only what is known to have gone on "
                "to households does."
            ),
            *((visits,) if visited else ()),
            *((views_assumption(),) if any(map(_viewed, self.hamlets)) else ()),
        )


def views_assumption() -> str:
    """Say what a number of page views is taken for."""
    return _(
        "Page views: each is one household at most, perhaps none; of which hamlet is not known, "
        "so they count as possible in every hamlet that the page is for."
    )


def _viewed(hamlet: HamletCoverage) -> bool:
    return any(one.views is not None for one in hamlet.channels)


def coverage(
    rows: Sequence[DeliveryRow],
    evidence: Sequence[Evidence],
    registry: Registry,
    households: Mapping[str, int],
) -> Coverage:
    """Work coverage out for each hamlet in ``households`` (id → households meant), in its order."""
    by_place = _channel_bounds(rows, evidence, registry, households)
    products = products_handed(rows, evidence)
    hamlets = []
    for hamlet_id, meant in households.items():
        channels = tuple(sorted(by_place.get(hamlet_id, ()), key=_strength))
        bounds = [one.households for one in channels]
        covered, twice = together(bounds, meant), at_least_two(bounds, meant)
        name = hamlet_name(registry, hamlet_id)
        handed = products.get(hamlet_id, ())
        hamlets.append(HamletCoverage(hamlet_id, name, meant, covered, channels, twice, handed))
    return Coverage(tuple(hamlets))


def together(parts: Iterable[Bounds], households: int) -> Bounds:
    """Return what ``parts`` cover together when their overlap is unknown."""
    known = tuple(parts)
    lower = max((part.lower for part in known), default=0)
    return Bounds(lower, min(households, sum(part.upper for part in known)))


def at_least_two(parts: Sequence[Bounds], households: int) -> Bounds:
    """Return how many households two of ``parts`` or more cover, when overlaps are unknown.

    At least: what some parts cover together beyond one for each household must lie with some
    household a second time, and no household takes more than all of those parts; the parts that
    say most are the largest ones. At most: the largest number that the parts can fill twice,
    each with a household once.
    """
    if len(parts) < 2 or not households:
        return Bounds(0, 0)
    lowers = sorted((min(part.lower, households) for part in parts), reverse=True)
    beyond = (total - households for total in accumulate(lowers))
    lower = max(-(-more // others) for others, more in enumerate(beyond) if others)
    uppers = [min(part.upper, households) for part in parts]
    upper = min(households, sum(uppers) // 2, sum(uppers) - max(uppers))
    return Bounds(max(0, lower), upper)


def reaches_households(row: DeliveryRow, piece: Evidence, registry: Registry) -> bool:
    """Say whether evidence speaks of households, not of a head who got the message.

    Whoever heard a drill knows nothing that he has to know.
    """
    real = row.purpose is not Purpose.DRILL
    return real and piece.of_households and not _goes_to_heads(row, registry)


def _goes_to_heads(row: DeliveryRow, registry: Registry) -> bool:
    groups = registry.chat_groups_by_hamlet.get(row.hamlet_id, ()) if row.channel == "chat" else ()
    return any(group.id == row.target and group.kind is GroupKind.HEADS for group in groups)


def _channel_bounds(
    rows: Sequence[DeliveryRow],
    evidence: Sequence[Evidence],
    registry: Registry,
    households: Mapping[str, int],
) -> dict[str, list[ChannelCoverage]]:
    """Return each hamlet's channels that have evidence of households reached."""
    confirmed = {row.id: row for row in rows if row.state is State.CONFIRMED}
    known = [piece for piece in evidence if piece.delivery_id in confirmed]
    pieces: dict[tuple[str, str], dict[Hashable, list[Judged]]] = {}
    for one in judged(standing(known, lambda one: _told_once(confirmed[one]))):
        row = confirmed[one.piece.delivery_id]
        if one.holds and reaches_households(row, one.piece, registry):
            place = pieces.setdefault((row.hamlet_id, row.channel), {})
            place.setdefault(_told_once(row), []).append(one)
    found: dict[str, list[ChannelCoverage]] = {}
    for (hamlet_id, channel), deliveries in pieces.items():
        covers = _channel(channel, deliveries.values(), households.get(hamlet_id, 0))
        found.setdefault(hamlet_id, []).append(covers)
    return found


def _told_once(row: DeliveryRow) -> Hashable:
    """Name what households are counted for: a delivery; of visits all that one team was sent for.

    A team counts its visits from the beginning on, and its word answers every sheet it was given.
    """
    return (row.hamlet_id, row.target) if row.channel == "team" else row.id


def _strength(one: ChannelCoverage) -> tuple[int, str]:
    """What covers most comes first."""
    return -one.households.lower, one.channel


def _channel(channel: str, words: Iterable[Sequence[Judged]], households: int) -> ChannelCoverage:
    words = tuple(words)
    deliveries = [[one.piece for one in pieces] for pieces in words]
    left = [[one.left_over for one in pieces if one.left_over is not None] for pieces in deliveries]
    numbers = [
        [piece.households for piece in pieces if piece.households is not None]
        for pieces in deliveries
    ]
    sure = [
        [one.piece.households for one in pieces if one.piece.households is not None and one.sure]
        for pieces in words
    ]
    views = [[one.views for one in pieces if one.views is not None] for pieces in deliveries]
    seen = [max(one) for one, given in zip(views, numbers, strict=True) if one and not given]
    parts = zip(numbers, sure, views, strict=True)
    return ChannelCoverage(
        channel,
        together((_delivery(*one, households) for one in parts), households),
        counted=all(numbers),
        reported=max((value for one in numbers for value in one), default=None),
        disputed=any(len(set(one)) > 1 for one in numbers),
        denied=any(one.denied for pieces in words for one in pieces),
        left_over=sum(one[-1] for one in left if one) if any(left) else None,
        views=sum(seen) if seen else None,
    )


def _delivery(
    numbers: Sequence[int], sure: Sequence[int], views: Sequence[int], households: int
) -> Bounds:
    """Bound one delivery. Several numbers may be rival counts or parts of one: allow for both.

    ``sure`` are those of ``numbers`` that nobody denies.

    Views are counted on, so the largest number of them is the newest.
    """
    if not numbers:
        return Bounds(0, min(households, max(views, default=households)))
    low, high = ([min(max(value, 0), households) for value in values] for values in (sure, numbers))
    return Bounds(min(low, default=0), min(households, sum(high)))


def _sum(bounds: Iterable[Bounds]) -> Bounds:
    known = tuple(bounds)
    return Bounds(sum(one.lower for one in known), sum(one.upper for one in known))
