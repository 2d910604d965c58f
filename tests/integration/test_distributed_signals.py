"""A worker is told to stop, or is stopped for longer than its lease, in the middle of a send."""

from __future__ import annotations

import signal

import pytest
from support.fake_telegram import FakeTelegram, Habit
from support.province import IN_FLIGHT, Bench
from support.redis_server import RedisServer, wait_until
from support.service_driver import TIMING

from engine.dispatch.sender import FRESH

BOUND = (TIMING.grace + TIMING.last_words).total_seconds() + 10
EVERYTHING = "emergency,important,routine"


@pytest.mark.parametrize("habit", [Habit.HOLD_BEFORE, Habit.HOLD_AFTER])
def test_a_worker_told_to_stop_finishes_a_slow_send(
    bench: Bench, redis_server: RedisServer, shared_telegram: FakeTelegram, habit: Habit
) -> None:
    shared_telegram.script(*[habit] * IN_FLIGHT)
    with bench.province(f"slow-{habit}", "postgresql", redis_server) as made:
        made.start("scheduler")
        worker = made.start("worker")
        wait_until(lambda: shared_telegram.held > 0, "a message on its way")
        worker.terminate()
        shared_telegram.let_go()
        assert worker.wait(timeout=BOUND) == 0
        with made.opened() as app:
            assert not app.ledger.bundles.being_sent()
        made.start("worker")
    bench.check(made)


def test_a_worker_told_to_stop_does_not_wait_for_a_far_side_that_never_answers(
    bench: Bench, redis_server: RedisServer, shared_telegram: FakeTelegram
) -> None:
    shared_telegram.script(*[Habit.HOLD_AFTER] * IN_FLIGHT)
    with bench.province("hanging", "postgresql", redis_server) as made:
        made.start("scheduler")
        worker = made.start("worker")
        wait_until(lambda: shared_telegram.held > 0, "a message on its way")
        worker.terminate()
        assert worker.wait(timeout=BOUND) == 0
        shared_telegram.let_go()
        made.start("worker")
    bench.check(made, doubtful=IN_FLIGHT)


@pytest.mark.parametrize(
    ("boundary", "passed"), [("claimed", 1), ("before begin", 2), ("begun", 1), ("begun", 4)]
)
def test_a_worker_that_sleeps_longer_than_its_lease_sends_nothing_that_another_sent(
    bench: Bench, redis_server: RedisServer, boundary: str, passed: int
) -> None:
    """It wakes when another has settled all, and finds out that its leases are gone."""
    with bench.province(f"asleep-{boundary}-{passed}", "postgresql", redis_server) as made:
        made.start("scheduler")
        sleeper = made.start("worker", EVERYTHING, boundary, str(passed), "SIGSTOP")
        sleeper.wait_until_stopped()
        made.start("worker")
        made.wait_until_settled(but="portal")  # the sleeper may hold the portal's lock
        made.jump(2 * FRESH)
        sleeper.send_signal(signal.SIGCONT)
        sleeper.terminate()
        assert sleeper.wait(timeout=BOUND) == 0
    bench.check(made, doubtful=IN_FLIGHT)
    assert "Traceback" not in made.log("worker")
