"""Clocks: aware, in one zone for people, and never backwards."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import VIETNAM, SimulatedClock, SystemClock, local

START = datetime(2026, 12, 1, 4, 0, tzinfo=VIETNAM)


def test_a_simulated_clock_stands_still_until_it_is_told() -> None:
    clock = SimulatedClock(START)
    assert clock.simulated
    assert clock.now() == clock.now() == START
    clock.advance_to(START + timedelta(hours=1))
    assert clock.now() == START + timedelta(hours=1)


def test_a_simulated_clock_never_goes_back() -> None:
    clock = SimulatedClock(START)
    clock.advance_to(START - timedelta(days=1))
    assert clock.now() == START


def test_a_simulated_clock_never_goes_back_between_threads() -> None:
    clock = SimulatedClock(START)
    moments = [START + timedelta(minutes=n) for n in range(200)]
    threads = [threading.Thread(target=clock.advance_to, args=(m,)) for m in reversed(moments)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == moments[-1]


def test_a_time_without_a_zone_is_no_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        SimulatedClock(datetime(2026, 12, 1, 4, 0))  # noqa: DTZ001 - the very fault under test


def test_every_clock_tells_utc() -> None:
    assert SimulatedClock(START).now().tzinfo is UTC
    assert SystemClock().now().tzinfo is UTC
    assert not SystemClock().simulated


def test_people_read_vietnamese_time() -> None:
    shown = local(datetime(2026, 11, 30, 22, 0, tzinfo=UTC))
    assert (shown.day, shown.hour) == (1, 5)
    assert shown.utcoffset() == timedelta(hours=7)
