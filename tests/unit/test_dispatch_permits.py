"""Waiting for permits: in line, on the spot when it is short, and sent away when it is long."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
from support import builders
from support.dispatching import Post, check_chains, rigged
from support.fake_channels import DistantBackend, FakeChannel, FarSide

from engine.dispatch.buckets import MANY, LocalBuckets
from engine.dispatch.permits import VOID, WAITERS, Grant, Permits
from engine.errors import NotYetError
from engine.models import Artifact, Bundle, Pace, Priority, Receipt
from engine.states import State

PACE = Pace("xa", per_second=2.0, burst=4)
SLOW = Pace("xa/nhom", per_second=0.05, burst=1)


class Time:
    """Seconds that pass only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@dataclass
class CountingBuckets(LocalBuckets):
    """Buckets that keep what was asked of them."""

    def __init__(self, time: Time) -> None:
        super().__init__(time)
        self.asked: list[tuple[str, int]] = []

    def grant(self, pace: Pace, wanted: int) -> Grant:
        self.asked.append((pace.key, wanted))
        return super().grant(pace, wanted)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def grants(time: Time) -> CountingBuckets:
    return CountingBuckets(time)


@pytest.fixture
def permits(time: Time, grants: CountingBuckets) -> Permits:
    return Permits(grants, now=time, pause=time.pause)


@dataclass
class PacedBackend(DistantBackend):
    """A backend that takes a permit before each request, as real ones do."""

    limits: Permits | None = None
    pace: Pace = PACE

    def paces(self, artifact: Artifact, bundle: Bundle) -> Sequence[Pace]:
        return (self.pace,)

    def deliver(self, artifact: Artifact, bundle: Bundle) -> Receipt:
        assert self.limits is not None
        self.limits.take(self.pace)
        return DistantBackend.deliver(self, artifact, bundle)


def test_a_short_wait_is_waited_where_one_stands(time: Time, permits: Permits) -> None:
    moments = []
    for _ in range(9):
        permits.take(PACE)
        moments.append(time.now)
    assert moments == pytest.approx([n / PACE.per_second for n in range(9)])
    assert max(time.waited) <= 0.25, "who waits can be interrupted"


def test_a_long_wait_is_not_begun_and_says_when_to_come_again(time: Time, permits: Permits) -> None:
    permits.take(SLOW)
    waits = []
    for _ in range(3):
        with pytest.raises(NotYetError) as told:
            permits.take(SLOW)
        waits.append(told.value.wait.total_seconds())
    assert time.now == 0.0
    assert waits == pytest.approx([60, 80, 100]), "each has a moment of its own"
    assert told.value.retry_after == told.value.wait


def test_the_narrowest_pace_is_asked_first_so_that_no_other_is_wasted(
    permits: Permits, grants: CountingBuckets
) -> None:
    permits.take(SLOW, PACE)
    grants.asked.clear()
    with pytest.raises(NotYetError):
        permits.take(SLOW, PACE)
    assert {key for key, _wanted in grants.asked} == {"xa/nhom"}


def test_threads_that_wait_together_all_go_and_no_faster_than_allowed() -> None:
    """In real time, for the far side's sake."""
    pace = Pace("xa", per_second=200.0, burst=3)
    permits = Permits(LocalBuckets())
    together = threading.Barrier(10)
    went: list[float] = []

    def ask() -> None:
        together.wait()
        permits.take(pace)
        went.append(monotonic())

    threads = [threading.Thread(target=ask) for _ in range(10)]
    began = monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(went) == 10
    assert max(went) - began >= (10 - pace.burst) / pace.per_second


def test_a_block_is_as_big_as_the_line_and_no_bigger_than_the_burst(
    time: Time, permits: Permits, grants: CountingBuckets
) -> None:
    time.now = 100.0
    with in_line(permits, PACE, 6):
        permits.take(PACE)
    assert grants.asked[-1][1] == 4


def test_permits_that_nobody_used_in_time_are_void(
    time: Time, permits: Permits, grants: CountingBuckets
) -> None:
    time.now = 100.0
    line = permits._lines[PACE.key]
    line.permits, line.void_at = 3, time.now + VOID
    permits.take(PACE)
    assert not grants.asked
    line = permits._lines[PACE.key]
    line.permits, line.void_at = 3, time.now + VOID
    time.now += VOID
    permits.take(PACE)
    assert grants.asked == [("xa", 1)]


@contextmanager
def in_line(permits: Permits, pace: Pace, count: int) -> Iterator[None]:
    """Let others stand behind whoever comes next."""
    line = permits._lines[pace.key]
    others = [object() for _ in range(count)]

    class Behind(list[object]):
        def append(self, item: object) -> None:
            self.insert(0, item)

    line.waiting = Behind(others)
    yield
    for one in others:
        line.waiting.remove(one)


def test_nothing_is_remembered_of_paces_that_nobody_waits_for(time: Time, permits: Permits) -> None:
    for number in range(50):
        permits.take(Pace(f"xa/{number}", 1.0))
        time.now += 1
    assert len(permits._lines) <= 1


def test_buckets_that_are_full_are_forgotten_when_there_are_many(time: Time) -> None:
    buckets = LocalBuckets(time)
    for number in range(MANY + 1):
        time.now += 0.001
        buckets.grant(Pace(f"xa/{number}", 1.0), 1)
    assert len(buckets._buckets) <= 1001


def bundle(priority: Priority = Priority.ROUTINE) -> Bundle:
    return builders.bundle("nhom", "mang", "noi", priority=priority)


def test_who_would_only_swell_the_line_is_sent_away_unless_it_is_urgent(
    tmp_path: Path, time: Time, permits: Permits
) -> None:
    backend = PacedBackend("mang", True, FarSide(tmp_path / "log"), limits=permits)
    nothing, now = Artifact(()), builders.NOW

    def seconds(priority: Priority) -> float | None:
        until = permits.get_ready(backend, nothing, bundle(priority), now)
        return (until - now).total_seconds() if until is not None else None

    with in_line(permits, PACE, WAITERS - 1):
        assert seconds(Priority.ROUTINE) is None
    with in_line(permits, PACE, WAITERS):
        routine = [seconds(Priority.ROUTINE) for _ in range(4)]
        assert routine == [1.5, 2.0, 2.5, 3.0], "in turn, as fast as the far side takes them"
        assert seconds(Priority.IMPORTANT) == 1.5, "behind nobody less urgent"
        assert seconds(Priority.EMERGENCY) is None


def test_what_can_be_done_once_only_waits_before_it_is_begun(
    tmp_path: Path, time: Time, permits: Permits, grants: CountingBuckets
) -> None:
    """A worker killed while it waits leaves nothing in doubt."""
    states: list[list[str]] = []

    def pause(seconds: float) -> None:
        states.append(rig.bundle_states())
        time.pause(seconds)

    permits._pause = pause
    backend = PacedBackend("mang", False, FarSide(tmp_path / "log"), limits=permits)
    with rigged(tmp_path, FakeChannel("nhom", backend), permits=permits) as rig:
        posts = [Post(channel="nhom", target=f"noi-{n}", text=f"Tin {n}") for n in range(3)]
        rig.release(*posts)
        rig.send()
        assert rig.states() == {State.SENT: 3}
    assert len(states) >= 2
    assert not any("sending" in one for one in states)
    assert sum(wanted for _key, wanted in grants.asked) <= 3 + len(states), "one permit for each"


def test_a_permit_got_ready_is_used_once_and_not_for_something_else_nor_too_late(
    tmp_path: Path, time: Time, permits: Permits
) -> None:
    backend = PacedBackend("mang", False, FarSide(tmp_path / "log"), limits=permits)
    nothing, now = Artifact(()), builders.NOW

    def waits(pace: Pace) -> bool:
        before = time.now
        permits.take(pace)
        return time.now > before

    assert permits.get_ready(backend, nothing, bundle(), now) is None
    assert [waits(PACE), waits(PACE)] == [False, True]
    assert permits.get_ready(backend, nothing, bundle(), now) is None
    assert waits(Pace("khac", 1.0)) is False, "its own bucket, just begun"
    assert waits(PACE) is True
    assert permits.get_ready(backend, nothing, bundle(), now) is None
    time.now += VOID / 4
    assert waits(PACE) is False
    assert permits.get_ready(backend, nothing, bundle(), now) is None
    time.now += VOID
    assert [waits(PACE) for _ in range(3)] == [False, False, True], "void: taken anew"


def test_a_bundle_that_must_wait_long_goes_back_and_has_spent_nothing(
    tmp_path: Path, time: Time, permits: Permits
) -> None:
    pace = Pace("xa", per_second=0.02, burst=1)
    backend = PacedBackend("mang", False, FarSide(tmp_path / "log"), limits=permits, pace=pace)
    with rigged(tmp_path, FakeChannel("nhom", backend), permits=permits, attempts=1) as rig:
        posts = [Post(channel="nhom", target=f"noi-{n}", text=f"Tin {n}") for n in range(3)]
        rig.release(*posts)
        rig.send()
        assert rig.states() == {State.SENT: 1, State.PLANNED: 2}
        assert backend.calls == 1, "who has no permit asks nothing"
        for _ in range(20):
            time.now += 50
            rig.pass_time(seconds=50)
            rig.send()
        assert rig.states() == {State.SENT: 3}
        assert sorted(backend.far_side.texts.values()) == [1, 1, 1]
        check_chains(rig.ledger.views.events())


def test_an_interrupted_wait_leaves_the_line(permits: Permits, time: Time) -> None:
    class Interrupt(BaseException):
        pass

    def interrupted(_seconds: float) -> None:
        raise Interrupt

    permits.take(PACE)
    permits._pause = interrupted
    with pytest.raises(Interrupt):
        permits.take(PACE)
    assert permits._lines[PACE.key].waiting == []
