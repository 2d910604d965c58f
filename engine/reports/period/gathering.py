"""A period's campaigns, added up by hamlet: what each has reached, and where it is behind.

A campaign belongs to a period by the slots of its deliveries; of one that goes on beyond it,
only those within count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from engine.ledger import Ledger, Revision
from engine.ledger.coverage_views import Span, Stand
from engine.models import Audience, GroupKind, MapPoint, Registry
from engine.reports.coverage import Bounds
from engine.reports.leader.notices import Reach, counts_of
from engine.reports.leader.page import Counts
from engine.reports.matrix import hamlet_name
from engine.reports.period.behind import ENOUGH, always_among
from engine.reports.period.counting import Covered, Households, covered
from engine.reports.report import households_meant, in_force


@dataclass(frozen=True, slots=True)
class Told:
    """One campaign of the period and what its hamlets add up to."""

    revision: Revision
    registry: Registry
    counts: Counts
    stands: tuple[Stand, ...]
    reach: Reach
    viewed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What the campaigns that count add up to in each hamlet; the arrays follow ``ids``."""

    ids: tuple[str, ...]
    households: Households
    lower: Households
    upper: Households
    twice_lower: Households
    twice_upper: Households
    confirmed: Households
    notices: Households
    behind: Households

    @property
    def always(self) -> npt.NDArray[np.bool_]:
        return always_among(self.behind, self.notices)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A period: its campaigns in order of time, and its hamlets in the registry's order.

    ``names`` and ``points`` are by the hamlets' ids.
    """

    told: tuple[Told, ...]
    sums: Sums
    names: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, MapPoint | None] = field(default_factory=dict)


def gather(
    ledger: Ledger, span: Span, now: datetime, *, only: Collection[str] | None = None
) -> Gathered:
    """Read a period from the ledger. ``only``: of these campaigns alone."""
    by_campaign: dict[str, list[Stand]] = {}
    for one in ledger.views.stands(span):
        if only is None or one.campaign_id in only:
            by_campaign.setdefault(one.campaign_id, []).append(one)
    ordered = sorted(by_campaign, key=lambda name: (min(s.first for s in by_campaign[name]), name))
    gatherer = _Gatherer(ledger, span, now)
    told = tuple(gatherer.told(name, by_campaign[name]) for name in ordered)
    return Gathered(told, gatherer.sums(), *gatherer.places())


@dataclass(slots=True, eq=False)
class _Meant:
    """The hamlets of an audience: where in ``households`` each stands, and ``at`` in the sums."""

    places: Mapping[str, int]
    households: Households
    at: npt.NDArray[np.intp] | None = None


def _meant_by(households: Mapping[str, int]) -> _Meant:
    places = {hamlet_id: place for place, hamlet_id in enumerate(households)}
    return _Meant(places, np.fromiter(households.values(), np.int64, len(households)))


class _Gatherer:
    """Adds campaigns up; registries and what they know are looked at once."""

    def __init__(self, ledger: Ledger, span: Span, now: datetime) -> None:
        self._ledger = ledger
        self._span = span
        self._now = now
        self._place: dict[str, int] = {}
        self._registries: dict[int, Registry] = {}
        self._audiences: dict[tuple[int, Audience], _Meant] = {}
        self._sums = np.zeros((8, 0), np.int64)

    def told(self, campaign_id: str, stands: Sequence[Stand]) -> Told:
        revision, _waiting = in_force(self._ledger, campaign_id)
        registry = self._registry(revision.registry_revision)
        counts = counts_of(revision, stands, self._now)
        meant = self._meant(revision, registry)
        heads = [one.id for one in registry.chat_groups if one.kind is GroupKind.HEADS]
        found = self._ledger.views.counted(campaign_id, heads, self._span, stands)
        viewed = any(found.viewed)
        households = meant.households
        got = covered(found, meant.places, households)
        if counts is Counts.YES:
            self._add(meant, got)
        return Told(revision, registry, counts, tuple(stands), _reach(households, got), viewed)

    def sums(self) -> Sums:
        return Sums(tuple(self._place), *self._sums)

    def places(self) -> tuple[dict[str, str], dict[str, MapPoint | None]]:
        """Return the names and points of all hamlets, as the newest registry has them."""
        known = [self._registries[number] for number in sorted(self._registries, reverse=True)]
        names, points = {}, {}
        for hamlet_id in self._place:
            one = next((r for r in known if hamlet_id in r.hamlets_by_id), None)
            names[hamlet_id] = hamlet_name(one, hamlet_id) if one else hamlet_id
            points[hamlet_id] = one.hamlets_by_id[hamlet_id].point if one else None
        return names, points

    def _registry(self, number: int) -> Registry:
        if number not in self._registries:
            self._registries[number] = self._ledger.registries.load(number)
        return self._registries[number]

    def _meant(self, revision: Revision, registry: Registry) -> _Meant:
        """Return households meant; whom earlier revisions told is looked up if there are any."""
        if revision.revision > 1:
            rows = self._ledger.views.deliveries(revision.campaign_id)
            return _meant_by(households_meant(revision, registry, rows))
        asked = (revision.registry_revision, revision.campaign.audience)
        if asked not in self._audiences:
            self._audiences[asked] = _meant_by(households_meant(revision, registry, ()))
        return self._audiences[asked]

    def _taken_in(self, hamlets: Collection[str]) -> npt.NDArray[np.intp]:
        """Return where among the sums hamlets stand, which they do from now on."""
        for hamlet_id in hamlets:
            self._place.setdefault(hamlet_id, len(self._place))
        missing = len(self._place) - self._sums.shape[1]
        if missing:
            self._sums = np.pad(self._sums, ((0, 0), (0, missing)))
        return np.fromiter((self._place[one] for one in hamlets), np.intp, len(hamlets))

    def _add(self, meant: _Meant, got: Covered) -> None:
        if meant.at is None:
            meant.at = self._taken_in(meant.places)
        at, households = meant.at, meant.households
        peopled = households > 0
        behind = peopled & (got.lower < ENOUGH * households)
        rows = (
            households,
            got.lower,
            got.upper,
            got.twice_lower,
            got.twice_upper,
            got.confirmed,
            peopled,
            behind,
        )
        for row, values in enumerate(rows):
            self._sums[row, at] += values


def _reach(households: Households, got: Covered) -> Reach:
    return Reach(
        areas=len(households),
        complete=int((got.confirmed & (got.lower >= households)).sum()),
        households=int(households.sum()),
        covered=Bounds(int(got.lower.sum()), int(got.upper.sum())),
        twice=Bounds(int(got.twice_lower.sum()), int(got.twice_upper.sum())),
    )


def worst_first(sums: Sums) -> list[int]:
    """Return the places of hamlets: always behind, often behind, little surely reached first."""
    share = sums.lower / np.maximum(sums.households, 1)
    often = sums.behind / np.maximum(sums.notices, 1)
    missing = sums.households - sums.lower
    order = np.lexsort((np.arange(len(share)), -missing, share, -often, ~sums.always))
    places: list[int] = order.tolist()
    return places
