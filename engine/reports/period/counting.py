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


def covered(found: Sequence[Counted], places: Mapping[str, int], meant: Households) -> Covered:
    """Work out the bounds of a campaign. ``places`` says where in ``meant`` a hamlet stands.

    Evidence of hamlets that are not meant is left out.
    """
    channels = {name: row for row, name in enumerate(sorted({one.channel for one in found}))}
    least = np.zeros((len(channels), len(meant)), np.int64)
    most = np.zeros_like(least)
    confirmed = np.zeros(len(meant), np.bool_)
    known = [one for one in found if one.hamlet_id in places]
    if known:
        hamlets, names, low, high, unnumbered, _viewed = zip(*known, strict=True)
        rows = np.fromiter(map(channels.__getitem__, names), np.intp, len(known))
        at = np.fromiter(map(places.__getitem__, hamlets), np.intp, len(known))
        households = meant[at]
        least[rows, at] = np.minimum(low, households)
        told = np.where(np.array(unnumbered) > 0, households, high)
        most[rows, at] = np.minimum(told, households)
        confirmed[at] = True
    return Covered(
        lower=least.max(axis=0, initial=0),
        upper=np.minimum(meant, most.sum(axis=0)),
        twice_lower=_least_twice(least, meant),
        twice_upper=_most_twice(most, meant),
        confirmed=confirmed,
    )


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
