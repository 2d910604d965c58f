"""One suite for every way of counting permits: in this process, on Redis, with a fall-back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from support.redis_server import RedisServer, wait_until

from engine.dispatch.buckets import LocalBuckets, RedisBuckets, SharedBuckets
from engine.dispatch.permits import Grants
from engine.models import Pace

SLOW = Pace("xa/cham", per_second=0.01, burst=5)
FAST = Pace("xa/nhanh", per_second=100.0, burst=10)

MAKERS: dict[str, Callable[[RedisServer], Grants]] = {
    "in process": lambda _redis: LocalBuckets(),
    "redis": lambda redis: RedisBuckets(redis.url),
    "redis, with a share to fall back on": lambda redis: SharedBuckets(RedisBuckets(redis.url)),
}


@pytest.fixture(params=MAKERS)
def grants(request: pytest.FixtureRequest, redis_server: RedisServer) -> Grants:
    return MAKERS[request.param](redis_server)


def fill(grants: Grants, pace: Pace) -> None:
    """Wait until the bucket is as full as it gets, which a new one is not."""
    grants.grant(pace, 1)
    began = time.monotonic()  # not before it was granted, which may take longer than the filling
    wait_until(
        lambda: time.monotonic() - began > pace.burst / pace.per_second, "the bucket to be full"
    )


def test_a_new_bucket_holds_one_permit_and_says_when_there_is_another(grants: Grants) -> None:
    assert grants.grant(SLOW, 5).count == 1
    refused = grants.grant(SLOW, 5)
    assert refused.count == 0
    assert 95 < refused.wait <= 100


def test_a_block_is_never_more_than_was_asked_for_nor_than_the_burst(grants: Grants) -> None:
    fill(grants, FAST)
    assert grants.grant(FAST, 3).count == 3
    fill(grants, FAST)
    assert grants.grant(FAST, 50).count == 10


def test_on_the_long_run_no_more_is_granted_than_the_pace_allows(grants: Grants) -> None:
    fill(grants, FAST)
    first, granted, lost = time.monotonic(), grants.grant(FAST, 7).count, 0.0
    asked = began = time.monotonic()
    while (spent := asked - began) < 0.3:
        before, asked = asked, time.monotonic()
        granted += grants.grant(FAST, 7).count
        # Who is not let run for so long finds a full bucket, into which nothing more went.
        lost += max(0.0, (time.monotonic() - before) * FAST.per_second - 7)
    assert granted <= FAST.burst + (time.monotonic() - first) * FAST.per_second
    assert granted >= FAST.burst + (spent - 0.1) * FAST.per_second - 1 - lost


def test_what_is_refused_says_how_long_to_wait(grants: Grants) -> None:
    refused = grants.grant(FAST, 10)
    while refused.count:
        refused = grants.grant(FAST, 10)
    assert 0 < refused.wait <= 1 / FAST.per_second
    again = time.monotonic() + refused.wait
    wait_until(lambda: time.monotonic() >= again, "the wait to be over")
    assert grants.grant(FAST, 1).count == 1


def test_paces_do_not_count_for_each_other(grants: Grants) -> None:
    assert grants.grant(SLOW, 1).count == 1
    assert grants.grant(SLOW, 1).count == 0
    assert grants.grant(Pace("xa/khac", 0.01, 5), 1).count == 1


def test_threads_that_ask_at_once_get_no_more_than_one(grants: Grants) -> None:
    granted: list[int] = []
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        for _ in range(20):
            granted.append(grants.grant(SLOW, 2).count)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 160
    assert sum(granted) == 1


def test_processes_share_what_is_counted_on_redis(redis_server: RedisServer) -> None:
    first, second = (RedisBuckets(redis_server.url) for _ in range(2))
    assert [first.grant(SLOW, 1).count, second.grant(SLOW, 1).count] == [1, 0]


def test_losing_all_of_redis_lets_nobody_start_with_a_full_bucket(
    redis_server: RedisServer,
) -> None:
    grants = SharedBuckets(RedisBuckets(redis_server.url))
    fill(grants, FAST)
    with redis_server.client as client:
        client.flushall()
    began = time.monotonic()
    granted = grants.grant(FAST, 10).count
    assert granted <= 1 + (time.monotonic() - began) * FAST.per_second
    assert granted >= 1


def test_every_bucket_goes_when_it_is_full_and_would_say_nothing(redis_server: RedisServer) -> None:
    grants = RedisBuckets(redis_server.url)
    grants.grant(FAST, 1)
    grants.grant(SLOW, 1)
    with redis_server.client as client:
        lives = {key.decode(): client.pttl(key) for key in client.keys("loa:permits*")}
        assert lives.pop("loa:permits-began") > 60_000
        assert 0 < lives["loa:permits:xa/nhanh"] <= 1_100
        assert 400_000 < lives["loa:permits:xa/cham"] <= 501_000
        wait_until(lambda: not client.exists("loa:permits:xa/nhanh"), "the bucket to go")
    assert grants.grant(FAST, 50).count == 10


def test_without_redis_a_process_keeps_to_its_share_and_says_so(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    seconds = 0.0
    grants = SharedBuckets(RedisBuckets(redis_server.url), now=lambda: seconds)
    pace = Pace("xa/vua", per_second=8.0, burst=10)
    redis_server.stop()
    assert grants.grant(pace, 10).count == 1
    granted = 0
    for _ in range(41):
        seconds += 0.1
        granted += grants.grant(pace, 10).count
    assert granted == 4, "an eighth of eight a second, for four seconds, and no burst"
    redis_server.start()
    seconds += 5
    assert grants.grant(pace, 10).count >= 1
    assert len(caplog.messages) == 2
    assert "1/8" in caplog.messages[0]


def test_an_address_that_is_none_is_told_without_its_password(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    grants = SharedBuckets(RedisBuckets("redis://:bi/mat@may"))
    assert grants.grant(SLOW, 1).count == 1
    assert "redis://machine:6379/0" in caplog.text
    assert "bi/mat" not in caplog.text
