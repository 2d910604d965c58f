"""A period's sums say what each campaign's report says, and who is always behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import NOW, registry
from support.reports import LATER, SLOT, Ground, delivery, everywhere

from engine.dispatch.viewing import Views, keep_views
from engine.errors import LoaError
from engine.ledger.coverage_views import Counted
from engine.models import Evidence, EvidenceKind, Purpose, Team
from engine.models.relay import Way
from engine.models.visit import VisitReport, Visits
from engine.models.wording import way_note
from engine.reports import Bounds, build_report
from engine.reports.coverage import at_least_two, together
from engine.reports.leader.overall import period_page
from engine.reports.leader.page import Counts, Page
from engine.reports.period.behind import always_behind
from engine.reports.period.counting import covered
from engine.reports.period.span import read_period
from engine.states import State

DECEMBER = read_period("2026-12")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def page(ground: Ground, period: str = "2026-12") -> Page:
    return period_page(ground.ledger, ground.registry, read_period(period), LATER)


parts = st.tuples(st.integers(0, 130), st.integers(0, 130), st.integers(0, 1))
channels = st.dictionaries(st.sampled_from("abcde"), parts, max_size=5)


@given(st.lists(st.tuples(st.integers(0, 120), channels), min_size=1, max_size=5))
def test_thousands_at_once_are_bounded_like_each_alone(
    hamlets: list[tuple[int, Mapping[str, tuple[int, int, int]]]],
) -> None:
    meant = np.array([households for households, _found in hamlets], np.int64)
    rows = [
        (str(place), name, min(low, high), max(low, high), unnumbered, 0)
        for place, (_households, found) in enumerate(hamlets)
        for name, (low, high, unnumbered) in found.items()
    ]
    places = {str(place): place for place in range(len(hamlets))}
    got = covered(Counted(*zip(*rows, strict=True)), places, meant)
    for place, (households, _found) in enumerate(hamlets):
        mine = [
            Bounds(min(low, households), households if unnumbered else min(high, households))
            for hamlet_id, _name, low, high, unnumbered, _viewed in rows
            if hamlet_id == str(place)
        ]
        assert Bounds(got.lower[place], got.upper[place]) == together(mine, households)
        twice = Bounds(got.twice_lower[place], got.twice_upper[place])
        assert twice == at_least_two(mine, households)
        assert got.confirmed[place] == bool(mine)


def test_a_period_of_one_campaign_says_what_its_report_says(
    tmp_path: Path, ready_place: Path | str
) -> None:
    ground = Ground(tmp_path, place=ready_place)
    ground.launch()
    ground.send(failing={("loudspeaker", "cum-1"): "no power"})
    ground.evidence(ground.row("ap-1", "chat", "nhom-ap-1"), EvidenceKind.RELAYED, 30)
    ground.evidence(ground.row("ap-1", "chat", "nhom-ap-1"), EvidenceKind.RELAYED, 70, by="minh")
    ground.evidence(ground.row("ap-1", "chat", "truong-ap"), EvidenceKind.RELAYED, 100)
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 80)
    ground.evidence(ground.row("ap-2", "portal"), EvidenceKind.PAGE_ANSWERS)
    ground.evidence(ground.row("ap-2", "portal"), EvidenceKind.PAGE_ANSWERS, views=40)
    ground.evidence(ground.row("ap-2", "portal"), EvidenceKind.PAGE_ANSWERS, views=70)
    ground.evidence(ground.row("ap-3", "flyer"), EvidenceKind.HANDED_OUT, 900)
    ground.evidence(ground.row("ap-3", "loudspeaker"), EvidenceKind.PLAYED)
    for product in ("large", "notice"):  # no households of their own, and they confirm nothing
        ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, product=product)
        ground.evidence(ground.row("ap-2", "flyer"), EvidenceKind.HANDED_OUT, product=product)
    for left in (30, 12):  # the same copies, counted anew
        row = ground.row("ap-4", "flyer")
        ground.evidence(row, EvidenceKind.HANDED_OUT, 100 - left, left_over=left)
    ground.evidence(ground.row("ap-4", "chat", "nhom-ap-4"), EvidenceKind.RECEIVED, 400)
    found = page(ground)
    one = build_report(ground.ledger, ground.registry, "thong-bao", LATER).coverage
    assert (found.households, found.covered, found.twice) == (1000, one.covered, one.twice)
    by_id = {area.id: area for area in found.areas}
    for hamlet in one.hamlets:
        area = by_id[hamlet.hamlet_id]
        assert (area.covered, area.twice) == (hamlet.covered, hamlet.twice)
        assert area.confirmed == hamlet.confirmed
    assert by_id["ap-1"].twice == Bounds(10, 80)
    assert by_id["ap-2"].covered == Bounds(0, 70)
    assert by_id["ap-4"].covered == Bounds(88, 88)
    assert ground.row("ap-2", "flyer").state is State.SENT
    assert any("Page views" in rule for rule in found.rules)
    assert [(one.reason, one.areas) for one in found.failures] == [("no power", 1)]
    ground.ledger.close()


def test_mixed_evidence_comes_to_what_a_person_works_out_by_hand(
    tmp_path: Path, ready_place: Path | str
) -> None:
    """Every number here was worked out on paper: 100, 200, 300 and 400 households."""
    team = Team("to-1", "Tổ Một", ("a", "b"), ("ap-2", "ap-4"))
    ground = Ground(tmp_path, replace(registry(), teams=(team,)), place=ready_place)
    evening = delivery("ap-3", "loudspeaker", "cum-3", slot=SLOT + timedelta(hours=1))
    visits = [delivery(hamlet, "team", "to-1") for hamlet in ("ap-2", "ap-4")]
    ground.launch([*everywhere(), evening, *visits])
    ground.send()

    def show(hamlet: str, channel: str, kind: EvidenceKind, *numbers: int | None) -> None:
        for number in numbers:
            ground.evidence(ground.row(hamlet, channel), kind, number)

    def visited(hamlet: str, by: str, met: int, absent: int = 0, refused: int = 0) -> None:
        row, said = ground.row(hamlet, "team"), Visits(met, absent, refused)
        ground.ledger.visits.record([VisitReport(row.id, by, LATER, "", said)])

    # Ấp 1: played, by how many heard nobody knows (0 to 100); relayed to 140, but there are 100.
    show("ap-1", "loudspeaker", EvidenceKind.PLAYED, None)
    ground.evidence(ground.row("ap-1", "chat", "nhom-ap-1"), EvidenceKind.RELAYED, 140)
    # Ấp 2: of the flyers two people say 120 and 150: either, or parts of 270, so 120 to 200.
    # The visits: a's last word is 50, b says 45: 45 to 95. The page: 80 views, so 0 to 80.
    show("ap-2", "flyer", EvidenceKind.HANDED_OUT, 120)
    ground.evidence(ground.row("ap-2", "flyer"), EvidenceKind.HANDED_OUT, 150, by="minh")
    visited("ap-2", "a", 30)
    visited("ap-2", "a", 50, 10, 5)
    visited("ap-2", "b", 45)
    for views in (60, 80):
        ground.evidence(ground.row("ap-2", "portal"), EvidenceKind.PAGE_ANSWERS, views=views)
    # Ấp 3: played twice (0 to 300); 30 relayed, which the same person says twice; 250 flyers.
    for row in ground.ledger.views.deliveries("thong-bao"):
        if (row.hamlet_id, row.channel) == ("ap-3", "loudspeaker"):
            ground.evidence(row, EvidenceKind.PLAYED)
    for _again in range(2):
        ground.evidence(ground.row("ap-3", "chat", "nhom-ap-3"), EvidenceKind.RELAYED, 30)
    show("ap-3", "flyer", EvidenceKind.HANDED_OUT, 250)
    # Ấp 4: 390 flyers and 60 visits in 400 households; that the head has it is no household.
    show("ap-4", "flyer", EvidenceKind.HANDED_OUT, 390)
    visited("ap-4", "a", 60, 100, 20)
    ground.evidence(ground.row("ap-4", "chat", "truong-ap"), EvidenceKind.RECEIVED, 400)

    by_hand = {
        "ap-1": (Bounds(100, 100), Bounds(0, 100)),  # the relay is sure, the loudspeaker not
        "ap-2": (Bounds(120, 200), Bounds(0, 175)),  # 120 + 45 fit apart; 95 + 80 beside 200 flyers
        "ap-3": (Bounds(250, 300), Bounds(0, 280)),  # 250 + 30 fit apart; all heard, 280 besides
        "ap-4": (Bounds(390, 400), Bounds(50, 60)),  # 390 + 60 - 400 must lie on others
    }
    report = build_report(ground.ledger, ground.registry, "thong-bao", LATER)
    found = {one.hamlet_id: (one.covered, one.twice) for one in report.coverage.hamlets}
    assert found == by_hand
    assert (report.coverage.covered, report.coverage.twice) == (Bounds(860, 1000), Bounds(50, 615))
    assert [(one.hamlet.hamlet_id, one.missing) for one in report.unreached] == [
        ("ap-2", 80),
        ("ap-3", 50),
        ("ap-4", 10),
    ]
    whole = page(ground)
    assert {area.id: (area.covered, area.twice) for area in whole.areas} == by_hand
    assert (whole.covered, whole.twice) == (Bounds(860, 1000), Bounds(50, 615))
    ground.ledger.close()


def test_the_last_word_of_each_person_holds_and_what_another_denies_is_not_sure(
    tmp_path: Path, ready_place: Path | str
) -> None:
    """Every number was worked out on paper: 100, 200, 300 and 400 households, by chat alone."""
    ground = Ground(tmp_path, place=ready_place)
    ground.launch()
    ground.send()

    def say(hamlet: str, by: str, kind: EvidenceKind, *numbers: int | None, way: str = "") -> None:
        row = ground.row(hamlet, "chat", f"nhom-{hamlet}")
        source = way_note(Way(way)) if way else f"said by {by}"
        ground.ledger.evidence.add(
            [Evidence(row.id, kind, by, LATER, source, number) for number in numbers]
        )

    def found() -> dict[str, Bounds]:
        report = build_report(ground.ledger, ground.registry, "thong-bao", LATER).coverage
        whole = page(ground)
        alone = {one.hamlet_id: one.covered for one in report.hamlets}
        assert {one.id: one.covered for one in whole.areas} == alone
        assert {one.id: one.twice for one in whole.areas} == {
            one.hamlet_id: one.twice for one in report.hamlets
        }
        confirmed = {one.id: one.confirmed for one in whole.areas}
        assert confirmed == {one.hamlet_id: one.confirmed for one in report.hamlets}
        return alone

    relayed, denied = EvidenceKind.RELAYED, EvidenceKind.NOT_RELAYED
    say("ap-1", "head", relayed, 60, 20)  # a correction: nobody says 80
    say("ap-2", "head", relayed, 15, 150, way="group")  # on the page, by the same way
    say("ap-2", "head", relayed, 30, way="door")  # and by another way: 30 to 180
    say("ap-3", "head", relayed, 100, 90)
    say("ap-3", "pho", relayed, 40)  # two people: 40 to 130
    say("ap-4", "head", relayed, 60)
    say("ap-4", "head", relayed, None)  # again, without a number: that takes nothing back
    assert found() == {
        "ap-1": Bounds(20, 20),
        "ap-2": Bounds(30, 180),
        "ap-3": Bounds(40, 130),
        "ap-4": Bounds(60, 60),
    }
    say("ap-1", "head", denied, None)  # pressed by mistake: nobody says it any more
    say("ap-2", "head", relayed, 50)  # names no way: all ways together
    say("ap-3", "pho", denied, None)  # takes his own back, and denies the head's 90
    say("ap-4", "pho", denied, None)
    assert found() == {
        "ap-1": Bounds(0, 0),
        "ap-2": Bounds(50, 50),
        "ap-3": Bounds(0, 90),
        "ap-4": Bounds(0, 60),
    }
    say("ap-1", "head", relayed, 10)  # after all
    say("ap-3", "lan", relayed, 70)  # after the denial, so it does not speak of this
    say("ap-4", "pho", relayed, 25)  # denies it no more
    say("ap-2", "pho", denied, None)
    say("ap-2", "pho", relayed, 0)  # of nobody: still denied
    assert found() == {
        "ap-1": Bounds(10, 10),
        "ap-2": Bounds(0, 50),
        "ap-3": Bounds(70, 160),
        "ap-4": Bounds(25, 85),
    }
    ground.ledger.close()


def relayed(ground: Ground, name: str, numbers: Mapping[str, int], **changes: object) -> None:
    """Let a campaign reach so many households of each hamlet."""
    ground.launch(campaign_id=name, **changes)
    ground.send()
    for hamlet, households in numbers.items():
        row = ground.row(hamlet, "flyer", campaign_id=name)
        ground.evidence(row, EvidenceKind.HANDED_OUT, households)


def test_the_hamlets_always_behind_come_first_and_the_rule_stands_beside_them(
    ground: Ground,
) -> None:
    all_well = {"ap-1": 100, "ap-2": 200, "ap-3": 300, "ap-4": 400}
    relayed(ground, "mot", {**all_well, "ap-3": 149, "ap-4": 0})
    relayed(ground, "hai", {**all_well, "ap-3": 10})
    relayed(ground, "ba", {**all_well, "ap-3": 150})
    relayed(ground, "bon", {**all_well, "ap-3": 0, "ap-4": 199})
    found = page(ground)
    assert [(one.id, one.behind, one.notices, one.always) for one in found.areas] == [
        ("ap-3", 3, 4, True),
        ("ap-4", 2, 4, False),
        ("ap-1", 0, 4, False),
        ("ap-2", 0, 4, False),
    ]
    assert found.rules[0].startswith("Behind in a campaign: less than 50 % of the households")
    assert (found.households, found.covered.lower) == (4000, 449 + 710 + 850 + 499)


@pytest.mark.parametrize(
    ("behind", "notices", "always"), [(1, 1, False), (2, 2, True), (2, 3, False), (3, 4, True)]
)
def test_once_is_not_always(behind: int, notices: int, always: bool) -> None:
    assert always_behind(behind, notices) is always


def test_a_drill_reaches_nobody_and_does_not_count(ground: Ground) -> None:
    planned = [delivery("ap-1", "flyer", "van-phong", purpose=Purpose.DRILL)]
    ground.launch(planned, drill=True)
    ground.send()
    ground.evidence(ground.row("ap-1", "flyer"), EvidenceKind.HANDED_OUT, 60)
    found = page(ground)
    [notice] = found.notices
    assert (notice.counts, notice.covered) == (Counts.DRILL, Bounds(0, 0))
    assert (found.households, found.covered, found.areas) == (0, Bounds(0, 0), ())
    report = build_report(ground.ledger, ground.registry, "thong-bao", LATER)
    assert report.coverage.covered == Bounds(0, 0)


def test_a_campaign_counts_where_its_deliveries_are_due(ground: Ground) -> None:
    january = SLOT + timedelta(days=40)
    later = [
        delivery(one.hamlet_id, one.channel, one.target, slot=january, expires_at=january)
        for one in everywhere()
    ]
    ground.launch([*everywhere(), *later], valid_until=NOW + timedelta(days=60))
    ground.send()
    row = next(
        one
        for one in ground.ledger.views.deliveries("thong-bao")
        if one.slot == SLOT and (one.hamlet_id, one.channel) == ("ap-1", "flyer")
    )
    ground.evidence(row, EvidenceKind.HANDED_OUT, 45)
    assert page(ground).covered == Bounds(45, 45)
    [waits] = page(ground, "2027-01").notices
    assert (waits.counts, waits.covered) == (Counts.TO_COME, Bounds(0, 0))
    assert page(ground, "2026-11").notices == ()
    assert page(ground, "2026-Q4").covered == Bounds(45, 45)


def test_what_was_cancelled_before_anybody_heard_is_listed_and_counts_nothing(
    ground: Ground,
) -> None:
    ground.launch()
    ground.ledger.deliveries.cancel("thong-bao", recalled=(), at=NOW, actor="minh", reason="x")
    [notice] = page(ground).notices
    assert notice.counts is Counts.CANCELLED
    assert page(ground).households == 0


def test_views_are_the_most_households_that_a_page_can_have_reached(ground: Ground) -> None:
    ground.launch()
    with pytest.raises(LoaError, match="no page of it is public yet"):
        keep_views(ground.ledger, ground.registry, Views("thong-bao", 150, "lan"), LATER)
    ground.send()
    assert keep_views(ground.ledger, ground.registry, Views("thong-bao", 150, "lan"), LATER) == 4
    report = build_report(ground.ledger, ground.registry, "thong-bao", LATER)
    bounds = [one.covered for one in report.coverage.hamlets]
    assert bounds == [Bounds(0, 100), Bounds(0, 150), Bounds(0, 150), Bounds(0, 150)]
    assert report.coverage.hamlets[1].basis == ("Portal: opened 150 times, so 0 to 150",)
    assert any("Page views" in text for text in report.coverage.assumptions)
    only = Views("thong-bao", 20, "lan", hamlet_id="ap-9")
    with pytest.raises(LoaError, match='no hamlet "ap-9"'):
        keep_views(ground.ledger, ground.registry, only, LATER)
    with pytest.raises(LoaError, match="ap-1-head may not confirm"):
        keep_views(ground.ledger, ground.registry, Views("thong-bao", 1, "ap-1-head"), LATER)


@pytest.mark.parametrize(
    ("text", "name", "first", "last"),
    [
        ("2026-12", "2026-12", "01/12/2026", "31/12/2026"),
        ("2/2028", "2028-02", "01/02/2028", "29/02/2028"),
        ("2026-Q4", "2026-q4", "01/10/2026", "31/12/2026"),
        ("q1/2026", "2026-q1", "01/01/2026", "31/03/2026"),
        ("2026", "2026", "01/01/2026", "31/12/2026"),
        ("2026-12-01..15/12/2026", "2026-12-01..2026-12-15", "01/12/2026", "15/12/2026"),
    ],
)
def test_a_period_is_read_as_people_write_it(text: str, name: str, first: str, last: str) -> None:
    period = read_period(text)
    assert period.name == name
    assert (f"{period.first:%d/%m/%Y}", f"{period.last:%d/%m/%Y}") == (first, last)


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-Q5", "0000", "2026-12-01", "x..y", "31/02/2026..1/3/2026"]
)
def test_what_is_no_period_is_told_what_one_looks_like(text: str) -> None:
    with pytest.raises(LoaError, match=r"write a month 2026-12, a quarter 2026-Q4, a year 2026"):
        read_period(text)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(LoaError, match="ends on 01/12/2026, before it begins on 02/12/2026"):
        read_period("2026-12-02..2026-12-01")


def test_an_empty_commune_has_an_empty_page(tmp_path: Path) -> None:
    found = page(Ground(tmp_path, registry(1)))
    assert (found.notices, found.areas, found.households) == ((), (), 0)
