"""The channel ``team``: who goes where on which days, and the sheet each team takes along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support import builders, paper
from support.dispatching import campaign

from campaigns.schema import campaign_model, sections_of
from channels.base import ChannelError
from channels.team.channel import TeamChannel
from channels.team.options import TeamOptions
from channels.team.rounds import days_of, round_for, share_of, teams_for
from channels.team.sheet import Listed, Sheet, sheet_pdf
from channels.team.wording import tellings, words_of
from engine.app import OPTIONS
from engine.clock import VIETNAM
from engine.models import Content, HouseholdGroup, Priority, Registry, Schedule, Section, Team
from engine.planner import plan_campaign


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


LINK = "https://xa-mau.example/t/AbCdEfGhIjKl"


def team(name: str, hamlets: tuple[str, ...], members: int = 2, visits: int = 8) -> Team:
    return Team(name, f"Tổ {name}", tuple(f"{name}-{n}" for n in range(members)), hamlets, visits)


def commune(*teams: Team) -> Registry:
    return builders.registry(teams=teams)


def content(options: TeamOptions | None = None, **changes: Any) -> Content:
    return builders.content("team", options or TeamOptions(), **changes)


def at(day: int, hour: int = 8) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=VIETNAM)


def test_a_hamlet_is_visited_by_its_own_team_before_one_that_goes_everywhere() -> None:
    registry = commune(team("xanh", ("ap-1", "ap-2")), team("to-1", ("ap-1",)))
    assert [one.id for one in teams_for(content(), "ap-1", registry)] == ["to-1"]
    assert [one.id for one in teams_for(content(), "ap-2", registry)] == ["xanh"]
    assert teams_for(content(), "ap-3", registry) == ()


def test_a_campaign_may_name_the_teams() -> None:
    registry = commune(team("xanh", ("ap-1", "ap-2")), team("to-1", ("ap-1",)))
    named = content(TeamOptions(teams=("xanh", "to-1")))
    assert [one.id for one in teams_for(named, "ap-1", registry)] == ["xanh", "to-1"]
    assert [one.id for one in teams_for(named, "ap-2", registry)] == ["xanh"]


@given(st.integers(0, 5_000), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_shares_add_up_to_all_households(households: int, members: list[int]) -> None:
    teams = tuple(team(f"to-{n}", ("ap-1",), count) for n, count in enumerate(members))
    shares = [share_of(one, teams, households) for one in teams]
    assert sum(shares) == households
    assert min(shares) >= 0


def test_a_team_goes_from_hamlet_to_hamlet_and_a_day_goes_on_in_the_next() -> None:
    registry = commune(team("to-1", ("ap-1", "ap-2", "ap-3")))  # 16 households a day
    hamlets = registry.hamlets[:3]  # 10, 20, 30 poor households
    one = round_for(
        "to-1", at(1), content(TeamOptions(households=HouseholdGroup.POOR)), hamlets, registry
    )
    assert one.a_day == 16
    assert [(stop.households, stop.first, stop.last) for stop in one.stops] == [
        (10, date(2026, 12, 1), date(2026, 12, 1)),
        (20, date(2026, 12, 1), date(2026, 12, 2)),
        (30, date(2026, 12, 2), date(2026, 12, 4)),
    ]
    assert one.left == 0


def test_long_visits_are_fewer() -> None:
    registry = commune(team("to-1", ("ap-1",)))
    slow = content(TeamOptions(minutes=60))
    assert round_for("to-1", at(1), slow, registry.hamlets[:1], registry).a_day == 4


def test_a_sheet_of_the_afternoon_is_for_the_next_day_but_in_an_emergency() -> None:
    assert days_of(content(), at(1, 14))[0] == date(2026, 12, 2)
    assert days_of(content(priority=Priority.EMERGENCY), at(1, 14))[0] == date(2026, 12, 1)
    assert days_of(content(TeamOptions(by="02/12/2026")), at(1)) == (
        date(2026, 12, 1),
        date(2026, 12, 2),
    )
    own = Schedule(asap=False, moments=(at(3), at(5)))
    assert days_of(content(own_schedule=own), at(3)) == (date(2026, 12, 3), date(2026, 12, 5))


def plan_of(options: TeamOptions, tmp_path: Path, registry: Registry, now: datetime) -> Any:
    sections = {"team": Section(options)}
    channels = {"team": TeamChannel(outbox=tmp_path)}
    return plan_campaign(campaign("tham-ho", sections=sections), registry, channels, now)


def test_a_plan_says_who_goes_where_and_what_cannot_be_done_in_time(tmp_path: Path) -> None:
    registry = commune(team("to-1", ("ap-1", "ap-2", "ap-3", "ap-4")))
    poor = TeamOptions(households=HouseholdGroup.POOR, by=date(2026, 12, 2))
    plan = plan_of(poor, tmp_path, registry, builders.NOW)
    assert plan.foreseen == (
        "Tổ to-1: Ấp 1 10 households (01/12), Ấp 2 20 households (01/12–02/12), "
        "Ấp 3 30 households (02/12), Ấp 4 40 households (–); poor households, at most 16 "
        "households a day",
    )
    assert plan.doubts == (
        "Tổ to-1: 68 of 100 households cannot be visited in the 2 days there are "
        "(Ấp 3 28, Ấp 4 40): name more teams, give more days, or plan shorter visits",
    )
    assert not plan.stops
    assert [(one.hamlet_id, one.target) for one in plan.deliveries] == [
        (f"ap-{n}", "to-1") for n in range(1, 5)
    ]
    assert plan.deliveries[0].work_at == plan.deliveries[0].slot - timedelta(hours=12)


def test_a_hamlet_without_such_households_gets_no_visit_and_the_plan_says_so(
    tmp_path: Path,
) -> None:
    registry = commune(team("to-1", ("ap-1", "ap-2", "ap-3", "ap-4")))
    old = TeamOptions(households=HouseholdGroup.ELDERLY)
    plan = plan_of(old, tmp_path, registry, builders.NOW)
    assert not plan.deliveries
    assert {breach.channel for breach in plan.breaches} == {"team"}


def test_nobody_is_visited_unless_a_campaign_says_so() -> None:
    spec = campaign_model(OPTIONS).model_validate(
        {"id": "x", "title": "x", "text": "x", "valid": {"until": "2026-12-31"}}
    )
    assert "team" not in sections_of(spec, OPTIONS)
    named = campaign_model(OPTIONS).model_validate(
        {
            "id": "x",
            "title": "x",
            "text": "x",
            "valid": {"until": "2026-12-31"},
            "channels": {"team": True},
        }
    )
    assert list(sections_of(named, OPTIONS)) == ["team"]


def test_where_a_private_list_lies_shapes_nothing() -> None:
    listed, plain = TeamOptions(list="rieng/ds.csv"), TeamOptions()
    assert listed.identity() == plain.identity()


def test_a_day_is_read_as_people_write_it() -> None:
    assert TeamOptions(by="31/12/2026").by == TeamOptions(by="2026-12-31").by == date(2026, 12, 31)
    with pytest.raises(ValidationError, match="write a day as 2026-12-31 or 31/12/2026"):
        TeamOptions(by="cuối năm")


def sheet(**changes: Any) -> Sheet:
    registry = commune(team("to-1", ("ap-1", "ap-2")))
    said = content(TeamOptions(households=HouseholdGroup.POOR))
    one = round_for("to-1", at(1), said, registry.hamlets[:2], registry)
    values = {"link": LINK, "listed": (), **changes}
    return Sheet(
        one, [(builders.hamlet(), words_of(said))], "thong-bao-mau", registry, slot=at(1), **values
    )


def test_a_sheet_says_whom_to_visit_what_to_tell_and_where_to_report() -> None:
    pdf = sheet_pdf(sheet())
    text = paper.text_of(pdf)
    for words in ("30 hộ nghèo", "Ấp 2", "01/12–02/12", "Mời bà con đưa trẻ", "Đã gặp", "Cần giúp"):
        assert paper.letters(words) in paper.letters(text)
    assert paper.scanned(paper.in_grey(pdf)) == [LINK]
    assert paper.pages(pdf) == 1
    assert sheet_pdf(sheet()) == pdf


def test_a_private_list_stands_on_pages_of_its_own_by_hamlet() -> None:
    listed = (
        Listed("Ấp 1", "Bà Giả Một", "Bờ kênh", "0900.000.001", "Sống một mình"),
        Listed("Ấp 2", "Ông Giả Hai", "Cầu ranh", "", "Đau chân"),
    )
    pdf = sheet_pdf(sheet(listed=listed))
    assert paper.pages(pdf) == 3
    assert paper.letters("Bà Giả Một") in paper.letters(paper.text_of(pdf))
    assert "Giả" not in repr(sheet(listed=listed))


def test_what_cannot_be_printed_is_told_without_quoting_the_list() -> None:
    with pytest.raises(ChannelError) as caught:
        sheet_pdf(sheet(listed=(Listed("Ấp 1", "Bà 𓀀", "x", "", ""),)))
    assert caught.value.permanent
    assert "Bà" not in str(caught.value)
    breaches = TeamChannel(outbox=Path("x")).forecast(content(body="chim 𓅓"), builders.hamlet())
    assert "U+13153" in breaches.breaches[0]


def test_what_is_told_alike_is_told_once_and_what_differs_by_hamlet() -> None:
    same, other = words_of(content()), words_of(content(body="Chỗ khác."))
    one, two, three = commune().hamlets[:3]
    assert [said.hamlets for said in tellings([(one, same), (two, same)])] == [()]
    told = tellings([(one, same), (two, other), (three, same)])
    assert [(said.hamlets, said.body) for said in told] == [
        ((one.name, three.name), same.body),
        ((two.name,), "Chỗ khác."),
    ]


def test_hamlets_of_one_name_keep_their_own_words() -> None:
    here = builders.hamlet()
    there = replace(here, id="ap-1-cu")
    told = tellings([(here, words_of(content())), (there, words_of(content(body="Chỗ khác.")))])
    assert [(said.hamlets, said.body == "Chỗ khác.") for said in told] == [
        ((here.name,), False),
        ((there.name,), True),
    ]
