"""One player for several clusters: what sounds the same is heard once, and reported for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.airing import SLOT
from support.amplifier import (
    EARLY,
    Rig,
    a_cancel,
    a_programme,
    an_emergency,
    newer,
    part,
)
from support.player_server import Far, player_server, sequence

from engine.models.airing import Programme

pytestmark = pytest.mark.usefixtures("english")

BEFORE = (SLOT - EARLY).total_seconds()


@pytest.fixture
def far() -> Far:
    return Far(clusters=("cum-1", "cum-3"))


@pytest.fixture
def player(tmp_path: Path, far: Far) -> Iterator[Rig]:
    with player_server(far) as address:
        made = Rig(tmp_path / "player", address, far, now=EARLY)
        yield made
        made.close()


def for_cluster(programme: Programme, cluster: str, hamlet: str) -> Programme:
    """The same words for the people of another cluster."""
    items = tuple(replace(item, hamlets=(hamlet,)) for item in programme.items)
    return replace(programme, cluster=cluster, sequence=sequence(), items=items)


def reported(far: Far) -> list[tuple[str, str, str]]:
    return sorted((p["cluster"], p["campaign_id"], p["outcome"]) for p in far.plays.values())


def test_an_alert_for_two_clusters_sounds_once_and_is_reported_for_both(
    player: Rig, far: Far
) -> None:
    alert = an_emergency(far, "bao", player.world.now, opening=part(far, "coi"))
    far.publish(alert)
    far.publish(for_cluster(alert, "cum-3", "ap-9"))
    player.talk()
    player.run(300)
    assert player.sounds == ["coi", "bao"]
    player.talk()
    assert reported(far) == [("cum-1", "bao", "played"), ("cum-3", "bao", "played")]
    one, other = far.plays.values()
    assert (one["began"], one["seconds"]) == (other["began"], other["seconds"])
    assert {p["cluster"]: p["hamlets"] for p in far.plays.values()} == {
        "cum-1": ["ap-1"],
        "cum-3": ["ap-9"],
    }
    player.run(3600, 30)
    player.talk()
    assert len(far.plays) == 2, "nothing is reported as not played when it is over"


@pytest.mark.parametrize("later", [5, 60])
def test_a_twin_that_comes_later_is_not_said_again(player: Rig, far: Far, later: int) -> None:
    """While the first is on air, or when it is over: its people heard it."""
    alert = an_emergency(far, "bao", player.world.now)
    far.publish(alert)
    player.talk()
    player.run(later)
    far.publish(for_cluster(alert, "cum-3", "ap-9"))
    player.talk()
    player.run(300)
    assert player.sounds == ["bao"]
    player.talk()
    assert reported(far) == [("cum-1", "bao", "played"), ("cum-3", "bao", "played")]


def test_a_whole_programme_with_its_frame_sounds_once(player: Rig, far: Far) -> None:
    frame = {name: part(far, name) for name in ("opening", "bridge", "closing")}
    programme = a_programme(far, "tin-1", "tin-2", **frame)
    far.publish(for_cluster(programme, "cum-3", "ap-9"))
    far.publish(programme)
    player.talk()
    player.run(BEFORE - 1, 30)
    player.run(900)
    assert player.sounds == ["opening", "tin-1", "bridge", "tin-2", "closing"]
    player.talk()
    assert reported(far) == [
        (cluster, item, "played") for cluster in ("cum-1", "cum-3") for item in ("tin-1", "tin-2")
    ]


def test_what_differs_plays_one_after_the_other(player: Rig, far: Far) -> None:
    far.publish(a_programme(far, "tin-1"))
    far.publish(a_programme(far, "tin-1", "tin-2", cluster="cum-3"))
    far.publish(a_programme(far, "tin-1", cluster="cum-3", slot=SLOT + timedelta(hours=1)))
    player.talk()
    player.run(BEFORE - 1, 30)
    player.run(900)
    assert player.sounds == ["tin-1", "tin-1", "tin-2"]
    player.run(3600, 5)
    assert player.sounds == ["tin-1", "tin-1", "tin-2", "tin-1"], "another slot is another time"


def test_repeats_sound_once_and_each_is_reported_for_both(player: Rig, far: Far) -> None:
    alert = an_emergency(far, "bao", player.world.now, repeat=timedelta(seconds=120))
    far.publish(alert)
    far.publish(for_cluster(alert, "cum-3", "ap-9"))
    player.talk()
    player.run(3600)
    assert player.sounds == ["bao"] * 6
    player.talk()
    by_cluster: dict[str, list[datetime]] = {"cum-1": [], "cum-3": []}
    for play in far.plays.values():
        by_cluster[play["cluster"]].append(play["began"])
    assert by_cluster["cum-1"] == by_cluster["cum-3"]
    assert len(by_cluster["cum-1"]) == 6


def test_killed_in_the_middle_it_is_cut_and_then_played_for_both(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1")
    far.publish(programme)
    far.publish(for_cluster(programme, "cum-3", "ap-9"))
    player.talk()
    player.run(BEFORE + 30, 5)
    player.killed()
    player.run(300)
    assert player.sounds == ["tin-1", "tin-1"]
    player.killed()
    player.run(5)
    player.talk()
    assert reported(far) == [
        (cluster, "tin-1", outcome)
        for cluster in ("cum-1", "cum-3")
        for outcome in ("cut", "played")
    ]


def test_a_silent_item_is_tried_three_times_for_both_together(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1")
    far.publish(programme)
    far.publish(for_cluster(programme, "cum-3", "ap-9"))
    player.talk()
    player.world.broken["tin-1"] = "no sound card"
    player.run(BEFORE - 1, 30)
    player.run(1200)
    assert player.sounds == ["tin-1"] * 3
    player.talk()
    assert reported(far) == [("cum-1", "tin-1", "failed")] * 3 + [("cum-3", "tin-1", "failed")] * 3


def test_the_other_clusters_go_on_when_it_is_cancelled_for_one(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1", "tin-2")
    far.publish(programme)
    far.publish(for_cluster(programme, "cum-3", "ap-9"))
    player.talk()
    player.run(BEFORE - 1, 30)
    player.run(70)
    assert player.sounds == ["tin-1", "tin-2"]
    far.publish(a_cancel(programme))
    player.talk()
    player.run(300)
    assert player.sounds == ["tin-1", "tin-2", "tin-2"]
    player.talk()
    assert ("cum-3", "tin-2", "played") in reported(far)


def test_a_newer_version_for_both_plays_only_what_is_new(player: Rig, far: Far) -> None:
    programme = a_programme(far, "tin-1")
    twin = for_cluster(programme, "cum-3", "ap-9")
    far.publish(programme)
    far.publish(twin)
    player.talk()
    player.run(BEFORE + 30, 5)
    more = a_programme(far, "tin-1", "tin-2")
    longer = newer(programme, items=more.items)
    far.publish(longer)
    player.talk()
    player.run(10)
    far.publish(replace(for_cluster(longer, "cum-3", "ap-9"), version=2))
    player.talk()
    player.run(300)
    assert player.sounds == ["tin-1", "tin-2"]
