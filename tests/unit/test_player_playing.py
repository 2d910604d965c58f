"""What a player plays and when, on a clock that the test moves; counted where it is heard."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.airing import SLOT
from support.amplifier import (
    EARLY,
    Rig,
    a_cancel,
    a_programme,
    an_emergency,
    an_item,
    newer,
    part,
)
from support.player_server import Far

from engine.models import Priority

pytestmark = pytest.mark.usefixtures("english")


def test_a_programme_plays_in_order_at_its_time_and_is_reported(player: Rig, far: Far) -> None:
    far.publish(
        a_programme(far, "tin-1", "tin-2", opening=part(far, "mo"), closing=part(far, "ket"))
    )
    player.talk()
    player.run((SLOT - EARLY).total_seconds() - 1, 30)
    assert player.sounds == []
    player.run(200)
    assert player.sounds == ["mo", "tin-1", "tin-2", "ket"]
    assert player.world.heard[0].began == SLOT
    player.talk()
    assert [(p["campaign_id"], p["outcome"], p["number"]) for p in far.plays.values()] == [
        ("tin-1", "played", 1),
        ("tin-2", "played", 2),
    ]
    assert far.plays[1]["seconds"] == pytest.approx(60, abs=1)
    player.run(3600, 30)
    assert len(player.sounds) == 4


def test_a_bridge_plays_between_items_and_not_after_an_interruption(player: Rig, far: Far) -> None:
    sounds = {"opening": part(far, "mo"), "closing": part(far, "ket"), "bridge": part(far, "cau")}
    far.publish(a_programme(far, "tin-1", "tin-2", "tin-3", **sounds))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() - 1, 30)
    player.run(100)
    assert player.sounds == ["mo", "tin-1", "cau", "tin-2"]
    far.publish(an_emergency(far, "bao", player.world.now))
    player.talk()
    player.run(400)
    assert player.sounds[4:] == ["bao", "tin-2", "cau", "tin-3", "ket"]
    player.talk()
    assert sorted(far.heard()) == ["bao", "tin-1", "tin-2", "tin-3"]


def test_the_morning_programmes_of_three_days_play_with_the_network_down(
    player: Rig, far: Far
) -> None:
    for day in range(3):
        far.publish(a_programme(far, f"tin-{day}", slot=SLOT + timedelta(days=day)))
    player.talk()
    player.online = False
    player.run(3 * 86_400, 60)
    assert player.sounds == ["tin-0", "tin-1", "tin-2"]
    assert [h.began for h in player.world.heard] == pytest.approx(
        [SLOT + timedelta(days=day) for day in range(3)], abs=timedelta(seconds=60)
    )
    assert far.plays == {}
    player.online = True
    player.talk()
    assert far.heard() == ["tin-0", "tin-1", "tin-2"]


def test_a_whole_hour_without_network_is_played_from_store_and_told_afterwards(
    player: Rig, far: Far
) -> None:
    """What was published meanwhile, and is over when the line is back, is not played late."""
    minutes = {"dau-gio": 0, "giua-gio": 30, "cuoi-gio": 58}
    for name, late in minutes.items():
        far.publish(a_programme(far, name, slot=SLOT + timedelta(minutes=late), seconds=30))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() - 60, 60)
    player.online = False
    far.publish(a_programme(far, "lo", slot=SLOT + timedelta(minutes=20)))
    far.publish(an_emergency(far, "bao", SLOT + timedelta(minutes=40)))
    player.run(3_600)
    assert player.sounds == list(minutes)
    assert [one.began for one in player.world.heard] == [
        SLOT + timedelta(minutes=late) for late in minutes.values()
    ]
    assert far.plays == {}
    player.online = True
    player.talk()
    assert far.heard() == list(minutes)
    player.run(1_800, 10)
    player.talk()
    assert player.sounds == list(minutes), "nothing stale"
    assert far.heard() == list(minutes), "each once"


def test_an_emergency_breaks_in_and_what_it_cut_plays_again_whole(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1", "tin-2"))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 20, 20)
    assert player.sounds == ["tin-1"]
    far.publish(an_emergency(far, "bao", player.world.now))
    player.talk()
    player.agent.turn()
    assert player.sounds == ["tin-1", "bao"]
    assert player.world.heard[0].stopped
    assert player.world.heard[1].began == player.world.now
    player.run(300)
    assert player.sounds == ["tin-1", "bao", "tin-1", "tin-2"]
    player.talk()
    assert [(p["campaign_id"], p["outcome"]) for p in far.plays.values()] == [
        ("tin-1", "cut"),
        ("bao", "played"),
        ("tin-1", "played"),
        ("tin-2", "played"),
    ]
    assert far.plays[1]["seconds"] == pytest.approx(20, abs=1)
    assert far.plays[1]["reason"] == "gave way to an emergency"


def test_an_item_that_no_longer_fits_after_an_emergency_is_not_begun(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1", seconds=120))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 20, 20)
    far.publish(an_emergency(far, "bao", player.world.now, seconds=680))
    player.talk()
    player.run(2000)
    # Begun at the latest it would end 12 minutes after the slot; it would end after 13 now.
    assert player.sounds == ["tin-1", "bao"]


def test_an_emergency_repeats_until_it_expires(player: Rig, far: Far) -> None:
    now = player.world.now
    far.publish(an_emergency(far, "bao", now, repeat=timedelta(seconds=120)))
    player.talk()
    player.run(3600)
    began = [(h.began - now).total_seconds() for h in player.world.heard]
    assert began == pytest.approx([0, 120, 240, 360, 480, 600], abs=6)


def test_only_what_is_urgent_in_a_mixed_programme_repeats(player: Rig, far: Far) -> None:
    now = player.world.now
    items = (an_item(far, "bao", 20, Priority.EMERGENCY), an_item(far, "tin-1", 300))
    far.publish(an_emergency(far, "", now, items=items, repeat=timedelta(seconds=120)))
    player.talk()
    player.run(1500)
    assert player.sounds.count("bao") == 6
    # The news is cut by each repeat and begun again, until it can be heard whole.
    assert [h.stopped for h in player.world.heard if h.sound == "tin-1"][-1] is False


def test_a_cancelled_emergency_stops_at_once_and_stays_silent(player: Rig, far: Far) -> None:
    programme = an_emergency(far, "bao", player.world.now, repeat=timedelta(seconds=60))
    far.publish(programme)
    player.talk()
    player.run(10)
    far.publish(a_cancel(programme))
    player.talk()
    player.run(600)
    assert player.sounds == ["bao"]
    assert player.world.heard[0].stopped
    assert player.plays() == [("bao", "cut")]


def test_a_newer_version_plays_only_what_was_not_heard_yet(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1", "tin-2")
    far.publish(programme)
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 70, 10)
    assert player.sounds == ["tin-1", "tin-2"]
    late = an_item(far, "tin-3")
    far.publish(newer(programme, items=(*programme.items, late)))
    player.talk()
    player.run(300)
    assert player.sounds == ["tin-1", "tin-2", "tin-3"]


def test_after_days_offline_nothing_stale_is_played(player: Rig, far: Far) -> None:
    for day in range(4):
        far.publish(a_programme(far, f"tin-{day}", slot=SLOT + timedelta(days=day)))
    player.talk()
    player.world.reboot(away=timedelta(days=2, hours=2, minutes=5))
    player.killed()
    player.talk()
    player.run(3600, 10)
    # The programme of the third day is five minutes old and may still begin.
    assert player.sounds == ["tin-2"]
    player.run(86_400, 60)
    assert player.sounds == ["tin-2", "tin-3"]
    player.talk()
    assert far.heard("failed") == ["tin-0", "tin-1"]
    assert "over before this player" in far.plays[1]["reason"]


def test_a_drill_gives_way_to_a_real_emergency(player: Rig, far: Far) -> None:
    far.publish(an_emergency(far, "dien-tap", player.world.now, seconds=60, drill=True))
    player.talk()
    player.run(10)
    far.publish(an_emergency(far, "bao", player.world.now))
    player.talk()
    player.run(200)
    assert player.sounds == ["dien-tap", "bao", "dien-tap"]


def test_a_second_emergency_waits_for_the_first(player: Rig, far: Far) -> None:
    far.publish(an_emergency(far, "bao", player.world.now, seconds=30))
    player.talk()
    player.run(10)
    far.publish(an_emergency(far, "vo-de", player.world.now))
    player.talk()
    player.run(100)
    assert player.sounds == ["bao", "vo-de"]
    assert not any(one.stopped for one in player.world.heard)


def test_a_silent_item_is_tried_three_times_and_the_rest_goes_on(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1", "tin-2"))
    player.talk()
    player.world.broken["tin-1"] = "no sound card"
    player.run((SLOT - EARLY).total_seconds() + 300, 1)
    assert sorted(player.sounds) == ["tin-1", "tin-1", "tin-1", "tin-2"]
    player.talk()
    assert far.heard("failed") == ["tin-1"] * 3
    assert far.heard() == ["tin-2"]
    assert {p["reason"] for p in far.plays.values() if p["outcome"] == "failed"} == {
        "no sound card"
    }


def test_killed_in_the_middle_the_item_is_reported_cut_and_played_again(
    player: Rig, far: Far
) -> None:
    far.publish(a_programme(far, "tin-1", "tin-2", opening=part(far, "mo")))
    player.talk()
    player.run((SLOT - EARLY).total_seconds() + 40, 1)
    assert player.sounds == ["mo", "tin-1"]
    player.killed()
    player.world.pass_by(3)
    player.run(200)
    assert player.sounds == ["mo", "tin-1", "tin-1", "tin-2"]
    player.talk()
    assert [(p["campaign_id"], p["outcome"]) for p in far.plays.values()] == [
        ("tin-1", "cut"),
        ("tin-1", "played"),
        ("tin-2", "played"),
    ]
    # 35 s were heard; the last mark was made at most 5 s before.
    assert 29 <= far.plays[1]["seconds"] <= 35


def test_an_emergency_waits_a_moment_for_its_opening_and_no_longer(player: Rig, far: Far) -> None:
    siren = part(far, "coi")
    data = far.sounds.pop(siren.sha256)
    far.publish(an_emergency(far, "bao", player.world.now, opening=siren))
    player.talk()
    player.agent.turn()
    assert player.sounds == []
    player.run(2, 0.5)
    assert player.sounds == ["bao"]
    far.sounds[siren.sha256] = data
    player.run(100)
    far.publish(an_emergency(far, "vo-de", player.world.now, opening=siren))
    player.talk()
    player.agent.turn()
    assert player.sounds == ["bao", "coi"]
