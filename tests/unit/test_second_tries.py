"""Second tries: where they go, how many there are, and for whom they make way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from support import builders
from support.dispatching import Rig, rigged
from support.fake_channels import FakeBackend, FarSide
from support.playing import AIR, SpeakingChannel, a_play, heard, on_air, station, watch

from engine.dispatch.rendering import Made
from engine.dispatch.sessions import SessionGuard
from engine.ledger.needs import Needs
from engine.ledger.places import Place
from engine.models import (
    Around,
    Evidence,
    EvidenceKind,
    File,
    Hours,
    Priority,
    Quiet,
    Registry,
    Shift,
    StationRules,
)
from engine.rules import Book
from engine.rules.on_air import sessions_on_air
from engine.states import State

#: The morning of the day after ``AIR``'s.
MORNING = AIR.replace(day=2, hour=5)
EVENING = MORNING.replace(hour=17)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def rig(tmp_path: Path, place: Place) -> Iterator[Rig]:
    """A station at five in the morning, whose campaigns ask for a second try."""
    with station(tmp_path, place, again=True) as rig:
        rig.clock.advance_to(MORNING)
        yield rig


def silent(rig: Rig, minutes: float = 31) -> int:
    """Let time pass without any report, and judge."""
    rig.pass_time(minutes=minutes)
    return watch(rig).judge()


def by_slot(rig: Rig, name: str = "thong-bao", cluster: str = "cum-1") -> dict[str, State]:
    rows = [row for row in rig.rows(name) if row.target == cluster]
    return {f"{row.slot.astimezone(AIR.tzinfo):%d %H:%M}": row.state for row in rows}


def reasons(rig: Rig, name: str = "thong-bao") -> list[str]:
    return [row.reason for row in rig.rows(name) if row.state is State.NOT_PLAYED]


def urgent(rig: Rig, *, slot: datetime) -> None:
    post = on_air(slot=slot, text="Lũ.")
    rig.release(post, campaign_id="lu", priority=Priority.EMERGENCY)


def test_a_session_that_was_not_heard_leaves_its_place_on_the_day(rig: Rig) -> None:
    """It goes to today's evening, though two slots of today are used by then."""
    rig.release(on_air(slot=MORNING), on_air(slot=EVENING + timedelta(minutes=15)))
    rig.send()
    assert silent(rig) == 1
    assert by_slot(rig)["02 17:00"] is State.PLANNED


def test_an_emergency_is_no_session_of_the_day(rig: Rig) -> None:
    rig.clock.advance_to(MORNING)
    rig.release(on_air(slot=MORNING))
    for hour in (5, 6):
        urgent(rig, slot=MORNING.replace(hour=hour, minute=1))
    rig.send()
    rig.pass_time(minutes=70)
    rig.send()
    watch(rig).judge()
    assert by_slot(rig)["02 17:00"] is State.PLANNED


def test_it_joins_what_airs_that_day_anyway(rig: Rig) -> None:
    later = EVENING + timedelta(minutes=40)
    rig.release(on_air(slot=MORNING))
    rig.release(on_air(slot=later, text="Khác."), campaign_id="khac")
    rig.send()
    silent(rig)
    assert f"{later:%d %H:%M}" in by_slot(rig), "not 17:00, which would be a session more"


def test_it_goes_where_the_rules_of_today_allow(rig: Rig) -> None:
    quiet = Quiet(EVENING.date(), EVENING.date(), Hours(time(16), time(17, 30)), "Tang lễ")
    rig.release(on_air(slot=MORNING))
    rig.send()
    rules = replace(rig.registry.station, quiet=(quiet,))
    rig.registry = replace(rig.registry, station=rules)
    silent(rig)
    assert by_slot(rig)["02 17:30"] is State.PLANNED


def test_the_station_s_cut_off_is_kept(rig: Rig) -> None:
    rules = replace(rig.registry.station, cutoff_minutes=60, hours=(Hours(time(5), time(8)),))
    rig.registry = replace(rig.registry, station=rules)
    rig.release(on_air(slot=MORNING))
    rig.release(on_air(slot=MORNING.replace(hour=6, minute=30), text="Một."), campaign_id="mot")
    rig.release(on_air(slot=MORNING.replace(hour=6, minute=31), text="Hai."), campaign_id="hai")
    rig.send()
    silent(rig)
    assert by_slot(rig)["02 06:31"] is State.PLANNED, "06:30 is closed already"


def test_one_try_stands_for_all_that_was_not_played_of_the_same_item(rig: Rig) -> None:
    slots = [MORNING + timedelta(minutes=minutes) for minutes in (0, 20, 40)]
    rig.registry = replace(rig.registry, station=replace(rig.registry.station, sessions_per_day=5))
    rig.release(*(on_air(slot=slot) for slot in slots))
    for slot in slots:
        rig.clock.advance_to(slot)
        rig.send()
    assert silent(rig) == 3
    states = by_slot(rig)
    assert [slot for slot, state in states.items() if state is State.PLANNED] == ["02 17:00"]
    assert sum("the try at 17:00 02/12/2026 stands for it" in one for one in reasons(rig)) == 2
    rig.clock.advance_to(EVENING)
    rig.send()
    heard(rig, a_play(1, slot=EVENING, began=EVENING))
    assert not Needs(rig.ledger.database, "xa-mau").not_played(AIR), "it makes all three good"
    assert silent(rig) == 0


def test_each_of_them_is_tried_again_twice_at_most(rig: Rig) -> None:
    rig.release(on_air(slot=MORNING), on_air(slot=EVENING + timedelta(minutes=30)))
    rig.send()
    silent(rig)
    for _judging in range(200):
        due = rig.ledger.bundles.next_moment(rehearse=())
        if due is None:
            break
        rig.clock.advance_to(max(due, rig.clock.now()))
        rig.send()
        silent(rig)
    states = by_slot(rig)
    assert set(states.values()) == {State.NOT_PLAYED}
    # 05:00 → 17:00; 17:30 waits for nothing that is still to come, and is tried twice after it.
    assert sorted(states) == ["02 05:00", "02 17:00", "02 17:30", "03 05:00", "03 17:00"]


def test_a_late_proof_of_one_leaves_the_try_that_another_still_needs(rig: Rig) -> None:
    second = MORNING + timedelta(minutes=20)
    rig.release(on_air(slot=MORNING), on_air(slot=second))
    rig.send()
    rig.clock.advance_to(second)
    rig.send()
    silent(rig)
    kept = heard(rig, a_play(1, slot=MORNING, began=MORNING))
    assert kept.taken_back == 0
    assert by_slot(rig)["02 17:00"] is State.PLANNED
    kept = heard(rig, a_play(2, slot=second, began=second))
    assert kept.taken_back == 1
    assert by_slot(rig)["02 17:00"] is State.CANCELLED


def test_a_person_who_heard_it_takes_the_try_back(rig: Rig) -> None:
    rig.release(on_air(slot=MORNING))
    rig.send()
    silent(rig)
    (row,) = [row for row in rig.rows() if row.state is State.NOT_PLAYED]
    rig.ledger.evidence.add([Evidence(row.id, EvidenceKind.HEARD, "lan", rig.clock.now(), "nghe")])
    assert by_slot(rig) == {"02 05:00": State.CONFIRMED, "02 17:00": State.CANCELLED}


def test_a_try_that_moves_stays_a_try(rig: Rig) -> None:
    rig.release(on_air(slot=MORNING))
    rig.send()
    silent(rig)
    (row,) = [row for row in rig.rows() if row.state is State.PLANNED]
    to = EVENING + timedelta(minutes=30)
    until = row.slot + timedelta(days=2)
    shift = Shift("cum-1", row.slot, "thong-bao", row.content_hash, to, until, "đầy")
    assert rig.ledger.deliveries.shift(
        [shift], recalled=["loudspeaker"], at=rig.clock.now(), actor="loa"
    )
    rig.clock.advance_to(to)
    rig.send()
    silent(rig)
    rig.clock.advance_to(MORNING + timedelta(days=1))
    rig.send()
    silent(rig)
    assert by_slot(rig) == {
        "02 05:00": State.NOT_PLAYED,
        "02 17:00": State.SUPERSEDED,
        "02 17:30": State.NOT_PLAYED,
        "03 05:00": State.NOT_PLAYED,
    }
    assert "tried again 2 times already" in reasons(rig)[-1]


def test_of_the_same_priority_a_second_try_gives_way(rig: Rig) -> None:
    rig.release(on_air(slot=MORNING))
    rig.send()
    silent(rig)
    found = sessions_on_air(
        rig.ledger, rig.channels, rig.registry, after=rig.clock.now(), now=rig.clock.now()
    )
    (again,) = found["cum-1", EVENING].values()
    assert again.again
    book = Book(found, _one_minute(rig.registry), Around())
    book.add("cum-1", EVENING, replace(again, key="moi", campaign_id="moi", seconds=58.0,
                                       again=False, since=None))  # fmt: skip
    assert book.overfull("cum-1", EVENING) == [again]
    important = replace(again, priority=Priority.IMPORTANT)
    book.add("cum-1", EVENING, important)
    assert [one.key for one in book.overfull("cum-1", EVENING)] == ["moi"]


def _one_minute(registry: Registry) -> Registry:
    rules: StationRules = replace(registry.station, minutes_per_session=1)
    return replace(registry, station=rules)


class FramedChannel(SpeakingChannel):
    """A channel whose programmes have nothing but their items, of ten seconds each."""

    def around(self, _registry: Registry) -> Around:
        return Around()

    def lasts(self, _file: File) -> float:
        return 10.0


def test_what_one_worker_foresees_is_not_lost_to_another(tmp_path: Path) -> None:
    """Both share the guard of the commune's sessions, and each judges its own jobs."""
    channel = FramedChannel(
        "loudspeaker", FakeBackend("loa", True, FarSide(tmp_path / "far.log")), cumulative=True
    )
    rules = replace(builders.registry().station, sessions_per_day=1)
    registry = replace(builders.registry(), station=rules)
    with rigged(tmp_path, channel, registry=registry) as rig:
        rig.clock.advance_to(MORNING)
        rig.release(on_air(slot=MORNING), on_air(slot=EVENING))
        rig.send()
        rig.clock.advance_to(EVENING)
        job = rig.ledger.bundles.job(rig.due()[0], cumulative=["loudspeaker"])
        assert job is not None
        guard = SessionGuard(rig.ledger, rig.channels, lambda _ids: {})
        guard.foresee([job])
        other = threading.Thread(target=guard.foresee, args=([],))
        other.start()
        other.join()
        (part,) = job.parts
        content, _needs = rig.ledger.deliveries.content(part.content_hash)
        made = Made(content, File.of_bytes("x", "audio/mpeg", b"x"), {}, {}, (), {})
        (shift,) = guard.leaving(job, [(part, made)], registry, rig.clock.now())
        assert "the day has had its 1 sessions" in shift.reason
