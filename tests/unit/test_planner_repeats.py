"""Repeats: slots of their own, on whole minutes, the same each time, and never in a burst."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from support import builders
from support.dispatching import campaign as made_up

from channels.base import Channel
from engine.app import OPTIONS, build_channels, close_channels
from engine.clock import VIETNAM
from engine.ledger import Current
from engine.models import (
    Campaign,
    Cluster,
    Hours,
    Placement,
    Plan,
    Priority,
    Purpose,
    Repeat,
    Schedule,
    Section,
    StationRules,
)
from engine.planner import changes_between, plan_campaign
from engine.planner.times import Times
from engine.settings import Settings
from engine.states import State

#: Approved in the night, not on a whole minute.
NIGHT = datetime(2026, 12, 2, 2, 3, 27, 250_000, tzinfo=VIETNAM)
EVERY = timedelta(minutes=15)
UNTIL = datetime(2026, 12, 2, 3, 0, tzinfo=VIETNAM)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def real(tmp_path: Path) -> Iterator[dict[str, Channel]]:
    channels = build_channels(Settings(), tmp_path / "xa", builders.MemoryRemoteIds())
    yield channels
    close_channels(channels)


def alert(**changes: Any) -> Campaign:
    sections = {name: Section(options()) for name, options in OPTIONS.items()}
    values = {
        "sections": sections,
        "priority": Priority.EMERGENCY,
        "schedule": Schedule(asap=True, repeat=Repeat(EVERY, UNTIL)),
    }
    return made_up("khan", **{**values, **changes})


def planned(real: dict[str, Channel], asked: Campaign, now: datetime = NIGHT, **more: Any) -> Plan:
    return plan_campaign(asked, builders.registry(**more), real, now)


def hours_of(plan: Plan, channel: str, target: str) -> list[str]:
    return [
        f"{item.slot.astimezone(VIETNAM):%H:%M:%S}"
        for item in plan.deliveries
        if (item.channel, item.target) == (channel, target)
    ]


def test_an_alert_is_said_at_once_and_again_on_whole_minutes_until_its_end(
    real: dict[str, Channel],
) -> None:
    plan = planned(real, alert())
    said = ["02:03:27", "02:18:00", "02:33:00", "02:48:00"]
    assert {tuple(hours_of(plan, "loudspeaker", f"cum-{n}")) for n in range(1, 5)} == {tuple(said)}
    assert not plan.stops
    others = [item for item in plan.deliveries if item.channel != "loudspeaker"]
    assert others
    assert all(item.slot == NIGHT for item in others), "nobody is chatted at every quarter"


def test_the_same_approval_gives_the_same_slots(real: dict[str, Channel]) -> None:
    assert planned(real, alert()) == planned(real, alert())
    later = planned(real, alert(), NIGHT + timedelta(seconds=90))
    assert later.fingerprint == planned(real, alert()).fingerprint


def test_how_often_it_is_said_is_a_part_of_what_is_approved(real: dict[str, Channel]) -> None:
    plans = [
        planned(real, alert(schedule=Schedule(asap=True, repeat=repeat))).fingerprint
        for repeat in (None, Repeat(EVERY, UNTIL), Repeat(EVERY * 2, UNTIL))
    ]
    assert len(set(plans)) == 3


def test_what_is_missed_is_not_said_in_a_burst(real: dict[str, Channel]) -> None:
    """Whenever the machine comes back, at most one time of each cluster may still be said."""
    often = alert(schedule=Schedule(asap=True, repeat=Repeat(timedelta(minutes=5), UNTIL)))
    items = [
        item
        for item in planned(real, often).deliveries
        if (item.channel, item.target) == ("loudspeaker", "cum-1")
    ]
    assert len(items) == 12
    for minute in range(60):
        back = NIGHT + timedelta(minutes=minute, seconds=30)
        due = [item for item in items if item.slot <= back <= item.expires_at]
        assert len(due) <= 1, back


def test_an_alert_without_repeats_is_still_said_when_the_machine_comes_back(
    real: dict[str, Channel],
) -> None:
    once = alert(schedule=Schedule(asap=True))
    assert {item.expires_at for item in planned(real, once).deliveries} == {once.valid_until}


def test_a_drill_keeps_the_hours_and_is_never_an_emergency(real: dict[str, Channel]) -> None:
    """It waits for the morning, and is not said again when the hour is over."""
    end = datetime(2026, 12, 2, 8, 0, tzinfo=VIETNAM)
    asked = alert(drill=True, schedule=Schedule(asap=True, repeat=Repeat(EVERY, end)))
    plan = planned(real, asked)
    assert (
        hours_of(plan, "loudspeaker", "cum-1")
        == [f"{hour}:{minute:02d}:00" for hour in ("05", "06") for minute in (0, 15, 30, 45)][:7]
    )
    assert {item.priority for item in plan.deliveries} == {Priority.IMPORTANT}
    assert {item.purpose for item in plan.deliveries} == {Purpose.DRILL}
    assert not plan.stops
    assert not any("sessions" in breach.message for breach in plan.breaches), "it is no session"


def test_nothing_of_a_drill_is_planned_when_no_hour_is_left(real: dict[str, Channel]) -> None:
    dumb = StationRules(hours=(), sessions_per_day=1, minutes_per_session=1)
    loud = {"loudspeaker": Section(OPTIONS["loudspeaker"]())}
    plan = planned(real, alert(drill=True, sections=loud), station=dumb)
    assert not plan.deliveries
    assert any("leave no hour" in breach.message for breach in plan.stops)


def test_clusters_may_be_chosen(real: dict[str, Channel]) -> None:
    options = OPTIONS["loudspeaker"].model_validate({"clusters": ["cum-2"]})
    plan = planned(real, alert(sections={"loudspeaker": Section(options)}))
    assert {item.target for item in plan.deliveries} == {"cum-2"}


def test_what_has_neither_choice_nor_drill_keeps_its_hash() -> None:
    """Else every programme of a commune would go out again after an upgrade."""
    options = OPTIONS["loudspeaker"]()
    content = builders.content("loudspeaker", options)
    assert "clusters" not in options.identity()  # type: ignore[attr-defined] - the loudspeaker's own
    assert not {"drill", "ends", "schedule", "own_schedule"} & content.identity().keys()
    drill = builders.content("loudspeaker", options, drill=True)
    assert drill.identity()["drill"] is True


def test_a_new_approval_replaces_repeats_to_come_and_keeps_what_was_said(
    real: dict[str, Channel],
) -> None:
    first = planned(real, alert())
    current = [
        Current(number, item.key, item.slot, item.asap, state)
        for number, item in enumerate(first.deliveries)
        for state in [State.SENT if item.slot < NIGHT + EVERY else State.PLANNED]
    ]
    again = NIGHT + timedelta(minutes=20)
    changes = changes_between(current, planned(real, alert(), again).deliveries, again)
    replaced = {first.deliveries[number].slot for number in changes.replaced}
    assert replaced == {UNTIL - timedelta(minutes=m) for m in (27, 12)}
    assert all(not item.asap for item in changes.new), "the first time counts once"


def test_slots_of_a_relay_are_left_to_it_by_drills_alone() -> None:
    rules = StationRules(
        hours=(Hours(time(5), time(7)),), sessions_per_day=9, minutes_per_session=30
    )
    registry = builders.registry(station=rules, clusters=(Cluster("cum-1", ("ap-1",)),))
    end = datetime(2026, 12, 2, 9, 0, tzinfo=VIETNAM)
    place = Placement("cum-1", "folder", None, Repeat(timedelta(hours=1), end))
    found = {
        drill: len(list(Times(alert(drill=drill), registry, NIGHT).of("loudspeaker", place)))
        for drill in (False, True)
    }
    assert found == {False: 7, True: 3}
