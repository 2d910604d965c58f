"""Workers and schedulers die, Redis loses everything: nothing is lost, nothing is sent twice.

What arrived is counted from the outbox and from the far side's own log, never from the ledger.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.fake_telegram import FakeTelegram
from support.province import Bench, Province
from support.redis_server import RedisServer, wait_until

#: A worker passes these; the others belong to approving.
BOUNDARIES = ("before begin", "begun", "delivered", "recorded")
RANDOM_KILLS = int(os.environ.get("LOA_TEST_KILLS", "10")) // 5


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, shared_redis: RedisServer) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("distributed")
    with FakeTelegram(log=folder / "telegram.log") as server:
        yield Bench(folder, server, shared_redis)


@contextmanager
def province(bench: Bench, redis: RedisServer, name: str) -> Iterator[Province]:
    """Processes around a fresh workspace; at the end all is settled, and all of it is right."""
    with Province(bench.fresh(name.replace(" ", "-")), redis) as made:
        yield made
        made.wait_until_settled()
    bench.check(made)


def test_two_workers_and_two_schedulers_share_the_work(
    bench: Bench, redis_server: RedisServer
) -> None:
    with province(bench, redis_server, "shared") as made:
        for role in ("worker", "scheduler", "scheduler", "worker"):
            made.start(role)
        made.wait_until_settled()
    assert "Traceback" not in made.log("worker") + made.log("scheduler")


@pytest.mark.parametrize(("boundary", "times"), [*zip(BOUNDARIES, (1, 2, 3, 1), strict=True)])
def test_a_worker_killed_at_a_boundary_leaves_its_work_to_the_next(
    bench: Bench, redis_server: RedisServer, boundary: str, times: int
) -> None:
    with province(bench, redis_server, f"{boundary}-{times}") as made:
        made.start("scheduler")
        fatal = made.start("worker", "emergency,important,routine", boundary, str(times))
        assert fatal.wait(timeout=60) == -9, f"the boundary {boundary!r} was not passed"
        made.start("worker")
    told = "were being sent by a worker that died [bundles=" in made.log("scheduler")
    assert told == (boundary in ("begun", "delivered"))


@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_workers_and_schedulers_killed_at_random_moments_lose_and_double_nothing(
    bench: Bench, redis_server: RedisServer, number: int
) -> None:
    chance = random.Random(number)
    with province(bench, redis_server, f"random-{number}") as made:
        for role in ("scheduler", "worker"):
            victim = made.ready(role)
            with contextlib.suppress(subprocess.TimeoutExpired):
                victim.wait(timeout=chance.uniform(0, 0.6))
            victim.kill()
        made.start("scheduler")
        made.start("worker")


def test_what_redis_held_is_queued_again_when_all_of_it_is_lost(
    bench: Bench, redis_server: RedisServer
) -> None:
    with province(bench, redis_server, "flushed") as made:
        made.start("scheduler")
        with redis_server.client as client:
            wait_until(lambda: len(client.keys("loa:loa:*")) > 1, "something in the queue")
            client.flushall()
        made.start("worker")
    assert "queued again" in made.log("scheduler")


def test_redis_may_be_away_before_and_while_all_is_sent(
    bench: Bench, redis_server: RedisServer
) -> None:
    with province(bench, redis_server, "away") as made:
        redis_server.stop()
        made.start("worker")
        made.start("scheduler")
        wait_until(lambda: "does not answer" in made.log("worker"), "the worker to say so")
        wait_until(lambda: "does not answer" in made.log("scheduler"), "the scheduler to say so")
        redis_server.start()
        wait_until(lambda: "answers again" in made.log("scheduler"), "the scheduler to go on")
        redis_server.stop()
        redis_server.start()
    assert made.log("scheduler").count("does not answer") <= 2, "said once for each time"


def test_a_worker_told_to_stop_ends_by_itself_and_hands_back_the_rest(
    bench: Bench, redis_server: RedisServer
) -> None:
    with province(bench, redis_server, "stopped") as made:
        made.start("scheduler")
        first = made.start("worker", "emergency")
        wait_until(lambda: any((made.workspace / "outbox").rglob("*.txt")), "a first message")
        first.terminate()
        assert first.wait(timeout=20) == 0
        with made.opened() as app:
            assert not app.ledger.bundles.being_sent()
        made.start("worker")
    assert "uncertain" not in made.log("worker")
