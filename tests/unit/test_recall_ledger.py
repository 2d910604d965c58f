"""Recalls in the ledger, on each kind of it: what leaves, where it goes, what is left to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.dispatching import Rig, check_chains
from support.playing import AIR, on_air, station

from engine.dispatch.recall import Recall
from engine.ledger.needs import Needs
from engine.ledger.places import Place
from engine.ledger.rounds import Rounds
from engine.ledger.taken_back import Undone
from engine.models import Hours, Quiet
from engine.states import State

MORNING = AIR.replace(day=2, hour=5)
EVENING = MORNING.replace(hour=17)


def handed_over(rig: Rig) -> Recall:
    """Let two clusters hold tomorrow's morning, and close the first one's for a funeral."""
    rig.channels["loudspeaker"].lead = timedelta(days=2)
    rig.release(on_air(slot=MORNING), on_air("cum-2", "ap-2", slot=MORNING))
    rig.send()
    assert rig.states() == {State.SENT: 2}
    day, hours = MORNING.date(), Hours(MORNING.time(), MORNING.replace(hour=8).time())
    quiet = Quiet(day, day, hours, "Tang lễ", frozenset({"cum-1"}))
    rules = replace(rig.registry.station, quiet=(quiet,))
    rig.newest_registry = replace(rig.registry, station=rules)
    return Recall(
        ledger=rig.ledger,
        channels=rig.channels,
        rules=lambda: rig.newest_registry,
        clock=rig.clock,
    )


def undone(rig: Rig) -> dict[Undone, list[str]]:
    needs, now = Needs(rig.ledger.database, "xa-mau"), rig.clock.now()
    before = now - timedelta(minutes=5)
    found = {one: needs.taken_back(one, now, before, ["loa"]) for one in Undone}
    return {one: [row.cluster for row in rows] for one, rows in found.items() if rows}


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_only_the_cluster_that_must_be_silent_gives_back(tmp_path: Path, place: Place) -> None:
    with station(tmp_path, place) as rig:
        recall = handed_over(rig)
        assert Rounds(rig.ledger.database).with_players(rig.clock.now()) == ["xa-mau"]
        assert Rounds(rig.ledger.database).registries() == {"xa-mau": 1}
        assert (recall.look(), recall.look()) == (1, 0)
        states = {(row.target, row.slot): row.state for row in rig.rows()}
        assert states == {
            ("cum-1", MORNING): State.WITHDRAWN,
            ("cum-1", EVENING): State.PLANNED,
            ("cum-2", MORNING): State.SENT,
        }
        check_chains(rig.ledger.views.events())
        assert not undone(rig)
        rig.pass_time(minutes=6)
        assert undone(rig) == {Undone.AWAY: ["cum-1"]}, "nobody has told the player"
        rig.send()
        assert undone(rig) == {Undone.UNSEEN: ["cum-1"]}, "unless it asks by itself, that is all"
        rig.clock.advance_to(MORNING)
        assert not undone(rig)


def test_what_has_nowhere_to_go_stays_to_be_told(tmp_path: Path, place: Place) -> None:
    with station(tmp_path, place) as rig:
        recall = handed_over(rig)
        rules = replace(rig.newest_registry.station, hours=(Hours(AIR.time(), AIR.time()),))
        only_one = replace(rules, sessions_per_day=1, minutes_per_session=0)
        rig.newest_registry = replace(rig.registry, station=only_one)
        assert recall.look() == 2
        assert rig.states() == {State.WITHDRAWN: 2}
        assert undone(rig) == {Undone.NOWHERE: ["cum-1", "cum-2"]}
