"""Figures: what dispatch did, and what stands in the ledger, held against the ledger itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisAwayError
from sqlalchemy.exc import OperationalError
from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide, Mishap, permanent, temporary

from engine.ledger.gauges import Gauges
from engine.ledger.places import Place
from engine.models import Priority
from engine.states import State
from workers.watch.metrics import Figures
from workers.watch.stock import FRESH, PATIENCE, Stock, StockFigures, stock_of

EMPTY = Stock({}, {}, {})


def values(figures: StockFigures | Figures) -> dict[tuple[str, ...], float]:
    """Return every value by the figure's name and its labels."""
    collector = figures if isinstance(figures, StockFigures) else figures.registry
    return {
        (sample.name, *map(str, sample.labels.values())): sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def test_what_dispatch_does_is_counted(tmp_path: Path) -> None:
    backend = FakeBackend("so", True, FarSide(tmp_path / "log"))
    figures = Figures()
    with rigged(tmp_path, FakeChannel("giay", backend), observer=figures) as rig:
        backend.mishaps = [None, Mishap(temporary()), Mishap(permanent())]
        rig.release(
            Post(hamlet="ap-1", target="noi-1", text="Một."),
            Post(hamlet="ap-2", target="noi-2", text="Một."),
            Post(hamlet="ap-3", target="noi-3", text="Hai."),
        )
        rig.send()
        found = values(figures)
    settled = "loa_bundles_settled_total"
    assert {key[1:]: value for key, value in found.items() if key[0] == settled} == {
        ("giay", "so", "sent"): 1,
        ("giay", "so", "retried"): 1,
        ("giay", "so", "failed"): 1,
    }
    assert found["loa_retries_total", "giay", "so"] == 1
    assert found["loa_send_seconds_count", "giay", "so"] == 3
    assert found["loa_artifacts_total", "giay", "made"] == 2
    assert found["loa_artifacts_total", "giay", "found"] == 1
    assert found["loa_render_seconds_count", "giay"] == 2


def test_what_a_dead_worker_left_is_counted_when_it_is_found(tmp_path: Path) -> None:
    backend = FakeBackend("so", True, FarSide(tmp_path / "log"))
    figures = Figures()
    with rigged(tmp_path, FakeChannel("giay", backend), observer=figures) as rig:
        rig.release(Post())
        backend.mishaps = [Mishap(KeyboardInterrupt())]
        bundle = begun(rig)
        rig.sender.recover()
        found = values(figures)
    assert bundle
    assert found["loa_swept_total",] == 1
    assert found["loa_bundles_settled_total", "giay", "so", "again"] == 1


def begun(rig: Rig) -> set[int]:
    """Leave a bundle behind as a worker does that was killed after it began."""
    jobs = [rig.ledger.bundles.job(one, cumulative=()) for one in rig.due()]
    bundles = [job.bundle for job in jobs if job is not None]
    return set(rig.ledger.bundles.begin(bundles, at=NOW, actor="x", durable=True))


@pytest.fixture
def rig_of_two_priorities(tmp_path: Path, place: Place) -> Iterator[Rig]:
    backend = FakeBackend("so", True, FarSide(tmp_path / "log"))
    with rigged(tmp_path, FakeChannel("giay", backend), place=place) as rig:
        rig.release(Post(), Post(hamlet="ap-2", target="noi-2"))
        rig.send()
        rig.pass_time(minutes=5)
        late = Post(target="noi-3", text="Lũ về.")
        rig.release(late, campaign_id="bao-lu", priority=Priority.EMERGENCY)
        rig.pass_time(seconds=30)
        yield rig


def test_gauges_are_what_the_ledger_says(rig_of_two_priorities: Rig) -> None:
    rig = rig_of_two_priorities
    gauges = Gauges(rig.ledger.database, rig.ledger.commune_id)
    rows = [row for one in ("thong-bao", "bao-lu") for row in rig.rows(one)]
    assert gauges.deliveries() == Counter((row.state, row.channel, row.priority) for row in rows)
    stock = stock_of(gauges, rig.clock, ())()
    assert stock.oldest_due == {Priority.EMERGENCY: timedelta(seconds=30)}
    assert Gauges(rig.ledger.database).deliveries() == gauges.deliveries()


def test_another_communes_deliveries_are_not_counted(rig_of_two_priorities: Rig) -> None:
    rig = rig_of_two_priorities
    gauges = Gauges(rig.ledger.database, "xa-khac")
    assert gauges.deliveries() == {}
    assert gauges.oldest_due(rig.clock.now(), rehearse=()) == {}


def test_what_was_rehearsed_and_waits_to_be_live_is_not_due(rig_of_two_priorities: Rig) -> None:
    rig = rig_of_two_priorities
    with rig.ledger.database.write() as connection:
        connection.exec_driver_sql("UPDATE bundles SET rehearsed_version = version")
    gauges = Gauges(rig.ledger.database)
    assert gauges.oldest_due(rig.clock.now(), rehearse=("so",)) == {}
    assert set(gauges.oldest_due(rig.clock.now(), rehearse=())) == {Priority.EMERGENCY}


class Ledger:
    """A ledger that takes its time, and may be away."""

    def __init__(self) -> None:
        self.now, self.takes, self.reads, self.away = 0.0, 0.0, 0, False

    def read(self) -> Stock:
        self.reads += 1
        self.now += self.takes
        if self.away:
            raise OperationalError("select", {}, Exception("away"))
        return EMPTY


def figures_of(ledger: Ledger) -> StockFigures:
    return StockFigures(ledger.read, lambda: {"routine": 3}, lambda: ledger.now)


def test_the_ledger_is_read_once_however_many_ask() -> None:
    ledger = Ledger()
    figures = figures_of(ledger)
    for _time in range(3):
        values(figures)
    assert ledger.reads == 1
    ledger.now += FRESH
    values(figures)
    assert ledger.reads == 2


def test_a_reading_that_took_long_holds_longer() -> None:
    ledger = Ledger()
    ledger.takes = 3
    figures = figures_of(ledger)
    values(figures)
    ledger.now += 3 * PATIENCE - 1
    values(figures)
    assert ledger.reads == 1
    ledger.now += 1
    values(figures)
    assert ledger.reads == 2


def test_a_ledger_that_is_away_is_told_without_old_figures() -> None:
    ledger = Ledger()
    figures = figures_of(ledger)
    assert values(figures)["loa_oldest_due_seconds", "emergency"] == 0
    ledger.away = True
    ledger.now += FRESH
    found = values(figures)
    assert found["loa_ledger_up",] == 0
    assert ("loa_oldest_due_seconds", "emergency") not in found
    assert found["loa_queue_messages", "routine"] == 3


def test_a_queue_that_is_away_is_told_and_the_ledgers_figures_stay() -> None:
    def away() -> dict[str, int]:
        raise RedisAwayError("refused")

    stock = Stock({(State.SENT, "chat", Priority.ROUTINE): 2}, {}, {"api.example": True})
    found = values(StockFigures(lambda: stock, away))
    assert found["loa_queue_up",] == 0
    assert found["loa_deliveries", "sent", "chat", "routine"] == 2
    assert found["loa_breaker_open", "api.example"] == 1
