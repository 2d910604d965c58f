"""Workers and schedulers die, Redis loses everything: nothing is lost, nothing is sent twice.

What arrived is counted from the outbox and from the far sides' own logs, never from the ledger.
"""

from __future__ import annotations

import os
import random
import time

import pytest
from support.province import IN_FLIGHT, Bench
from support.redis_server import RedisServer, wait_until

from engine.boundary import QUEUE_BOUNDARIES

RANDOM_KILLS = int(os.environ.get("LOA_TEST_KILLS", "10")) // 2

#: Seconds for which Redis is away at least; a minute in `make soak`.
AWAY = float(os.environ.get("LOA_TEST_AWAY", "1"))
LEDGERS = ("sqlite", "postgresql")

#: Who passes a boundary, and how often before it dies there. Approving has its own tests.
WORKER = {"claimed": 2, "before begin": 3, "begun": 4, "delivered": 5, "recorded": 3}
SCHEDULER = {"leased": 1, "queued": 2}


@pytest.mark.parametrize("ledger", LEDGERS)
def test_two_workers_and_two_schedulers_share_the_work(
    bench: Bench, redis_server: RedisServer, ledger: str
) -> None:
    with bench.province("shared", ledger, redis_server) as made:
        for role in ("worker", "scheduler", "scheduler", "worker"):
            made.start(role)
    bench.check(made)
    assert "Traceback" not in made.log("worker") + made.log("scheduler")


@pytest.mark.parametrize(
    ("boundary", "ledger"),
    [*((name, "postgresql") for name in WORKER), ("begun", "sqlite"), ("delivered", "sqlite")],
)
def test_a_worker_killed_at_a_boundary_leaves_its_work_to_the_next(
    bench: Bench, redis_server: RedisServer, boundary: str, ledger: str
) -> None:
    with bench.province(boundary, ledger, redis_server) as made:
        made.start("scheduler")
        fatal = made.start("worker", "emergency,important,routine", boundary, str(WORKER[boundary]))
        assert fatal.wait(timeout=120) == -9, f"the boundary {boundary!r} was not passed"
        made.start("worker")
    bench.check(made, doubtful=IN_FLIGHT)
    told = "were being sent by a worker that died [bundles=" in made.log("scheduler")
    assert told or boundary not in ("begun", "delivered")


@pytest.mark.parametrize("boundary", SCHEDULER)
def test_a_scheduler_killed_at_a_boundary_loses_nothing(
    bench: Bench, redis_server: RedisServer, boundary: str
) -> None:
    with bench.province(boundary, "postgresql", redis_server) as made:
        fatal = made.start(
            "scheduler", "emergency,important,routine", boundary, str(SCHEDULER[boundary])
        )
        assert fatal.wait(timeout=120) == -9, f"the boundary {boundary!r} was not passed"
        made.start("scheduler")
        made.start("worker")
    bench.check(made)


def test_a_sweeper_killed_before_it_settles_leaves_it_to_the_next(
    bench: Bench, redis_server: RedisServer
) -> None:
    with bench.province("swept", "postgresql", redis_server) as made:
        sweeper = made.start("scheduler", "emergency,important,routine", "stranded", "1")
        worker = made.start("worker", "emergency,important,routine", "begun", "2")
        assert worker.wait(timeout=120) == -9
        assert sweeper.wait(timeout=120) == -9, "the boundary 'stranded' was not passed"
        made.start("scheduler")
        made.start("worker")
    bench.check(made, doubtful=IN_FLIGHT)


def test_every_boundary_of_the_queue_has_its_test() -> None:
    assert {*QUEUE_BOUNDARIES} <= {*WORKER, *SCHEDULER, "stranded"}


@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_workers_and_schedulers_killed_at_random_moments_lose_and_double_nothing(
    bench: Bench, redis_server: RedisServer, number: int
) -> None:
    chance = random.Random(number)
    ledger = "sqlite" if number % 4 == 0 else "postgresql"
    with bench.province(f"random-{number}", ledger, redis_server) as made:
        made.start("scheduler")
        for role in chance.choices(["worker", "scheduler"], [3, 1], k=2):
            victim = made.start(role)
            victim.let_run(chance.uniform(0, 1.2))
            victim.kill()
        made.start("worker")
    bench.check(made, doubtful=2 * IN_FLIGHT)


@pytest.mark.parametrize("ledger", LEDGERS)
def test_what_redis_held_is_queued_again_when_all_of_it_is_lost(
    bench: Bench, redis_server: RedisServer, ledger: str
) -> None:
    with bench.province("flushed", ledger, redis_server) as made:
        made.start("scheduler")
        with redis_server.client as client:
            wait_until(lambda: len(client.keys("loa:loa:*")) > 1, "something in the queue")
            client.flushall()
        made.start("worker")
    bench.check(made)
    assert "queued again" in made.log("scheduler")


def test_redis_may_be_away_before_and_while_all_is_sent(
    bench: Bench, redis_server: RedisServer
) -> None:
    with bench.province("away", "postgresql", redis_server) as made:
        redis_server.stop()
        gone = time.monotonic()
        made.start("worker")
        made.start("scheduler")
        made.told("worker", "does not answer")
        made.told("scheduler", "does not answer")
        wait_until(lambda: time.monotonic() - gone > AWAY, "the end of it", patience=2 * AWAY)
        redis_server.start()
        made.told("scheduler", "answers again")
        redis_server.stop()
        redis_server.start()
    bench.check(made)
    assert made.log("scheduler").count("does not answer") <= 2, "said once for each time"


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_worker_told_to_stop_ends_by_itself_and_hands_back_the_rest(
    bench: Bench, redis_server: RedisServer, ledger: str
) -> None:
    with bench.province("stopped", ledger, redis_server) as made:
        made.start("scheduler")
        first = made.start("worker", "emergency")
        wait_until(lambda: any((made.workspace / "outbox").rglob("*.txt")), "a first message")
        first.terminate()
        assert first.wait(timeout=60) == 0
        with made.opened() as app:
            assert not app.ledger.bundles.being_sent()
        made.start("worker")
    bench.check(made)
    assert "uncertain" not in made.log("worker")
