"""A real station on the air of a real Icecast: what is heard, and what the station says of it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from support import builders as b
from support.hearing import heard_in, melody, pieces_of
from support.programmes import programme_of
from support.redis_server import wait_until
from support.station import Icecast, Recording, Station, on_air

from channels.base import ChannelError
from channels.loudspeaker.players.liquidsoap import LiquidsoapBackend
from channels.loudspeaker.players.places import Places
from channels.loudspeaker.players.station_plan import Limits, plan_of
from engine.files import write_atomic
from engine.models import Bundle, Priority
from engine.models.play import PlayOutcome

#: Every sound of these tests: MP3 and seconds. No two are alike.
SOUNDS = {
    name: (melody(seed, seconds), seconds)
    for seed, (name, seconds) in enumerate(
        [
            ("mo-dau", 1.0),
            ("tiem", 4.0),
            ("hop", 1.0),
            ("ket", 1.0),
            ("lu", 1.5),
            ("dien", 2.5),
            ("cau", 1.0),
        ]
    )
}
EAR = {name: sound for name, (sound, _seconds) in SOUNDS.items()}


@dataclass
class Air:
    """The station, its Icecast, and Loa's side of it."""

    station: Station
    icecast: Icecast
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def backend(self, **limits: timedelta) -> LiquidsoapBackend:
        return LiquidsoapBackend(
            "dai-xa",
            places=Places(str(self.station.programmes.parent)),
            sockets=Places(str(self.station.folder / "{cluster}.socket")),
            limits=Limits(**limits),
        )

    def bundle(self, wait: float = 0.0, **changes: Any) -> Bundle:
        """Return a bundle whose slot is in ``wait`` seconds; no two slots are the same."""
        slot = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=wait)
        number = next(self.numbers)
        slot += timedelta(microseconds=number)
        return b.bundle("loudspeaker", "dai-xa", "cum-1", id=number, slot=slot, **changes)

    def air(self, *names: str, wait: float = 0.0, **changes: Any) -> Bundle:
        """Hand over a programme of these items; return its bundle."""
        bundle = self.bundle(wait, **changes)
        items = {name: SOUNDS[name] for name in names}
        self.backend().deliver(programme_of(bundle, items), bundle)
        return bundle

    def said(self, bundle: Bundle) -> list[tuple[str, str, str]]:
        """Return what the station reports of a slot: campaign, outcome and why."""
        slot = f"{bundle.slot.astimezone(b.NOW.tzinfo).isoformat()}"
        return [
            (play["campaign_id"], play["outcome"], play["reason"])
            for play in self.station.plays()
            if play["slot"] == slot
        ]

    def wait_for(self, bundle: Bundle, *plays: tuple[str, str, str]) -> None:
        """Wait until the station reports exactly these plays of a slot."""
        try:
            wait_until(lambda: len(self.said(bundle)) >= len(plays), f"{plays}")
        except AssertionError as error:
            log = self.station.log.read_text("utf-8")[-3000:]
            raise AssertionError(f"{error}; {self.station.told()}; {log}") from None
        assert self.said(bundle) == list(plays)

    def wait_on_air(self, name: str, seconds: float) -> None:
        """Wait until an item has been on air so long."""
        doing = self.station.state / "doing.json"

        def there() -> bool:
            text = doing.read_text("utf-8").strip() if doing.exists() else ""
            told = json.loads(text) if text else {}
            return told.get("campaign") == name and time.time() - told["began"] >= seconds

        wait_until(there, f"{name} on air")

    def recorded(self) -> Recording:
        return Recording(f"{self.icecast.url}/{self.station.mount}")

    @contextmanager
    def recorded_when_mended(self) -> Iterator[Recording]:
        """Mend the cable, and listen from before anything airs: without a clock nothing does."""
        self.station.clock.unlink()
        self.station.cable.mend()
        wait_until(lambda: bool(self.station.told().get("connected")), "the station on air")
        with self.recorded() as recording:
            self.station.clock.touch()
            yield recording


def heard(recording: Recording) -> list[tuple[str, bool]]:
    """Return what was heard, in its order, and whether it was whole."""
    return [
        (one.name, one.first == 0 and one.last == pieces_of(EAR[one.name]) - 1)
        for one in heard_in(recording.mp3, EAR)
    ]


@pytest.fixture(scope="module")
def running() -> Iterator[Air]:
    with on_air() as (station, icecast):
        yield Air(station, icecast)


@pytest.fixture
def air(running: Air) -> Iterator[Air]:
    """The station with nothing to do, on its feet, its clock right."""
    yield running
    running.station.clock.touch()
    for plan in (running.station.programmes / "plans").glob("*.json"):
        plan.unlink()
    wait_until(lambda: running.station.told().get("plans") == 0, "an idle station")


def test_an_emergency_cuts_off_a_routine_item_which_is_heard_again_whole(air: Air) -> None:
    with air.recorded() as recording:
        routine = air.bundle(1.0)
        items = {name: SOUNDS[name] for name in ("tiem", "hop")}
        whole = programme_of(
            routine, items, opening=SOUNDS["mo-dau"], closing=SOUNDS["ket"], bridge=SOUNDS["cau"]
        )  # fmt: skip
        receipt = air.backend().deliver(whole, routine)
        air.wait_on_air("tiem", 1.2)
        pushed = time.time()
        emergency = air.air("lu", priority=Priority.EMERGENCY)
        air.wait_on_air("lu", 0.0)
        began = json.loads((air.station.state / "doing.json").read_text("utf-8"))["began"]
        air.wait_for(
            routine, ("tiem", "cut", "emergency"), ("tiem", "played", ""), ("hop", "played", "")
        )
        again = air.backend().deliver(whole, routine)
        wait_until(lambda: air.station.told()["on_air"] == "", "the end of the closing")
        recording.wait_for(2.0)
    assert heard(recording) == [
        ("mo-dau", True), ("tiem", False), ("lu", True), ("tiem", True), ("cau", True),
        ("hop", True), ("ket", True),
    ]  # fmt: skip
    assert began - pushed < 3.0, "from before the hand-over to the first sound"
    assert air.said(emergency) == [("lu", "played", "")]
    assert again == receipt
    assert len(air.said(routine)) == 3, "handed over twice, aired once"


def test_loa_reads_what_was_played_and_goes_on_at_its_mark(air: Air) -> None:
    _before, mark = air.backend().plays("")
    bundle = air.air("hop")
    air.wait_for(bundle, ("hop", "played", ""))
    (play,), after = air.backend().plays(mark)
    assert (play.slot, play.campaign_id, play.hamlets) == (bundle.slot, "hop", ("ap-1",))
    assert play.outcome is PlayOutcome.PLAYED
    assert play.seconds == pytest.approx(1.1, abs=0.4)
    assert abs((play.began - bundle.slot).total_seconds()) < 3
    assert play.player.startswith("dai-xa/cum-1/")
    assert air.backend().plays(after) == ([], after)
    everything, _mark = air.backend().plays("")
    assert everything[-1] == play
    assert len({one.name for one in everything}) == len(everything)


def test_what_was_on_air_when_the_station_was_killed_airs_again_whole(air: Air) -> None:
    bundle = air.air("dien")
    air.wait_on_air("dien", 1.0)
    air.station.stop()
    with pytest.raises(ChannelError, match="cum-1") as caught:
        air.air("hop")
    assert not caught.value.permanent
    air.station.clock.unlink()  # it waits until somebody listens
    air.station.start()
    with air.recorded() as recording:
        air.station.clock.touch()
        air.wait_for(bundle, ("dien", "cut", "stopped"), ("dien", "played", ""))
        recording.wait_for(1.5)
    assert heard(recording)[-1] == ("dien", True)


def test_an_item_that_ends_the_station_again_and_again_is_given_up(air: Air) -> None:
    bundle = air.air("hop", wait=3.0)
    air.station.stop()
    item = {
        "slot": bundle.slot.astimezone(b.NOW.tzinfo).isoformat(), "cluster": "cum-1",
        "purpose": "notice", "hamlets": ["ap-1"], "number": 0, "began": "", "seconds": 0,
        "sha256": hashlib.sha256(EAR["hop"]).hexdigest(),
    }  # fmt: skip
    stopped = {"campaign_id": "hop", "outcome": "cut", "reason": "stopped"}
    with (air.station.state / "plays.jsonl").open("a") as log:
        log.write(2 * (json.dumps({**item, **stopped}) + "\n") + '{"torn by the power')
    doing = {**item, "campaign": "hop", "began": time.time()}
    (air.station.state / "doing.json").write_text(json.dumps(doing), "utf-8")
    lines = len((air.station.state / "plays.jsonl").read_text("utf-8").splitlines())
    air.station.start()
    last = (air.station.state / "plays.jsonl").read_text("utf-8").splitlines()[lines:]
    (given_up,) = map(json.loads, last)
    assert (given_up["outcome"], given_up["reason"]) == ("failed", "stopped")
    assert given_up["number"] == lines + 1, "a torn line keeps its number"


def test_while_icecast_is_gone_nothing_counts_as_played(air: Air) -> None:
    bundle = air.air("dien")
    air.wait_on_air("dien", 1.0)
    air.icecast.stop()
    air.wait_for(bundle, ("dien", "cut", "stream"))
    with pytest.raises(ChannelError, match="Icecast"):
        air.backend().check()
    air.icecast.start()
    air.wait_for(bundle, ("dien", "cut", "stream"), ("dien", "played", ""))
    air.backend().check()


def test_with_the_network_cut_what_must_air_airs_when_it_is_mended_and_what_is_stale_does_not(
    air: Air,
) -> None:
    """The cut lasts until the limit of one programme is past, and that of the other is not."""
    on_air = air.air("dien")
    air.wait_on_air("dien", 0.5)
    air.station.cable.cut()
    air.wait_for(on_air, ("dien", "cut", "stream"))
    stale, must = air.bundle(), air.bundle()
    soon = timedelta(seconds=2)
    air.backend(late=soon, overrun=soon).deliver(
        programme_of(stale, {"hop": SOUNDS["hop"]}), stale
    )  # fmt: skip
    air.backend().deliver(programme_of(must, {"tiem": SOUNDS["tiem"]}), must)
    with pytest.raises(ChannelError, match="Icecast"):
        air.backend().check()
    over = time.time() + soon.total_seconds() + 1
    wait_until(lambda: air.station.told().get("now", 0.0) > over, "the limit to be past")
    assert (air.said(stale), air.said(must)) == ([("hop", "refused", "late")], [])
    air.station.cable.mend()
    air.wait_for(on_air, ("dien", "cut", "stream"), ("dien", "played", ""))
    air.wait_for(must, ("tiem", "played", ""))
    assert air.said(stale) == [("hop", "refused", "late")]
    plays, mark = air.backend().plays("")
    assert len({play.name for play in plays}) == len(plays), "each is reported once"
    assert [p.outcome for p in plays if p.slot == must.slot] == [PlayOutcome.PLAYED]
    assert air.backend().plays(mark) == ([], mark)


def test_after_a_whole_hour_without_network_only_what_is_not_stale_airs(air: Air) -> None:
    """By the limits as they ship: what was handed over before the cut is put there as it was."""
    air.station.cable.cut()
    wait_until(lambda: not air.station.told()["connected"], "the cut")
    late = {
        "dien": (70, Priority.EMERGENCY),  # over for ten minutes
        "hop": (20, Priority.ROUTINE),  # too late to begin for ten
        "lu": (40, Priority.EMERGENCY),  # still urgent
        "tiem": (5, Priority.ROUTINE),  # still in time
    }
    slots = {}
    for name, (minutes, priority) in late.items():
        one = slots[name] = air.bundle(-60.0 * minutes, priority=priority)
        plan = plan_of(programme_of(one, {name: SOUNDS[name]}), one)
        urgent = priority is Priority.EMERGENCY
        parts = tuple({**part, "urgent": urgent} for part in plan.parts)
        for sound, file in plan.sounds.items():
            write_atomic(air.station.programmes / sound, file.read())
        handed_over = one.slot.timestamp() - 1_800
        data = replace(plan, parts=parts).data(one, handed_over, Limits())
        write_atomic(air.station.programmes / "plans" / plan.name, data)
    wait_until(lambda: air.station.told().get("plans") == len(late), "all of them")
    wait_until(lambda: len(air.said(slots["hop"])) == 1, "what is stale to be given up")
    with air.recorded_when_mended() as recording:
        for name in ("lu", "tiem"):
            air.wait_for(slots[name], (name, "played", ""))
        recording.wait_for(1.5)
    # The emergency does not wait for a clock, so its beginning is not on the recording.
    assert [one for one in heard(recording) if one[0] != "lu"] == [("tiem", True)]
    for name in ("dien", "hop"):
        assert air.said(slots[name]) == [(name, "refused", "late")]
    plays, mark = air.backend().plays("")
    ours = {one.slot for one in slots.values()}
    assert sum(play.slot in ours for play in plays) == len(late), "each is told once"
    assert air.backend().plays(mark) == ([], mark)


def test_a_log_that_cannot_be_written_keeps_nothing_from_airing(air: Air) -> None:
    air.wait_for(air.air("hop"), ("hop", "played", ""))
    state = air.station.state
    modes = {path: path.stat().st_mode for path in (state, *state.iterdir())}
    with air.recorded() as recording:
        for path in modes:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            bundle = air.air("lu", priority=Priority.EMERGENCY)
            wait_until(lambda: air.station.told()["on_air"] != "", "the emergency")
            wait_until(lambda: air.station.told()["on_air"] == "", "its end")
            recording.wait_for(1.5)
        finally:
            for path, mode in modes.items():
                path.chmod(mode)
    assert heard(recording) == [("lu", True)], "once"
    assert air.said(bundle) == [], "what nobody could write down proves nothing"
    air.wait_for(air.air("hop"), ("hop", "played", ""))


def test_what_comes_too_late_is_refused_and_said_to_be(air: Air) -> None:
    bundle = air.bundle()
    late = air.backend(late=timedelta(seconds=-1))
    late.deliver(programme_of(bundle, {"hop": SOUNDS["hop"]}), bundle)
    air.wait_for(bundle, ("hop", "refused", "late"))


def test_a_sound_that_cannot_be_read_fails_and_the_next_one_airs(air: Air) -> None:
    bundle = air.bundle()
    items = {"hong": (b"no sound at all", 1.0), "hop": SOUNDS["hop"]}
    air.backend().deliver(programme_of(bundle, items), bundle)
    air.wait_for(bundle, ("hong", "failed", "unreadable"), ("hop", "played", ""))


def test_without_a_clock_that_is_sure_only_emergencies_air(air: Air) -> None:
    held = air.air("hop", wait=2.0)
    air.station.clock.unlink()
    with pytest.raises(ChannelError, match=r"clock|đồng hồ") as caught:
        air.air("tiem")
    assert not caught.value.permanent
    with pytest.raises(ChannelError):
        air.backend().check()
    emergency = air.air("lu", priority=Priority.EMERGENCY)
    air.wait_for(emergency, ("lu", "played", ""))
    assert air.said(held) == []
    air.station.clock.touch()
    air.wait_for(held, ("hop", "played", ""))


def test_a_second_station_by_mistake_ends_and_the_first_airs_once_and_reports(air: Air) -> None:
    """Whatever of its places is shared; they are started at once, while the first is on air."""
    bundle = air.air("tiem")
    air.wait_on_air("tiem", 0.0)
    shared = [("programmes",), ("state", "socket")]
    twins = [air.station.twin(number, *names) for number, names in enumerate(shared)]
    try:
        for twin in twins:
            twin.launch()
        for twin in twins:
            assert twin.process is not None
            assert twin.process.wait(timeout=120) == 1
            assert "another station runs" in twin.log.read_text()
    finally:
        for twin in twins:
            twin.stop()
    air.wait_for(bundle, ("tiem", "played", ""))
    after = air.air("hop")
    air.wait_for(after, ("hop", "played", ""))
    plays, _mark = air.backend().plays("")
    assert [play.campaign_id for play in plays if play.slot in (bundle.slot, after.slot)] == [
        "tiem", "hop",
    ]  # fmt: skip


def test_an_item_that_was_withdrawn_before_its_slot_does_not_air(air: Air) -> None:
    first = air.air("tiem", "hop", wait=2.5)
    second = b.bundle("loudspeaker", "dai-xa", "cum-1", id=first.id, slot=first.slot, version=2)
    air.backend().deliver(programme_of(second, {"hop": SOUNDS["hop"]}), second)
    assert len(list((air.station.programmes / "plans").glob("*.json"))) == 1
    air.wait_for(second, ("hop", "played", ""))
