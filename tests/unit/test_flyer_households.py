"""How many households of a hamlet a campaign is for."""

from __future__ import annotations

import pytest
from support.builders import hamlet

from engine.models import HouseholdGroup


@pytest.mark.parametrize(
    ("group", "households"),
    [
        (HouseholdGroup.ALL, 100),
        (HouseholdGroup.POOR, 10),
        (HouseholdGroup.NEAR_POOR, 5),
        (HouseholdGroup.POOR_AND_NEAR_POOR, 15),
    ],
)
def test_a_hamlet_counts_the_households_of_each_group(
    group: HouseholdGroup, households: int
) -> None:
    assert hamlet(1).households_of(group) == households


def test_every_group_has_its_count() -> None:
    place = hamlet(1, elderly_households=7, no_smartphone_households=3)
    assert all(place.households_of(group) > 0 for group in HouseholdGroup)
