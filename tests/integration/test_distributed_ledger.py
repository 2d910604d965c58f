"""PostgreSQL is restarted, cuts its lines, takes no changes: nothing is lost or sent twice.

Each fault comes in the middle of a send: Telegram has taken the first messages and answers only
when the ledger is gone, so that what it says cannot be recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.fake_telegram import FakeTelegram, Habit
from support.province import IN_FLIGHT, Bench, Province
from support.redis_server import RedisServer, wait_until
from support.servers import Postgres


@pytest.fixture(autouse=True)
def running_again(postgres: Postgres) -> Iterator[None]:
    """The server is there for the next test, whatever became of this one."""
    yield
    if not postgres.answers():
        postgres.start()
    if (postgres.folder / "data" / "standby.signal").exists():
        postgres.become_primary()


def held_up(made: Province, telegram: FakeTelegram) -> None:
    """Start a province, and wait until a worker is in the middle of sending."""
    telegram.script(*[Habit.HOLD_AFTER] * IN_FLIGHT)
    made.start("scheduler")
    made.start("worker")
    wait_until(lambda: telegram.held > 0, "a message to be on its way")


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgresql_is_restarted_while_all_is_sent(
    bench: Bench,
    redis_server: RedisServer,
    postgres: Postgres,
    shared_telegram: FakeTelegram,
    mode: str,
) -> None:
    with bench.province(f"restarted-{mode}", "postgresql", redis_server) as made:
        held_up(made, shared_telegram)
        postgres.stop(mode)
        shared_telegram.let_go()
        made.told("scheduler", "the ledger refuses")
        made.told("worker", "the ledger refuses")
        postgres.start()
    bench.check(made, doubtful=IN_FLIGHT)


def test_every_connection_is_cut_while_all_is_sent(
    bench: Bench, redis_server: RedisServer, postgres: Postgres, shared_telegram: FakeTelegram
) -> None:
    with bench.province("cut", "postgresql", redis_server) as made:
        held_up(made, shared_telegram)
        postgres.cut_connections()
        shared_telegram.let_go()
        postgres.cut_connections()
    bench.check(made, doubtful=IN_FLIGHT)


def test_the_primary_takes_no_changes_for_a_while(
    bench: Bench, redis_server: RedisServer, postgres: Postgres, shared_telegram: FakeTelegram
) -> None:
    with bench.province("read-only", "postgresql", redis_server) as made:
        held_up(made, shared_telegram)
        postgres.become_standby()
        shared_telegram.let_go()
        made.told("worker", "read-only")
        postgres.become_primary()
    bench.check(made, doubtful=IN_FLIGHT)
