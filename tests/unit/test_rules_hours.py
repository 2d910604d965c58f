"""Allowed hours and the station's rules."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from support import builders

from engine.clock import VIETNAM
from engine.models import Hours, PlannedDelivery, Priority, Purpose, Registry, StationRules
from engine.models.delivery import Forecast
from engine.rules import airtime_breaches, may_act, next_allowed

#: A Tuesday.
DAY = datetime(2026, 12, 1, tzinfo=VIETNAM)
WEEKDAYS = frozenset({1, 2, 3, 4, 5})


def at(hour: int, minute: int = 0, day: int = 0, second: int = 0) -> datetime:
    return DAY + timedelta(days=day, hours=hour, minutes=minute, seconds=second)


def station(**changes: object) -> Registry:
    rules = {
        "hours": (Hours(time(17, 0), time(18, 30)), Hours(time(5, 0), time(6, 30))),
        "sessions_per_day": 2,
        "minutes_per_session": 30,
    }
    return builders.registry(station=StationRules(**{**rules, **changes}))  # type: ignore[arg-type] - tests name their own fields


def planned(slot: datetime, **changes: object) -> PlannedDelivery:
    values = {
        "hamlet_id": "ap-1",
        "channel": "loudspeaker",
        "backend": "folder",
        "target": "cum-1",
        "slot": slot,
        "asap": False,
        "purpose": Purpose.NOTICE,
        "content_hash": "a" * 64,
        "priority": Priority.ROUTINE,
        "households": 100,
        "work_at": slot,
        "expires_at": slot,
        "forecast": Forecast("", seconds=60.0),
    }
    return PlannedDelivery(**{**values, **changes})  # type: ignore[arg-type] - as above


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (at(4, 59), False),
        (at(5, 0), True),
        (at(6, 30), True),
        (at(6, 30, second=59), True),
        (at(6, 31), False),
        (at(17, 0), True),
        (at(0, 0), False),
        (at(23, 59), False),
        (at(5, 0).astimezone(UTC), True),
    ],
)
def test_loudspeakers_speak_in_the_station_hours_both_ends_included(
    moment: datetime, allowed: bool
) -> None:
    assert may_act("loudspeaker", station(), moment) is allowed


def test_a_station_is_silent_on_days_it_does_not_name() -> None:
    weekdays = station(days=WEEKDAYS)
    assert may_act("loudspeaker", weekdays, at(5, day=3))
    assert not may_act("loudspeaker", weekdays, at(5, day=4)), "a Saturday"


@pytest.mark.parametrize("channel", ["flyer", "portal", "team"])
def test_paper_and_posts_wake_nobody(channel: str) -> None:
    assert may_act(channel, station(), at(3))


def test_messages_have_hours_of_their_own_on_every_day() -> None:
    registry = station(days=frozenset({1}))
    assert may_act("chat", registry, at(6, 0, day=5))
    assert not may_act("chat", registry, at(5, 59))
    assert not may_act("chat", registry, at(21, 1))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(5, 10), at(5, 10)),
        (at(4, 0), at(5, 0)),
        (at(6, 31), at(17, 0)),
        (at(18, 31), at(5, 0, day=1)),
        (at(23, 59, second=59), at(5, 0, day=1)),
    ],
)
def test_the_next_allowed_hour_is_the_first_in_order_of_the_day(
    moment: datetime, expected: datetime
) -> None:
    assert next_allowed("loudspeaker", station(), Priority.ROUTINE, moment) == expected


def test_the_next_allowed_hour_skips_silent_days() -> None:
    friday_night = at(20, day=3)
    found = next_allowed("loudspeaker", station(days=WEEKDAYS), Priority.IMPORTANT, friday_night)
    assert found == at(5, day=6)
    only_today = station(days=frozenset({2}))
    assert next_allowed("loudspeaker", only_today, Priority.ROUTINE, at(19)) == at(5, day=7)


def test_rules_that_leave_no_hour_say_so() -> None:
    closed = station(days=frozenset())
    assert next_allowed("loudspeaker", closed, Priority.ROUTINE, at(5)) is None


def test_an_emergency_waits_for_no_hour() -> None:
    assert next_allowed("loudspeaker", station(), Priority.EMERGENCY, at(2, 13)) == at(2, 13)


def test_what_is_found_is_allowed_whenever_one_starts_to_look() -> None:
    registry = station(days=WEEKDAYS)
    for minutes in range(0, 8 * 24 * 60, 37):
        moment = DAY + timedelta(minutes=minutes)
        found = next_allowed("loudspeaker", registry, Priority.ROUTINE, moment)
        assert found is not None
        assert found >= moment
        assert may_act("loudspeaker", registry, found)


def test_a_slot_outside_the_hours_is_a_breach_told_once() -> None:
    items = [planned(at(3), target=f"cum-{n}", hamlet_id=f"ap-{n}") for n in range(3)]
    (breach,) = airtime_breaches(items, station())
    assert "03:00 01/12/2026" in breach.message
    assert not breach.waived


def test_a_slot_on_a_silent_day_is_a_breach() -> None:
    (breach,) = airtime_breaches([planned(at(5, day=4))], station(days=WEEKDAYS))
    assert breach.channel == "loudspeaker"


@pytest.mark.parametrize("purpose", [Purpose.DRILL, Purpose.ALL_CLEAR])
def test_what_comes_beside_the_day_s_sessions_is_counted_among_none_of_them(
    purpose: Purpose,
) -> None:
    items = [planned(at(5, minute), purpose=purpose) for minute in (0, 15, 30)]
    assert not list(airtime_breaches(items, station()))


def test_more_sessions_than_a_day_allows_are_a_breach_of_that_cluster() -> None:
    slots = [at(5), at(6), at(17)]
    items = [planned(slot, target="cum-1") for slot in slots]
    items += [planned(slot, target="cum-2") for slot in slots[:2]]
    (breach,) = airtime_breaches(items, station())
    assert breach.target == "cum-1"
    assert "3" in breach.message


def test_sessions_are_counted_by_vietnamese_days() -> None:
    items = [planned(at(17).astimezone(UTC)), planned(at(18)), planned(at(5, day=1))]
    assert not list(airtime_breaches(items, station()))


def test_a_session_that_lasts_too_long_is_a_breach() -> None:
    items = [
        planned(at(5), content_hash=letter * 64, forecast=Forecast("", seconds=seconds))
        for letter, seconds in (("a", 1000.0), ("b", 801.0))
    ]
    (breach,) = airtime_breaches(items, station())
    assert "30" in breach.message
    assert breach.target == "cum-1"


def test_the_same_words_for_two_hamlets_of_a_cluster_are_said_once() -> None:
    items = [
        planned(at(5), hamlet_id=f"ap-{n}", forecast=Forecast("", seconds=1800.0)) for n in (1, 2)
    ]
    assert not list(airtime_breaches(items, station()))


def test_an_emergency_may_break_every_rule_and_each_is_said() -> None:
    items = [
        planned(slot, priority=Priority.EMERGENCY, forecast=Forecast("", seconds=3600.0))
        for slot in (at(1), at(2), at(3))
    ]
    breaches = list(airtime_breaches(items, station()))
    assert len(breaches) == 3 + 3 + 1
    assert all(breach.waived for breach in breaches)
