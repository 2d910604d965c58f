"""Coverage: honest bounds, from evidence alone. Every name and number is made up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import NOW
from support.reports import Ground

from engine.models import EvidenceKind
from engine.reports import Bounds, Coverage, HamletCoverage, Report, build_report
from engine.reports.coverage import at_least_two, together


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setenv("LOA_LANG", "en")
    ground = Ground(tmp_path)
    ground.launch()
    ground.send()
    return ground


def report(ground: Ground) -> Report:
    return build_report(ground.ledger, ground.registry, "thong-bao", NOW)


def covered(ground: Ground) -> Coverage:
    return report(ground).coverage


def first(ground: Ground) -> HamletCoverage:
    return covered(ground).hamlets[0]


def test_without_evidence_nothing_is_covered_however_much_was_sent(ground: Ground) -> None:
    assert covered(ground).covered == Bounds(0, 0)
    assert not first(ground).confirmed
    assert first(ground).basis == ()


def test_the_lower_bound_is_the_largest_channel_and_the_upper_their_sum(ground: Ground) -> None:
    ground.evidence(ground.row("ap-1", "chat", "nhom-ap-1"), EvidenceKind.RELAYED, 30)
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 45)
    assert first(ground).covered == Bounds(45, 75)
    assert first(ground).basis == ("Flyer: 45", "Chat: 30", "overlap between channels unknown")


def test_the_upper_bound_never_exceeds_the_households(ground: Ground) -> None:
    ground.evidence(ground.row("ap-1", "chat", "nhom-ap-1"), EvidenceKind.RELAYED, 80)
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 60)
    assert first(ground).covered == Bounds(80, 100)


def test_evidence_without_a_number_confirms_but_makes_no_household_certain(ground: Ground) -> None:
    ground.evidence(ground.row("ap-1", "portal"), EvidenceKind.PAGE_ANSWERS)
    assert first(ground).confirmed
    assert first(ground).covered == Bounds(0, 100)
    assert first(ground).basis == ("Portal: without a number, so 0 to 100",)


def test_what_the_head_received_never_counts_households(ground: Ground) -> None:
    ground.evidence(ground.row("ap-1", "chat", "truong-ap"), EvidenceKind.RECEIVED, 100)
    ground.evidence(ground.row("ap-2", "chat", "nhom-ap-2"), EvidenceKind.RECEIVED, 200)
    assert covered(ground).covered == Bounds(0, 0)


def test_a_relay_noted_on_the_heads_own_message_does_not_count_either(ground: Ground) -> None:
    ground.evidence(ground.row("ap-1", "chat", "truong-ap"), EvidenceKind.RELAYED, 100)
    assert not first(ground).confirmed


def test_two_people_who_disagree_widen_the_bounds(ground: Ground) -> None:
    row = ground.row("ap-1", "flyer")
    ground.evidence(row, EvidenceKind.HANDED_OUT, 40, by="ap-1-head")
    ground.evidence(row, EvidenceKind.HANDED_OUT, 25, by="lan")
    assert first(ground).covered == Bounds(25, 65)
    assert "Flyer: several numbers were given, all are kept" in first(ground).basis


@pytest.mark.parametrize(("said", "counted"), [(500, 100), (-3, 0), (0, 0)])
def test_an_impossible_number_is_held_to_the_registry(
    ground: Ground, said: int, counted: int
) -> None:
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, said)
    assert first(ground).covered == Bounds(counted, counted)
    told = any("more than there are" in text for text in first(ground).basis)
    assert told is (said > 100)


def test_evidence_for_what_was_never_sent_is_kept_and_counts_nothing(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.launch()
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 50)
    found = report(ground)
    assert found.coverage.covered == Bounds(0, 0)
    assert [piece.households for piece in found.evidence] == [50]


def test_hamlets_add_up_because_they_share_no_household(ground: Ground) -> None:
    for number in (1, 2):
        ground.evidence(ground.row(f"ap-{number}", "flyer"), EvidenceKind.HANDED_OUT, 90)
        ground.evidence(ground.row(f"ap-{number}", "portal"), EvidenceKind.PAGE_ANSWERS)
    assert covered(ground).covered == Bounds(180, 300)
    assert covered(ground).households == 1000


def test_nothing_together_covers_nothing() -> None:
    assert together((), 100) == Bounds(0, 0)


def overlap(sets: Sequence[frozenset[int]]) -> int:
    return sum(sum(one in some for some in sets) >= 2 for one in frozenset().union(*sets))


@given(st.data())
def test_at_least_two_channels_lies_within_its_bounds_whatever_they_overlap(
    data: st.DataObject,
) -> None:
    households = data.draw(st.integers(1, 12))
    some = st.frozensets(st.integers(1, households))
    sets = data.draw(st.lists(some, min_size=1, max_size=4))
    found = at_least_two([Bounds(len(one), len(one)) for one in sets], households)
    assert found.lower <= overlap(sets) <= found.upper


@pytest.mark.parametrize(
    ("parts", "twice"),
    [
        ([], Bounds(0, 0)),
        ([(50, 50)], Bounds(0, 0)),
        ([(60, 60), (70, 70)], Bounds(30, 60)),
        ([(0, 100), (0, 100)], Bounds(0, 100)),
        ([(100, 100), (100, 100), (0, 100)], Bounds(100, 100)),
        ([(90, 90), (10, 10), (10, 10)], Bounds(5, 20)),
        ([(3, 3), (3, 3), (3, 3)], Bounds(0, 4)),
    ],
)
def test_at_least_two_of_a_hundred(parts: list[tuple[int, int]], twice: Bounds) -> None:
    assert at_least_two([Bounds(*one) for one in parts], 100) == twice
