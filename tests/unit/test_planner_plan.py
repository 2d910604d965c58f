"""Planning: pure, the same each time, and its cost grows with what differs."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support import builders
from support.commune import files_below
from support.dispatching import campaign as made_up
from support.fake_channels import FakeBackend, FakeChannel, FakeOptions, FarSide

from campaigns.sandbox import TemplateError
from channels.base import Channel, artifact_key
from channels.flyer.options import FlyerOptions
from engine.app import OPTIONS, build_channels, close_channels
from engine.clock import VIETNAM
from engine.ledger import Current
from engine.models import (
    Audience,
    Campaign,
    File,
    HouseholdGroup,
    Plan,
    Priority,
    Schedule,
    Section,
)
from engine.planner import changes_between, plan_campaign
from engine.settings import Settings
from engine.states import State

NOW = builders.NOW
TOMORROW = datetime(2026, 12, 2, 5, 0, tzinfo=VIETNAM)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[dict[str, Channel]]:
    channels = build_channels(Settings(), tmp_path / "xa", builders.MemoryRemoteIds())
    yield channels
    close_channels(channels)


@pytest.fixture
def fake(tmp_path: Path) -> dict[str, FakeChannel]:
    backend = FakeBackend("so", True, FarSide(tmp_path / "far.log"))
    return {"giay": FakeChannel("giay", backend)}


def everywhere(**changes: Any) -> Campaign:
    """A campaign on every real channel."""
    sections = {name: Section(options()) for name, options in OPTIONS.items()}
    return made_up("thong-bao", **{"sections": sections, **changes})


def paper(channels: Mapping[str, Channel], **changes: Any) -> Campaign:
    return made_up("thong-bao", dict.fromkeys(channels, Section(FakeOptions())), **changes)


def planned(channels: Mapping[str, Channel], campaign: Campaign, **changes: Any) -> Plan:
    values = {"registry": builders.registry(), "now": NOW, **changes}
    return plan_campaign(campaign, channels=channels, **values)


def messages(plan: Plan) -> str:
    return " | ".join(breach.message for breach in plan.breaches)


def test_only_the_loudspeaker_gets_the_marks_for_the_voice(real: dict[str, Channel]) -> None:
    marked = everywhere(body="Gọi [[0272.3000.111]].", contact="Trạm, [[0272.3000.222]]")
    for content in planned(real, marked).contents.values():
        kept = content.channel == "loudspeaker"
        assert ("[[0272.3000.111]]" in content.body) == kept
        assert ("[[0272.3000.222]]" in content.contact) == kept
        assert "0272.3000.111" in content.body


def test_marks_change_nothing_for_those_who_read(real: dict[str, Channel]) -> None:
    plain, marked = (
        {
            key
            for key, content in planned(real, everywhere(body=body)).contents.items()
            if content.channel == "chat"
        }
        for body in ("Gọi 0272.3000.111.", "Gọi [[0272.3000.111]].")
    )
    assert plain == marked


def test_the_same_campaign_has_the_same_plan(real: dict[str, Channel]) -> None:
    one, two = (planned(real, everywhere()) for _ in range(2))
    assert one == two
    assert one.fingerprint == two.fingerprint
    assert len(one.deliveries) > 4


def test_planning_leaves_no_trace(tmp_path: Path, real: dict[str, Channel]) -> None:
    before = files_below(tmp_path)
    planned(real, everywhere())
    assert files_below(tmp_path) == before


def test_the_clock_shapes_times_but_not_what_is_approved(real: dict[str, Channel]) -> None:
    now, later = (
        planned(real, everywhere(), now=moment) for moment in (NOW, NOW + timedelta(hours=7))
    )
    assert now.fingerprint == later.fingerprint
    assert [one.key for one in now.deliveries] == [one.key for one in later.deliveries]
    assert now.deliveries != later.deliveries


@pytest.mark.parametrize(
    "change",
    [
        {"body": "Họp thôn."},
        {"audience": Audience(hamlets=("ap-1",))},
        {"title": "Khác"},
        {"schedule": Schedule(False, (TOMORROW,))},
        {"contact": "Khác"},
    ],
)
def test_what_people_would_read_hear_or_when_is_what_is_approved(
    real: dict[str, Channel], change: dict[str, Any]
) -> None:
    assert (
        planned(real, everywhere(**change)).fingerprint != planned(real, everywhere()).fingerprint
    )


def keys_by_channel(
    channels: Mapping[str, Channel], campaign: Campaign, hamlets: int
) -> dict[str, int]:
    """How many artifacts would be rendered, by channel."""
    registry = builders.registry(hamlets=hamlets)
    plan = planned(channels, campaign, registry=registry)
    assert len({one.hamlet_id for one in plan.deliveries}) == hamlets
    needed = {name: File.of_bytes(name, "x/y", name.encode()) for name in channels}
    keys = defaultdict(set)
    for item in plan.deliveries:
        channel = channels[item.channel]
        artifacts = builders.FakeArtifacts({name: needed[name] for name in channel.needs})
        hamlet = registry.hamlets_by_id[item.hamlet_id]
        inputs = channel.prepare(plan.contents[item.content_hash], hamlet, artifacts)
        keys[item.channel].add(artifact_key(channel, inputs))
    return {name: len(found) for name, found in keys.items()}


@pytest.mark.parametrize("hamlets", [4, 4_000])
def test_the_same_text_is_rendered_once_for_any_number_of_hamlets(
    real: dict[str, Channel], hamlets: int
) -> None:
    """Flyers name their hamlet and count, so they differ; the other channels do not."""
    assert keys_by_channel(real, everywhere(), hamlets) == {
        "loudspeaker": 1,
        "flyer": hamlets,
        "portal": 1,
        "chat": 1,
        "team": 1,
    }


@pytest.mark.parametrize("hamlets", [4, 4_000])
def test_flyers_that_name_no_hamlet_are_rendered_once(
    real: dict[str, Channel], hamlets: int
) -> None:
    flyer = made_up("thong-bao", {"flyer": Section(FlyerOptions(show_hamlet=False))})
    assert keys_by_channel(real, flyer, hamlets) == {"flyer": 1}


def test_hamlets_with_the_same_values_share_a_content(fake: dict[str, FakeChannel]) -> None:
    hours = {"ap-1": {"gio": "7"}, "ap-2": {"gio": "8"}, "ap-3": {"gio": "7"}, "ap-4": {"gio": "8"}}
    plan = planned(fake, paper(fake, body="Lúc {{ gio }} giờ.", hamlet_values=hours))
    assert sorted(content.body for content in plan.contents.values()) == [
        "Lúc 7 giờ.",
        "Lúc 8 giờ.",
    ]
    hashes = {one.hamlet_id: one.content_hash for one in plan.deliveries}
    assert hashes["ap-1"] == hashes["ap-3"] != hashes["ap-2"] == hashes["ap-4"]


def test_a_hamlets_own_value_goes_before_the_campaigns(fake: dict[str, FakeChannel]) -> None:
    campaign = paper(
        fake, body="{{ gio }}", variables={"gio": "7"}, hamlet_values={"ap-2": {"gio": "8"}}
    )
    plan = planned(fake, campaign)
    bodies = {one.hamlet_id: plan.contents[one.content_hash].body for one in plan.deliveries}
    assert bodies == {"ap-1": "7", "ap-2": "8", "ap-3": "7", "ap-4": "7"}


def test_values_that_a_text_does_not_use_make_no_difference(fake: dict[str, FakeChannel]) -> None:
    values = {"ap-1": {"gio": "7"}, "ap-2": {"gio": "8"}}
    assert len(planned(fake, paper(fake, hamlet_values=values)).contents) == 1


def test_a_text_that_names_its_hamlet_differs_in_each(fake: dict[str, FakeChannel]) -> None:
    assert len(planned(fake, paper(fake, body="{{ hamlet.name }}")).contents) == 4


def test_a_variable_without_a_value_is_refused(fake: dict[str, FakeChannel]) -> None:
    with pytest.raises(TemplateError):
        planned(fake, paper(fake, body="{{ gio }}", hamlet_values={"ap-1": {"gio": "7"}}))


def test_a_post_whose_audio_changes_is_another_post(fake: dict[str, FakeChannel]) -> None:
    post = FakeChannel("bai", fake["giay"].backend, needs=("giay",))
    channels = {**fake, "bai": post}
    sections = dict.fromkeys(channels, Section(FakeOptions()))
    spoken = {**sections, "giay": Section(FakeOptions(), text="Đọc khác.")}
    one = planned(channels, made_up("thong-bao", sections))
    two = planned(channels, made_up("thong-bao", spoken))
    hashes = [
        {item.content_hash for item in plan.deliveries if item.channel == "bai"}
        for plan in (one, two)
    ]
    assert not hashes[0] & hashes[1]
    assert one.contents.keys() >= {key for needs in one.needs.values() for key in needs.values()}


def test_a_channel_that_is_not_used_is_not_needed(fake: dict[str, FakeChannel]) -> None:
    channels = {**fake, "bai": FakeChannel("bai", fake["giay"].backend, needs=("giay",))}
    plan = planned(channels, made_up("thong-bao", {"bai": Section(FakeOptions())}))
    assert not any(plan.needs.values())


@pytest.mark.parametrize(
    ("audience", "reached"),
    [
        (Audience(), "ap-1 ap-2 ap-3 ap-4"),
        (Audience(hamlets=("ap-3", "ap-1")), "ap-1 ap-3"),
        (Audience(tags=("ven-song",)), "ap-2"),
        (Audience(hamlets=("ap-1",), tags=("ven-song",)), "ap-1 ap-2"),
        (Audience(households=HouseholdGroup.POOR), "ap-1 ap-2 ap-4"),
    ],
)
def test_the_audience_is_reached_in_the_registrys_order(
    fake: dict[str, FakeChannel], audience: Audience, reached: str
) -> None:
    registry = builders.registry()
    hamlets = list(registry.hamlets)
    hamlets[1] = dataclasses.replace(hamlets[1], tags=frozenset({"ven-song"}))
    hamlets[2] = dataclasses.replace(hamlets[2], poor_households=0)
    registry = dataclasses.replace(registry, hamlets=tuple(hamlets))
    plan = planned(fake, paper(fake, audience=audience), registry=registry)
    assert [item.hamlet_id for item in plan.deliveries] == reached.split()


def test_only_the_households_that_are_meant_are_counted(fake: dict[str, FakeChannel]) -> None:
    poor = Audience(households=HouseholdGroup.POOR)
    plan = planned(fake, paper(fake, audience=poor))
    assert [item.households for item in plan.deliveries] == [10, 20, 30, 40]


def test_nobody_to_reach_is_a_breach(fake: dict[str, FakeChannel]) -> None:
    plan = planned(fake, paper(fake, audience=Audience(tags=("khong-ai",))))
    assert not plan.deliveries
    assert len(plan.stops) == 1


def test_as_soon_as_possible_is_the_next_allowed_hour(fake: dict[str, FakeChannel]) -> None:
    chat = {"chat": dataclasses.replace(fake["giay"], name="chat")}
    night = datetime(2026, 12, 1, 22, 0, tzinfo=VIETNAM)
    plan = planned(chat, paper(chat), now=night)
    assert {item.slot for item in plan.deliveries} == {datetime(2026, 12, 2, 6, 0, tzinfo=VIETNAM)}
    urgent = planned(chat, paper(chat, priority=Priority.EMERGENCY), now=night)
    assert {item.slot for item in urgent.deliveries} == {night}
    assert all(item.asap for item in (*plan.deliveries, *urgent.deliveries))


def test_as_soon_as_possible_is_not_before_the_campaign_begins(
    fake: dict[str, FakeChannel],
) -> None:
    begins = NOW + timedelta(days=1)
    plan = planned(fake, paper(fake, valid_from=begins))
    assert {item.slot for item in plan.deliveries} == {begins}


def test_work_starts_before_the_slot_and_ends_a_while_after(fake: dict[str, FakeChannel]) -> None:
    fake["giay"].lead, fake["giay"].grace = timedelta(minutes=30), timedelta(minutes=10)
    plan = planned(fake, paper(fake, schedule=Schedule(False, (TOMORROW,))))
    for item in plan.deliveries:
        assert item.work_at == TOMORROW - timedelta(minutes=30)
        assert item.expires_at == TOMORROW + timedelta(minutes=10)


def test_nothing_outlives_its_campaign(fake: dict[str, FakeChannel]) -> None:
    fake["giay"].grace = timedelta(days=30)
    campaign = paper(fake, schedule=Schedule(False, (TOMORROW,)))
    assert {one.expires_at for one in planned(fake, campaign).deliveries} == {campaign.valid_until}


def test_what_follows_from_approval_waits_as_long_as_the_campaign_is_valid(
    fake: dict[str, FakeChannel],
) -> None:
    fake["giay"].grace = timedelta(minutes=10)
    campaign = paper(fake)
    assert {one.expires_at for one in planned(fake, campaign).deliveries} == {campaign.valid_until}


def test_past_slots_are_left_out_and_the_rest_goes_on(fake: dict[str, FakeChannel]) -> None:
    fake["giay"].grace = timedelta(minutes=10)
    yesterday = NOW - timedelta(days=1)
    plan = planned(fake, paper(fake, schedule=Schedule(False, (yesterday, TOMORROW))))
    assert {item.slot for item in plan.deliveries} == {TOMORROW}
    assert not plan.breaches


def test_a_channel_with_no_slot_left_is_a_breach(fake: dict[str, FakeChannel]) -> None:
    fake["giay"].grace = timedelta(minutes=10)
    plan = planned(fake, paper(fake, schedule=Schedule(False, (NOW - timedelta(days=1),))))
    assert not plan.deliveries
    assert len(plan.stops) == 1, messages(plan)


def test_a_campaign_that_is_over_is_a_breach(fake: dict[str, FakeChannel]) -> None:
    campaign = paper(fake)
    assert planned(fake, campaign, now=campaign.valid_until).stops


def test_a_slot_at_night_stops_a_notice_but_not_an_emergency(real: dict[str, Channel]) -> None:
    night = Schedule(False, (datetime(2026, 12, 2, 3, 15, tzinfo=VIETNAM),))
    notice = planned(real, everywhere(schedule=night))
    assert "03:15" in " ".join(breach.message for breach in notice.stops)
    alarm = planned(real, everywhere(schedule=night, priority=Priority.EMERGENCY))
    assert not alarm.stops
    assert "03:15" in messages(alarm)


def test_a_hamlet_without_a_loudspeaker_is_said_and_stops_nobody(real: dict[str, Channel]) -> None:
    registry = builders.registry()
    registry = dataclasses.replace(registry, clusters=registry.clusters[:3])
    plan = planned(real, everywhere(), registry=registry)
    (breach,) = [one for one in plan.breaches if one.channel == "loudspeaker"]
    assert breach.waived
    assert breach.hamlet_id == "ap-4"


def current(plan: Plan, **changes: Any) -> list[Current]:
    """The plan's deliveries as the ledger would give them back."""
    values = {"state": State.SENT, **changes}
    return [
        Current(number, item.key, item.slot, item.asap, values["state"])
        for number, item in enumerate(plan.deliveries, start=1)
    ]


def test_a_plan_that_changes_nothing_sends_nothing(real: dict[str, Channel]) -> None:
    plan = planned(real, everywhere())
    later = planned(real, everywhere(), now=NOW + timedelta(hours=5))
    changes = changes_between(current(plan), later.deliveries, NOW)
    assert not changes.new
    assert not changes.replaced


def test_only_what_differs_is_replaced_and_sent(fake: dict[str, FakeChannel]) -> None:
    hours = {f"ap-{n}": {"gio": "7"} for n in range(1, 5)}
    before = planned(fake, paper(fake, body="{{ gio }}", hamlet_values=hours))
    after = planned(
        fake, paper(fake, body="{{ gio }}", hamlet_values={**hours, "ap-2": {"gio": "8"}})
    )
    changes = changes_between(current(before), after.deliveries, NOW)
    assert [item.hamlet_id for item in changes.new] == ["ap-2"]
    assert changes.replaced == (2,)


@pytest.mark.parametrize(
    ("state", "stays"),
    [
        (State.SENT, True),
        (State.CONFIRMED, True),
        (State.UNCERTAIN, True),
        (State.PLANNED, False),
        (State.HELD, False),
        (State.FAILED, False),
    ],
)
def test_what_was_sent_at_a_slot_that_is_past_is_history(
    fake: dict[str, FakeChannel], state: State, stays: bool
) -> None:
    plan = planned(fake, paper(fake, schedule=Schedule(False, (TOMORROW,))))
    changes = changes_between(current(plan, state=state), (), TOMORROW + timedelta(hours=1))
    assert (not changes.replaced) is stays
