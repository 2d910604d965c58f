"""What Loa hands to a station script and asks it; the script itself is heard on the air."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support import builders as b
from support.commune import files_below
from support.fake_station import FakeStation, fake_station
from support.programmes import programme_of

from channels.base import ChannelError
from channels.loudspeaker.names import SlotNames
from channels.loudspeaker.players.liquidsoap import LiquidsoapBackend
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.station_plan import Limits, plan_of
from engine.clock import SimulatedClock
from engine.models import Artifact, Bundle, File, Priority
from engine.models.play import PlayOutcome

SOUND = (b"a sound", 3.0)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[FakeStation]:
    with fake_station(tmp_path) as station:
        yield station


def backend(station: FakeStation, **own: Any) -> LiquidsoapBackend:
    given = {"clock": SimulatedClock(b.NOW), **own}
    return LiquidsoapBackend(
        "dai-xa", places=Places(str(station.folder)), sockets=Places(station.sockets), **given
    )


def slot(**changes: Any) -> Bundle:
    return b.bundle("loudspeaker", "dai-xa", "cum-1", **changes)


def hand_over(station: FakeStation, bundle: Bundle, *names: str, **own: Any) -> None:
    items = {name: (name.encode(), 2.0) for name in names}
    backend(station, **own).deliver(programme_of(bundle, items), bundle)


def planned(station: FakeStation) -> list[str]:
    return sorted(one.name for one in (station.folder / "cum-1" / "plans").glob("*"))


def test_a_plan_says_what_airs_in_which_order_and_until_when(station: FakeStation) -> None:
    bundle = slot()
    made = programme_of(
        bundle, {"tiem": SOUND, "hop": SOUND}, opening=SOUND, closing=SOUND, bridge=SOUND
    )
    own = Limits(timedelta(minutes=5), timedelta(minutes=30))
    receipt = backend(station, limits=own).deliver(made, bundle)
    name = "20261201T220000000000Z.000001-000001.json"
    assert (receipt.reference, receipt.detail) == (f"cum-1/{name}", {"items": "2"})
    plan = json.loads((station.folder / "cum-1" / "plans" / name).read_text())
    assert plan["slot"] == "2026-12-02T05:00:00+07:00"
    assert plan["due"] == bundle.slot.timestamp()
    assert (plan["late"] - plan["due"], plan["until"] - plan["due"]) == (300, 1800)
    assert [(one["part"], one["campaign"]) for one in plan["parts"]] == [
        ("opening", ""), ("item", "tiem"), ("item", "hop"), ("closing", ""), ("bridge", ""),
    ]  # fmt: skip
    (sound,) = {one["sound"] for one in plan["parts"]}
    assert (station.folder / "cum-1" / sound).read_bytes() == SOUND[0]


def test_limits_run_from_the_stations_own_now_when_the_slot_has_passed(
    station: FakeStation,
) -> None:
    bundle = slot()
    station.state["now"] = bundle.slot.timestamp() + 100
    hand_over(station, bundle, "tiem")
    plan = json.loads((station.folder / "cum-1" / "plans" / planned(station)[0]).read_text())
    assert plan["late"] == bundle.slot.timestamp() + 100 + 600


def mixed(bundle: Bundle, *priorities: str) -> Artifact:
    """Return a programme with a closing whose items have these priorities."""
    made = programme_of(
        bundle,
        {f"tin-{number}": SOUND for number, _one in enumerate(priorities)},
        opening=SOUND,
        closing=SOUND,
    )
    name = SlotNames.of(bundle).manifest
    manifest = json.loads(made.named(name).read())
    for item, priority in zip(manifest["items"], priorities, strict=True):
        item["priority"] = priority
    others = tuple(file for file in made.files if file.name != name)
    whole = File.of_bytes(name, "application/json", json.dumps(manifest).encode())
    return Artifact((*others, whole))


@pytest.mark.parametrize(
    ("priorities", "urgent"),
    [
        (("routine", "routine"), (False, False, False, False)),
        (("emergency", "routine"), (True, True, False, False)),
        (("emergency", "emergency"), (True, True, True, True)),
    ],
)
def test_what_comes_before_the_last_emergency_is_as_urgent(
    priorities: tuple[str, ...], urgent: tuple[bool, ...]
) -> None:
    plan = plan_of(mixed(slot(), *priorities), slot())
    assert tuple(part["urgent"] for part in plan.parts) == urgent


def test_a_later_version_takes_the_place_of_the_earlier_one(station: FakeStation) -> None:
    hand_over(station, slot(), "tiem", "hop")
    hand_over(station, slot(version=2), "hop")
    assert planned(station) == ["20261201T220000000000Z.000002-000001.json"]
    assert len(list((station.folder / "cum-1" / "sounds").iterdir())) == 1


def test_an_emergency_in_the_second_of_another_slot_is_a_programme_of_its_own(
    station: FakeStation,
) -> None:
    hand_over(station, slot(), "tiem")
    moment = slot().slot + timedelta(milliseconds=300)
    hand_over(station, slot(id=8, slot=moment, priority=Priority.EMERGENCY), "lu")
    assert planned(station) == [
        "20261201T220000000000Z.000001-000001.json", "20261201T220000300000Z.000001-000001.json",
    ]  # fmt: skip


def test_programmes_of_long_ago_go_with_the_sounds_that_nothing_else_plays(
    station: FakeStation,
) -> None:
    hand_over(station, slot(slot=b.NOW - timedelta(days=9)), "cu", "chung")
    hand_over(station, slot(slot=b.NOW - timedelta(days=2)), "moi", "chung")
    assert [name[:8] for name in planned(station)] == ["20261122", "20261129"]
    hand_over(station, slot(), "tiem")
    assert [name[:8] for name in planned(station)] == ["20261129", "20261201"]
    assert len(list((station.folder / "cum-1" / "sounds").iterdir())) == 3


def test_a_station_that_is_away_gets_nothing_and_may_come_back(tmp_path: Path) -> None:
    with fake_station(tmp_path) as gone:
        pass
    with pytest.raises(ChannelError, match="cum-1") as caught:
        hand_over(gone, slot(), "tiem")
    assert not caught.value.permanent
    assert files_below(gone.folder) == {}


def test_what_a_station_does_not_take_does_not_stay(station: FakeStation) -> None:
    station.takes = False
    with pytest.raises(ChannelError, match="cum-1") as caught:
        hand_over(station, slot(), "tiem")
    assert not caught.value.permanent
    assert planned(station) == []


def test_another_release_of_the_script_is_refused_for_good(station: FakeStation) -> None:
    station.state["station"] = 2
    with pytest.raises(ChannelError, match="cum-1") as caught:
        hand_over(station, slot(), "tiem")
    assert caught.value.permanent


def test_a_server_that_is_no_station_is_told(
    station: FakeStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station, "answer", lambda *_asked: "ERROR: unknown command")
    with pytest.raises(ChannelError, match="cum-1"):
        hand_over(station, slot(), "tiem")


def test_a_clock_that_is_not_sure_holds_up_all_but_emergencies(station: FakeStation) -> None:
    station.state["clock"] = False
    with pytest.raises(ChannelError) as caught:
        hand_over(station, slot(), "tiem")
    assert not caught.value.permanent
    hand_over(station, slot(priority=Priority.EMERGENCY), "lu")
    assert len(planned(station)) == 1


@pytest.mark.parametrize("target", ["../ngoai", "", "a/b", ".an"])
def test_a_target_that_is_a_path_is_refused_for_good(station: FakeStation, target: str) -> None:
    bundle = b.bundle("loudspeaker", "dai-xa", target)
    with pytest.raises(ChannelError) as caught:
        backend(station).deliver(programme_of(bundle, {"tiem": SOUND}), bundle)
    assert caught.value.permanent


def test_a_sound_that_is_not_what_its_hash_says_never_airs(station: FakeStation) -> None:
    made = programme_of(slot(), {"tiem": SOUND})
    whole = made.files[0]
    damaged = File(whole.name, whole.media_type, whole.sha256, whole.size, b"other")
    with pytest.raises(ChannelError) as caught:
        backend(station).deliver(Artifact((damaged, *made.files[1:])), slot())
    assert caught.value.permanent
    assert files_below(station.folder) == {}


def line(number: int, **changes: Any) -> str:
    play = {
        "number": number, "cluster": "cum-1", "slot": "2026-12-02T05:00:00+07:00",
        "campaign_id": "tiem", "purpose": "notice", "hamlets": ["ap-1"], "sha256": "a" * 64,
        "began": "2026-12-01T22:00:01+00:00", "seconds": 61.23, "outcome": "played",
        "reason": "",
    }  # fmt: skip
    return json.dumps({**play, **changes})


def test_plays_are_read_once_whatever_the_log_looks_like(station: FakeStation) -> None:
    hand_over(station, slot(), "tiem")
    cut = line(3, outcome="cut", reason="emergency")
    station.lines = [line(1), '{"torn', cut, line(4, cluster="cum-9")]
    one = backend(station)
    plays, mark = one.plays("")
    assert [(play.number, play.outcome) for play in plays] == [
        (1, PlayOutcome.PLAYED), (3, PlayOutcome.CUT),
    ]  # fmt: skip
    assert plays[0].seconds == 61.2
    assert plays[0].player == "dai-xa/cum-1/1"
    assert "khẩn cấp" in plays[1].reason or "emergency" in plays[1].reason
    assert one.plays(mark) == ([], mark)
    station.lines.append(line(5))
    assert [play.number for play in one.plays(mark)[0]] == [5]


def test_a_log_that_begins_again_is_another_log(station: FakeStation) -> None:
    hand_over(station, slot(), "tiem")
    station.lines = [line(1), line(2)]
    _plays, mark = backend(station).plays("")
    station.lines, station.state["log"] = [line(1)], "2"
    (play,), _mark = backend(station).plays(mark)
    assert play.player == "dai-xa/cum-1/2"


def test_more_plays_than_fit_one_answer_come_in_several(station: FakeStation) -> None:
    hand_over(station, slot(), "tiem")
    station.lines = [line(number) for number in range(1, 451)]
    found, mark = [], ""
    for _call in range(3):
        plays, mark = backend(station).plays(mark)
        found += [play.number for play in plays]
    assert found == list(range(1, 451))


def test_stations_that_are_all_away_cannot_be_asked(tmp_path: Path) -> None:
    with fake_station(tmp_path) as station:
        hand_over(station, slot(), "tiem")
    with pytest.raises(ChannelError, match="cum-1"):
        backend(station).plays("")
    with pytest.raises(ChannelError, match="cum-1"):
        backend(station).check()


def test_nothing_that_was_ever_handed_over_is_nothing_to_ask(tmp_path: Path) -> None:
    with fake_station(tmp_path) as station:
        one = backend(station)
    one.check()
    assert one.plays("") == ([], "{}")
