"""A wrong clock wakes no village: what a player believes about the time, and what it plays then."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from support.airing import SLOT
from support.amplifier import EARLY, Rig, World, a_programme, an_emergency
from support.player_server import Far

from engine.player.place import Place
from engine.player.timekeeper import BATTERY, COUNTED, Doubt, Reference, Timekeeper

pytestmark = pytest.mark.usefixtures("english")

MORNING = (SLOT - EARLY).total_seconds()


def fresh(folder: Path, world: World) -> Timekeeper:
    return world.keeper(Place(folder))


def checked(folder: Path, world: World) -> Timekeeper:
    """A keeper that has just been told the time."""
    keeper = fresh(folder, world)
    keeper.compare(world.now, world.counter, world.counter)
    return keeper


def test_without_any_reference_nothing_but_emergencies_plays(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.world.reboot(away=timedelta(seconds=MORNING))
    player.killed()
    player.run(120)
    assert player.sounds == []
    far.publish(an_emergency(far, "bao", player.world.now))
    # The server's time cannot be had: only the stream is heard.
    far.now = lambda: player.world.now - timedelta(days=400)
    player.agent.keeper.compare = lambda *_ignored: None
    player.agent.stream.turn()
    player.run(30)
    assert player.sounds == ["bao"]
    status = json.loads((player.folder / "status.json").read_text())
    assert "nothing vouches for the clock: only emergencies play" in status["troubles"]


def test_the_server_s_word_brings_the_voice_back(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.world.reboot(away=timedelta(seconds=MORNING))
    player.killed()
    player.run(60)
    assert player.sounds == []
    player.talk()
    player.run(120)
    assert player.sounds == ["tin-1"]


@pytest.mark.parametrize("wrong", [timedelta(seconds=61), -timedelta(hours=7)])
def test_a_clock_off_by_more_than_a_minute_plays_emergencies_alone_and_says_so(
    player: Rig, far: Far, wrong: timedelta
) -> None:
    player.world.wrong = wrong
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.run(MORNING + 30, 30)
    assert player.sounds == []
    far.publish(an_emergency(far, "bao", player.world.now))
    player.talk()
    player.run(1300, 10)
    assert player.sounds == ["bao"]
    player.talk()
    seconds = round(abs(wrong.total_seconds()))
    assert far.plays[2]["outcome"] == "refused"
    assert f"{seconds} s away from the server's" in far.plays[2]["reason"]
    at = {status["at"] for status in far.statuses}
    assert (EARLY + wrong).isoformat() in {one.replace("Z", "+00:00") for one in at} or at


def test_a_clock_off_by_less_plays_at_the_right_moment(player: Rig, far: Far) -> None:
    player.world.wrong = timedelta(seconds=55)
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.run(MORNING + 100, 1)
    assert [one.began for one in player.world.heard] == [SLOT]


def test_a_clock_that_is_moved_while_the_player_runs_is_noticed(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    player.talk()
    player.run(600, 10)
    player.world.wrong = timedelta(seconds=MORNING - 600)
    player.run(300, 1)
    assert player.sounds == []
    assert player.agent.keeper.standing().doubt is Doubt.APART
    player.world.wrong = timedelta(0)
    player.run(MORNING, 10)
    assert player.sounds == ["tin-1"]


def test_a_jump_without_a_server_is_noticed_by_the_counter(tmp_path: Path) -> None:
    world = World(EARLY)
    keeper = fresh(tmp_path, world)
    world.pass_by(100)
    world.wrong = timedelta(minutes=5)
    standing = keeper.standing()
    assert standing.doubt is Doubt.JUMPED
    assert standing.offset == timedelta(minutes=5)
    assert keeper.now() == world.now


def test_the_counter_carries_the_time_over_a_restart_of_the_player(tmp_path: Path) -> None:
    world = World(EARLY)
    checked(tmp_path, world)
    world.pass_by(3600)
    standing = fresh(tmp_path, world).standing()
    assert (standing.reference, standing.doubt) == (Reference.SERVER, None)
    assert standing.checked == EARLY
    world.wrong = timedelta(minutes=2)
    keeper = fresh(tmp_path, world)
    assert keeper.standing().doubt is Doubt.APART
    assert keeper.now() == world.now


def test_the_counter_is_not_believed_longer_than_its_quartz_is_good(tmp_path: Path) -> None:
    world = World(EARLY)
    keeper = checked(tmp_path, world)
    world.pass_by(COUNTED.total_seconds() - 1)
    assert keeper.standing().doubt is None
    world.pass_by(1)
    assert keeper.standing().doubt is Doubt.UNKNOWN


def test_ntp_vouches_where_there_is_no_server(tmp_path: Path) -> None:
    world = World(EARLY, ntp=True)
    standing = fresh(tmp_path, world).standing()
    assert (standing.reference, standing.doubt) == (Reference.NTP, None)


def test_after_a_power_cut_only_a_battery_keeps_the_time(tmp_path: Path) -> None:
    world = World(EARLY)
    checked(tmp_path, world)
    world.reboot(away=timedelta(hours=5))
    assert fresh(tmp_path, world).standing().doubt is Doubt.UNKNOWN
    world.battery = True
    standing = fresh(tmp_path, world).standing()
    assert (standing.reference, standing.doubt) == (Reference.BATTERY, None)


def test_a_battery_clock_that_was_never_compared_vouches_for_nothing(tmp_path: Path) -> None:
    assert fresh(tmp_path, World(EARLY, battery=True)).standing().doubt is Doubt.UNKNOWN


def test_an_empty_battery_is_noticed(tmp_path: Path) -> None:
    world = World(EARLY, battery=True)
    checked(tmp_path, world)
    world.reboot(away=timedelta(hours=5))
    world.wrong = -timedelta(days=9_000)
    assert fresh(tmp_path, world).standing().doubt is Doubt.BEHIND


def test_a_battery_clock_that_was_wrong_or_compared_long_ago_is_not_believed(
    tmp_path: Path,
) -> None:
    world = World(EARLY, battery=True, wrong=timedelta(minutes=2))
    checked(tmp_path / "wrong", world)
    world.reboot()
    assert fresh(tmp_path / "wrong", world).standing().doubt is Doubt.UNKNOWN
    world = World(EARLY, battery=True)
    checked(tmp_path / "old", world)
    world.reboot(away=BATTERY)
    assert fresh(tmp_path / "old", world).standing().doubt is Doubt.UNKNOWN


def test_a_slow_answer_says_nothing_about_the_time(tmp_path: Path) -> None:
    world = World(EARLY)
    keeper = fresh(tmp_path, world)
    keeper.compare(world.now, world.counter - 11, world.counter)
    assert keeper.standing().doubt is Doubt.UNKNOWN


def test_a_spoilt_note_of_the_last_comparison_counts_for_nothing(tmp_path: Path) -> None:
    world = World(EARLY)
    checked(tmp_path, world)
    (tmp_path / "clock.json").write_text('{"at": "2026-')
    assert fresh(tmp_path, world).standing().doubt is Doubt.UNKNOWN


def test_an_answer_to_another_question_is_not_the_time(player: Rig, far: Far) -> None:
    import engine.player.stream as stream

    nonces = iter(["a" * 32, "b" * 32])
    line, keeper = player.agent.stream._line, player.agent.keeper
    recorded = line.get(f"time?nonce={next(nonces)}")
    line.get = lambda _path: recorded
    with pytest.raises(stream.LineError, match="another question"):
        stream.ask_time(line, player.agent.stream._identity, keeper)
    assert keeper.standing().doubt is Doubt.UNKNOWN


def test_an_emergency_without_any_clock_ends_when_it_was_made_to(player: Rig, far: Far) -> None:
    player.agent.keeper.compare = lambda *_ignored: None
    player.world.wrong = timedelta(days=3)
    far.publish(an_emergency(far, "bao", player.world.now, repeat=timedelta(seconds=120)))
    player.agent.stream.turn()
    player.run(3600, 5)
    assert len(player.sounds) == 6


def test_an_emergency_of_before_a_power_cut_is_silent_when_nobody_knows_the_time(
    player: Rig, far: Far
) -> None:
    far.publish(an_emergency(far, "bao", player.world.now, repeat=timedelta(seconds=120)))
    player.talk()
    player.run(60)
    assert player.sounds == ["bao"]
    player.world.reboot(away=timedelta(days=2))
    player.world.wrong = -timedelta(days=2)
    player.killed()
    player.run(600)
    assert player.sounds == ["bao"]
