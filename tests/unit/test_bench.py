"""The benchmark runs: a part of it gives its figures in a table, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.queue_baselines import CELERY, DRAMATIQ, System, rate_of
from bench.servers import RedisServer, postgres_server, redis_server

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


def test_an_unknown_part_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    done = bench(tmp_path, "spech")
    assert done.returncode == 2
    assert "there are: startup, planning, rendering, speech" in done.stdout


@pytest.mark.parametrize("system", [DRAMATIQ, CELERY], ids=["dramatiq", "celery"])
def test_another_queue_is_measured_until_its_last_message_has_run(
    system: System, redis: RedisServer
) -> None:
    rate = rate_of(system, redis, messages=50)
    assert system.left(redis) == 0
    assert rate.per_second > 1
    assert 0 < rate.microseconds < 1e6


def test_the_servers_keep_what_they_are_told_as_those_that_ship(redis: RedisServer) -> None:
    with redis.client() as client:
        assert client.config_get("append*")["appendfsync"] == "everysec"
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    with postgres_server() as postgres:
        told = postgres.settings()
    assert told["fsync"] == told["full_page_writes"] == told["synchronous_commit"] == "on"
