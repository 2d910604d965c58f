"""What of a session fits, what leaves it first, and where that goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from support import builders

from engine.clock import VIETNAM
from engine.models import Around, Hours, Priority, Quiet, Registry, Relay, Sound, StationRules
from engine.rules import Book, overflow, room

#: A Tuesday.
DAY = datetime(2026, 12, 1, tzinfo=VIETNAM)
RULES = StationRules((Hours(time(5), time(6, 30)), Hours(time(17), time(18, 30))), 2, 10)
AROUND = Around(20.0, 2.0)


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return DAY + timedelta(days=day, hours=hour, minutes=minute)


def sound(name: str, seconds: float = 60, **changes: Any) -> Sound:
    return Sound(name, name, **{"priority": Priority.ROUTINE, "until": at(0, day=9), **changes},
                 seconds=seconds)  # fmt: skip


def leaving(*sounds: Sound, most: float, around: Around = AROUND) -> list[str]:
    return [one.key for one in overflow(sounds, around, RULES, most)]


def ruled(**changes: Any) -> Registry:
    return builders.registry(station=replace(RULES, **changes))


def test_a_session_lasts_as_long_as_all_of_it() -> None:
    assert AROUND.session([]) == 0
    assert AROUND.session([10.0]) == 30
    assert AROUND.session([10.0, 10.0, 10.0]) == 54


def test_the_lightest_leave_and_no_more_than_must() -> None:
    old, new = sound("cu", since=at(1)), sound("moi", since=at(2))
    weighty = sound("uu-tien", priority=Priority.IMPORTANT, since=at(3))
    assert leaving(new, weighty, old, most=204) == []
    assert leaving(new, weighty, old, most=203) == ["moi"]
    assert leaving(new, weighty, old, most=140) == ["cu", "moi"]
    assert leaving(new, weighty, old, sound("ngan", 30, since=at(4)), most=175) == ["moi"]


def test_a_short_one_stays_where_a_long_one_of_more_weight_does_not_fit() -> None:
    assert leaving(sound("dai", 500, since=at(1)), sound("ngan", since=at(2)), most=400) == ["dai"]


def test_emergencies_stay_and_count_for_nothing() -> None:
    flood = sound("lu", 900, priority=Priority.EMERGENCY)
    assert leaving(flood, sound("tin"), most=80) == []
    assert leaving(flood, sound("tin"), most=0) == ["tin"]


def test_what_is_firm_stays_whatever_it_weighs() -> None:
    weighty = sound("uu-tien", priority=Priority.IMPORTANT, since=at(1))
    assert leaving(weighty, sound("tin", firm=True), most=90) == ["uu-tien"]


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [
        ({}, 600),
        ({"relays": (Relay(Hours(time(5, 4), time(5, 30)), "VOV"),)}, 240),
        ({"quiet": (Quiet(DAY.date(), DAY.date(), Hours(time(0), time(23, 59)), "Thi"),)}, 0),
        ({"quiet": (Quiet(DAY.date(), DAY.date(), Hours(time(5, 30), time(6)), "Thi"),)}, 600),
    ],
)
def test_room_ends_where_a_relay_or_a_quiet_time_begins(
    rules: dict[str, Any], seconds: float
) -> None:
    assert room(replace(RULES, **rules), "cum-1", at(5)) == seconds


def moved(one: Sound, *there: tuple[datetime, Sound], after: datetime = at(5), **rules: Any) -> Any:  # noqa: B008 - a constant
    sessions: dict[tuple[str, datetime], dict[str, Sound]] = {("cum-1", at(5)): {one.key: one}}
    for slot, other in there:
        sessions.setdefault(("cum-1", slot), {})[other.key] = other
    return Book(sessions, ruled(**rules), AROUND).move("cum-1", at(5), one, after)


def test_it_moves_to_the_next_session_or_the_beginning_of_allowed_hours() -> None:
    tin = sound("tin")
    assert moved(tin) == at(17)
    assert moved(tin, (at(17, 15), sound("khac"))) == at(17)
    assert moved(tin, (at(5, 30), sound("khac"))) == at(5, 30)
    assert moved(tin, (at(17), sound("khac", 550))) == at(5, day=1)


def test_a_day_has_no_more_sessions_than_it_may() -> None:
    others = [(at(5), sound("mot")), (at(17, 30), sound("hai", 550))]
    assert moved(sound("tin"), *others) == at(5, day=1)
    assert moved(sound("tin"), *others, sessions_per_day=3) == at(17)
    flood = (at(17, 30), sound("lu", priority=Priority.EMERGENCY))
    assert moved(sound("tin"), (at(5), sound("mot")), flood) == at(17)


def test_it_goes_where_it_may_be_heard_and_before_its_campaign_ends() -> None:
    weekdays = frozenset({2, 4})
    tin = sound("tin")
    assert moved(tin, (at(17), sound("khac", 590)), days=weekdays) == at(5, day=2)
    quiet = Quiet(DAY.date(), DAY.date(), Hours(time(16), time(19)), "Tang lễ")
    assert moved(tin, quiet=(quiet,)) == at(5, day=1)
    shorter = replace(quiet, hours=Hours(time(16), time(18)))
    assert moved(tin, quiet=(shorter,)) == at(18), "as soon as it may"
    nearly = replace(quiet, hours=Hours(time(16), time(18, 29)))
    assert moved(tin, quiet=(nearly,)) == at(5, day=1), "the hours would end before it does"
    assert moved(tin, after=at(16, 58) + timedelta(minutes=5)) == at(5, day=1)
    assert moved(sound("tin", until=at(12))) is None
    assert moved(sound("dai", 700)) is None


def test_where_the_same_words_air_anyway_there_is_room() -> None:
    assert moved(sound("tin", 550), (at(17), sound("tin", 550))) == at(17)
