"""The benchmark runs: a part of it gives its figures in a table, and leaves nothing behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench import bulletin, station
from bench.backlogs import Backlog, workspace_on
from bench.curve import drawn
from bench.emergency import emergencies
from bench.figures import Figure
from bench.made_up import NOTICE
from bench.made_up_province import Shape
from bench.null_channels import Sink
from bench.onair import commune, on_air, told
from bench.queue_baselines import CELERY, DRAMATIQ, System, cost_of
from bench.servers import RedisServer, postgres_server, redis_server
from bench.statements import File, compared
from bench.tracked import Servers, distributed, embedded

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )


def test_a_part_prints_its_figures_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = bench(tmp_path, "speech")
    assert done.returncode == 0, done.stderr
    assert "a notice spoken and mastered" in done.stdout
    assert "speech: peak memory" in done.stdout
    assert not list(tmp_path.iterdir())


def test_a_bulletin_is_made_beside_the_usual_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulletin, "BULLETIN", NOTICE)  # four minutes of it take their time
    told: dict[str, Figure] = {}
    for figure in bulletin.figures(tmp_path):
        told.setdefault(figure.what, figure)
    assert 10 < told["a bulletin: how long it is heard"].value < 120
    assert told["a bulletin: text to MP3"].value > 0
    assert (told["a bulletin: text to MP3"].baseline or 0) > 0


def test_an_unknown_part_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    done = bench(tmp_path, "spech")
    assert done.returncode == 2
    assert "there are: startup, planning, rendering, printing" in done.stdout


@pytest.mark.parametrize("system", [DRAMATIQ, CELERY], ids=["dramatiq", "celery"])
def test_another_queue_is_measured_until_its_last_message_has_run(
    system: System, redis: RedisServer
) -> None:
    cost = cost_of(system, redis, messages=50)
    assert system.left(redis) == 0
    assert cost.rate > 1
    assert 0 < cost.each < 1e6


def test_the_servers_keep_what_they_are_told_as_those_that_ship(redis: RedisServer) -> None:
    with redis.client() as client:
        assert client.config_get("append*")["appendfsync"] == "everysec"
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    with postgres_server() as postgres:
        told = postgres.settings()
    assert told["fsync"] == told["full_page_writes"] == told["synchronous_commit"] == "on"


@pytest.fixture(scope="module")
def servers(redis: RedisServer) -> Iterator[Servers]:
    with postgres_server() as postgres:
        yield Servers(postgres, redis)


@pytest.mark.parametrize("ledger", ["sqlite", "postgresql"])
def test_a_campaign_is_planned_and_delivered_by_what_ships(
    ledger: str, servers: Servers, tmp_path: Path
) -> None:
    shape, folder = Shape(2, hamlets=3), tmp_path / "w"
    opened = (
        embedded(folder, shape, Sink.FILES)
        if ledger == "sqlite"
        else distributed(folder, shape, servers, Sink.FILES)
    )
    with opened as runtime:
        run = runtime.campaign("lich-tiem", 2)
    assert run.planned.number == run.delivered.number == len(list(folder.rglob("*.txt"))) == 24
    assert run.delivered.cpu > 0
    assert run.peak > 10
    plot = drawn({"SQLite": [run, replace(run, planned=replace(run.planned, number=240))]})
    assert "delivering, SQLite" in plot
    assert ET.fromstring(plot).tag.endswith("svg")


@pytest.mark.parametrize("backlog", Backlog)
def test_an_emergency_is_timed_from_its_approval_to_its_first_file(
    backlog: Backlog, tmp_path: Path
) -> None:
    workspace = workspace_on(None, tmp_path / "w")
    waited = emergencies(workspace, backlog, Shape(2, hamlets=3), 1, on_servers=False)
    assert [0 < one.seconds < 60 for one in waited] == [True]


def test_emergencies_are_heard_at_players_and_timed(tmp_path: Path) -> None:
    waited = on_air(commune(tmp_path / "xa", hamlets=4), tmp_path, players=2, emergencies=2)
    assert len(waited) == 2
    assert all(0.1 < seconds < 60 for seconds, _behind in waited)
    lines = [str(one) for one in told([(1.0, True), (0.5, True), (0.7, False)], hamlets=4)]
    assert "8 routine deliveries being sent: slowest: 0.5 s" in lines[-1]
    assert any("1 of 2 had nothing before them" in line for line in lines)
    assert not any("p99" in line for line in lines), "two samples tell nothing of one in a hundred"
    many = [(0.0, True), *((n / 100, True) for n in range(1, 201))]
    assert any("p99: 1.98 s" in str(one) for one in told(many, hamlets=4))


def test_a_day_of_the_station_costs_a_join_for_each_distinct_programme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station, "CLUSTERS", 30)
    monkeypatch.setattr(station, "ITEMS", 5)
    items = station.rendered(tmp_path)
    assert [station.a_day(tmp_path / str(n), items, n) for n in (1, 4)] == [1, 4]


def test_the_statements_alone_leave_the_ledger_as_loa_left_it(tmp_path: Path) -> None:
    place = File(tmp_path / "loa.db")
    planning, _count, sending, _other = compared("SQLite", tmp_path, place, 2)
    assert planning.against == sending.against == "its statements alone"
    for table in ("bundles", "deliveries", "events"):
        rows = [_rows(path, table) for path in (place.path, place.copy)]
        assert rows[0] == rows[1], table
        assert len(rows[0]) >= 2 * 62


def _rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
