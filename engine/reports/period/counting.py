"""Bounds of thousands of hamlets at once: what ``engine.reports.coverage`` says of each of them.

The rules are the same; a test holds the two together. Arrays have a place for each hamlet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.ledger.coverage_views import Counted

Households = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """Households of each hamlet that one campaign covers: by any channel, and by two or more.

    ``confirmed``: whether anything at all is known of it.
    """

    lower: Households
    upper: Households
    twice_lower: Households
    twice_upper: Households
    confirmed: npt.NDArray[np.bool_]


def covered(found: Counted, places: Mapping[str, int], meant: Households) -> Covered:
    """Work out the bounds of a campaign. ``places`` says where in ``meant`` a hamlet stands.

    Evidence of hamlets that are not meant is left out.
    """
    channels = {name: row for row, name in enumerate(sorted(set(found.channels)))}
    least = np.zeros((len(channels), len(meant)), np.int64)
    most = np.zeros_like(least)
    confirmed = np.zeros(len(meant), np.bool_)
    count = len(found.channels)
    where = np.fromiter((places.get(one, -1) for one in found.hamlet_ids), np.intp, count)
    known = where >= 0
    rows = np.fromiter(map(channels.__getitem__, found.channels), np.intp, count)[known]
    at = where[known]
    households = meant[at]
    told = np.where(_array(found.unnumbered)[known] > 0, households, _array(found.most)[known])
    least[rows, at] = np.minimum(_array(found.least)[known], households)
    most[rows, at] = np.minimum(told, households)
    confirmed[at] = True
    return Covered(
        lower=least.max(axis=0, initial=0),
        upper=np.minimum(meant, most.sum(axis=0)),
        twice_lower=_least_twice(least, meant),
        twice_upper=_most_twice(most, meant),
        confirmed=confirmed,
    )


def _array(values: Sequence[int]) -> Households:
    return np.fromiter(values, np.int64, len(values))


def _least_twice(least: Households, meant: Households) -> Households:
    """What the largest parts cover together beyond one for each household lies on others again."""
    found = np.zeros_like(meant)
    beyond = np.sort(least, axis=0)[::-1].cumsum(axis=0) - meant
    for others in range(1, len(least)):
        found = np.maximum(found, -(-beyond[others] // others))
    return found


def _most_twice(most: Households, meant: Households) -> Households:
    every: Households = most.sum(axis=0)
    largest: Households = most.max(axis=0, initial=0)
    fewest: Households = np.minimum(every // 2, every - largest)
    return np.minimum(meant, fewest, dtype=np.int64)
