"""Relays and quiet times: what a cluster may not break into, as planned and as sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from support import builders

from engine.clock import VIETNAM
from engine.models import Hours, PlannedDelivery, Priority, Quiet, Registry, Relay, StationRules
from engine.models.delivery import Forecast
from engine.models.terms import Purpose
from engine.rules import airtime_breaches, closed_on, next_allowed

#: A Tuesday.
DAY = datetime(2026, 12, 1, tzinfo=VIETNAM)

PROVINCE = Relay(Hours(time(5, 0), time(5, 15)), "Đài tỉnh")
SUNDAYS = Relay(Hours(time(5, 30), time(6, 0)), "Đài huyện", frozenset({7}))
FUNERAL = Quiet(
    date(2026, 12, 1), date(2026, 12, 2), Hours(time(0), time(23, 59)), "tang lễ", frozenset({"b"})
)
EXAM = Quiet(date(2026, 12, 3), date(2026, 12, 3), Hours(time(4), time(12)), "kỳ thi")


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return DAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.fixture
def registry() -> Registry:
    rules = StationRules(
        hours=(Hours(time(5), time(6, 30)), Hours(time(17), time(18, 30))),
        sessions_per_day=4,
        minutes_per_session=30,
        relays=(PROVINCE, SUNDAYS),
        quiet=(FUNERAL, EXAM),
    )
    return builders.registry(station=rules)


@pytest.mark.parametrize(
    ("cluster", "moment", "expected"),
    [
        ("a", at(4, 50), at(5, 15)),
        ("a", at(5, 0), at(5, 15)),
        ("a", at(5, 14), at(5, 15)),
        ("a", at(5, 15), at(5, 15)),
        ("a", at(5, 40), at(5, 40)),
        ("a", at(5, 40, day=5), at(6, 0, day=5)),
        ("b", at(5, 40), at(17, 0, day=2)),
        ("a", at(5, 20, day=2), at(17, 0, day=2)),
        ("a", at(18, 40, day=1), at(17, 0, day=2)),
    ],
)
def test_as_soon_as_possible_waits_for_the_end_of_relays_and_quiet_times(
    registry: Registry, cluster: str, moment: datetime, expected: datetime
) -> None:
    assert next_allowed("loudspeaker", registry, Priority.ROUTINE, moment, cluster) == expected


def test_an_emergency_waits_for_nothing_and_messages_know_no_relay(registry: Registry) -> None:
    moment = at(5, 5)
    assert next_allowed("loudspeaker", registry, Priority.EMERGENCY, moment, "b") == moment
    assert next_allowed("chat", registry, Priority.ROUTINE, at(6, 5), "b") == at(6, 5)


def test_quiet_for_longer_than_a_week_leaves_no_hour(registry: Registry) -> None:
    long = replace(EXAM, last=date(2026, 12, 31), hours=Hours(time(0), time(23, 59)))
    rules = replace(registry.station, quiet=(long,))
    silent = replace(registry, station=rules)
    assert next_allowed("loudspeaker", silent, Priority.ROUTINE, at(7, day=2)) is None


def planned(cluster: str, slot: datetime, seconds: float, **changes: object) -> PlannedDelivery:
    values = {
        "hamlet_id": "ap-1",
        "channel": "loudspeaker",
        "backend": "folder",
        "target": cluster,
        "slot": slot,
        "asap": False,
        "purpose": Purpose.NOTICE,
        "content_hash": "a" * 64,
        "priority": Priority.ROUTINE,
        "households": 100,
        "work_at": slot,
        "expires_at": slot,
        "forecast": Forecast("", seconds=seconds),
    }
    return PlannedDelivery(**{**values, **changes})  # type: ignore[arg-type] - tests name their own fields


def told(registry: Registry, item: PlannedDelivery, **more: object) -> list[str]:
    found = airtime_breaches([item], registry, **more)  # type: ignore[arg-type] - as above
    return [breach.message for breach in found if "silent" in breach.message]


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_a_session_that_runs_into_a_relay_is_a_breach_that_names_it(registry: Registry) -> None:
    sunday = at(5, 20, day=5)
    assert told(registry, planned("a", sunday, 600.0)) == []
    (message,) = told(registry, planned("a", sunday, 601.0))
    assert "05:20 06/12/2026" in message
    assert "Đài huyện, 05:30–06:00" in message


def test_what_others_have_on_air_counts(registry: Registry) -> None:
    sunday = at(5, 20, day=5)
    item = planned("a", sunday, 300.0)
    assert told(registry, item, taken={("a", sunday): {"b" * 64: 301.0}})
    assert not told(registry, item, taken={("c", sunday): {"b" * 64: 301.0}})


def test_a_funeral_silences_its_own_cluster_alone(registry: Registry) -> None:
    (message,) = told(registry, planned("b", at(17), 10.0))
    assert "tang lễ, 00:00–24:00" in message
    assert not told(registry, planned("a", at(17), 10.0))


def test_an_emergency_may_break_in_and_that_is_said(registry: Registry) -> None:
    item = planned("a", at(5, 5), 10.0, priority=Priority.EMERGENCY)
    breaches = [b for b in airtime_breaches([item], registry) if "Đài tỉnh" in b.message]
    assert [breach.waived for breach in breaches] == [True]


def test_a_day_lists_what_closes_a_cluster_in_order(registry: Registry) -> None:
    assert [one.why for one in closed_on(registry.station, "b", date(2026, 12, 1))] == [
        "tang lễ",
        "Đài tỉnh",
    ]
    assert [one.why for one in closed_on(registry.station, "a", date(2026, 12, 6))] == [
        "Đài tỉnh",
        "Đài huyện",
    ]
