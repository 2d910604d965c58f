"""Reports of players under stress: killed while they are kept, from many sides, very many."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, text
from support.dispatching import Rig
from support.playing import AIR, a_play, heard, on_air, station, watch

from engine.ledger import Kept
from engine.ledger.places import Place
from engine.ledger.tables import evidence
from engine.models import Finding, Play
from engine.states import State

#: Clusters of a day; ``make soak`` takes as many as a province has.
CLUSTERS = int(os.environ.get("LOA_TEST_PLAYING_CLUSTERS", "150"))

#: Seconds that a day of 4,000 clusters may take; fewer take no more.
PATIENCE = 120.0

#: Keeps one report, and is killed when its evidence is written and nothing has moved yet.
KILLED = """
import os, signal, sys
from support.playing import a_play
from support.dispatching import KEY
from support.fake_channels import FakeOptions
from engine.clock import SimulatedClock
from engine.dispatch.airing import record_plays
from engine.ledger import Ledger, Seal
from engine.ledger.plays import Plays
from support.playing import AIR

Plays._confirm = lambda *_given: os.kill(os.getpid(), signal.SIGKILL)
place = sys.argv[1]
ledger = Ledger.open(place, "xa-mau", seal=Seal(KEY), options={"loudspeaker": FakeOptions})
record_plays(ledger, SimulatedClock(AIR), [a_play()])
"""


def test_killed_between_keeping_a_report_and_confirming(tmp_path: Path, place: Place) -> None:
    with station(tmp_path, place) as rig:
        rig.release(on_air())
        rig.send()
        url = f"sqlite:///{place}" if isinstance(place, Path) else place
        path = os.pathsep.join(sys.path)
        died = subprocess.run(
            [sys.executable, "-c", KILLED, url], env={**os.environ, "PYTHONPATH": path}, check=False
        )
        assert died.returncode == -9
        assert not rig.ledger.plays.of()
        assert rig.states() == {State.SENT: 1}
        assert heard(rig, a_play()).new == {Finding.PROOF: 1}, "it is reported again"
        assert rig.states() == {State.CONFIRMED: 1}


def test_the_same_reports_from_many_sides_at_once_count_once(tmp_path: Path, place: Place) -> None:
    with station(tmp_path, place) as rig:
        rig.release(*(on_air(f"cum-{n}", f"ap-{n % 4 + 1}") for n in range(20)))
        rig.send()
        plays = [a_play(n + 1, cluster=f"cum-{n}", hamlets=(f"ap-{n % 4 + 1}",)) for n in range(20)]

        def tell(turn: int) -> Kept:
            return heard(rig, *(plays if turn % 2 else reversed(plays)))

        with ThreadPoolExecutor(6) as pool:
            kept = list(pool.map(tell, range(12)))
        assert sum(one.new[Finding.PROOF] for one in kept) == 20
        assert sum(len(one.confirmed) for one in kept) == 20
        assert not any(one.conflicting for one in kept)
        assert rig.states() == {State.CONFIRMED: 20}
        with rig.ledger.database.read() as connection:
            assert connection.execute(select(func.count()).select_from(evidence)).scalar() == 20


def a_day(rig: Rig) -> list[Play]:
    """Hand over three sessions of every cluster, and return what its players would report."""
    slots = [AIR, AIR.replace(day=2, hour=5), AIR.replace(day=2, hour=17)]
    places = [(f"cum-{n}", f"ap-{n % 4 + 1}", slot) for n in range(CLUSTERS) for slot in slots]
    rig.release(*(on_air(cluster, hamlet, slot=slot) for cluster, hamlet, slot in places))
    with rig.ledger.database.write() as connection:  # as if all had been handed over
        connection.execute(text("UPDATE deliveries SET state = 'sent'"))
        connection.execute(text("UPDATE bundles SET state = 'sent', ends_at = slot"))
    rig.clock.advance_to(slots[-1] + timedelta(hours=1))
    return [
        a_play(number, cluster=cluster, hamlets=(hamlet,), slot=slot, began=slot)
        for number, (cluster, hamlet, slot) in enumerate(places, 1)
    ]


def test_a_day_of_many_clusters(tmp_path: Path, place: Place) -> None:
    """Nine of ten are reported in time, the others after they were judged."""
    with station(tmp_path, place) as rig:
        plays = a_day(rig)
        late = plays[::10]
        in_time = [play for play in plays if play.number % 10 != 1]
        began = time.monotonic()
        assert len(heard(rig, *in_time).confirmed) == len(in_time)
        assert watch(rig).judge() == len(late)
        assert rig.states() == {State.CONFIRMED: len(in_time), State.NOT_PLAYED: len(late)}
        assert len(heard(rig, *late).confirmed) == len(late)
        assert time.monotonic() - began < PATIENCE
        assert rig.states() == {State.CONFIRMED: len(plays)}
