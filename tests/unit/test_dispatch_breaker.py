"""The circuit breaker: a dead far side takes few tries, and nobody else waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.dispatching import NOW, Post, Rig, check_chains, rigged
from support.fake_channels import (
    DistantBackend,
    FakeBackend,
    FakeChannel,
    FarSide,
    Mishap,
    permanent,
    temporary,
    unknown,
)

from engine.dispatch import breaker as rules
from engine.dispatch.breaker import LONGEST, LOOK, THRESHOLD, TRY, CircuitBreaker
from engine.dispatch.failures import Failure
from engine.ledger.places import Place
from engine.models import Breaker, BreakerState, Priority
from engine.states import State

SILENT = Failure("im lặng", answered=False)
FRESH = Breaker("may-xa.example", BreakerState.CLOSED, since=NOW)


@pytest.fixture
def distant(tmp_path: Path) -> DistantBackend:
    return DistantBackend("mang", False, FarSide(tmp_path / "distant.log"))


@pytest.fixture
def near(tmp_path: Path) -> FakeBackend:
    return FakeBackend("so", False, FarSide(tmp_path / "near.log"))


@pytest.fixture
def rig(tmp_path: Path, place: Place, distant: DistantBackend, near: FakeBackend) -> Iterator[Rig]:
    channels = FakeChannel("nhom", distant), FakeChannel("giay", near)
    with rigged(tmp_path, *channels, place=place) as opened:
        yield opened


def many(channel: str, count: int) -> list[Post]:
    return [Post(channel=channel, target=f"{channel}-{n}", text=f"Tin {n}") for n in range(count)]


def spent(rig: Rig) -> int:
    """The attempts that bundles have spent, all together."""
    with rig.ledger.database.read() as connection:
        found = connection.exec_driver_sql("SELECT sum(attempts) FROM bundles").scalar()
    return int(found or 0)


def found(rig: Rig) -> Breaker:
    (breaker,) = rig.ledger.breakers.all()
    return breaker


def failing(times: int, apart: timedelta = timedelta(seconds=1)) -> Breaker:
    breaker = FRESH
    for number in range(times):
        breaker = rules.after_failure(breaker, NOW + number * apart, "im lặng")
    return breaker


def test_it_opens_after_some_failures_in_a_row_and_not_before() -> None:
    assert failing(THRESHOLD - 1).state is BreakerState.CLOSED
    opened = failing(THRESHOLD)
    assert opened.state is BreakerState.OPEN
    assert opened.reason == "im lặng"
    assert opened.since == opened.failed_at == NOW + (THRESHOLD - 1) * timedelta(seconds=1)


def test_failures_far_apart_never_open_it() -> None:
    assert failing(50, apart=rules.WINDOW + timedelta(seconds=1)).state is BreakerState.CLOSED


def test_an_answer_in_between_begins_the_count_anew() -> None:
    ailing = rules.after_answer(failing(THRESHOLD - 1), NOW)
    assert rules.after_failure(ailing, NOW, "im lặng").state is BreakerState.CLOSED


def test_what_was_sent_before_it_opened_makes_the_wait_no_longer() -> None:
    opened = failing(THRESHOLD)
    assert rules.after_failure(opened, NOW, "cũng im lặng") == opened


def test_each_try_in_vain_doubles_the_wait_up_to_its_bound() -> None:
    breaker, waits = failing(THRESHOLD, apart=timedelta(0)), []
    for _try in range(8):
        assert breaker.retry_at is not None
        assert breaker.failed_at is not None
        waits.append(breaker.retry_at - breaker.failed_at)
        begun = rules.trying(breaker, breaker.retry_at)
        assert begun.state is BreakerState.HALF_OPEN
        breaker = rules.after_failure(begun, breaker.retry_at, "im lặng")
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (15, 30, 60, 120)]
    assert set(waits[4:]) == {LONGEST}
    assert breaker.since == NOW, "dead since it died, not since the last try"


def test_a_dead_far_side_takes_few_tries_and_the_others_bundles_flow(
    rig: Rig, distant: DistantBackend, near: FakeBackend
) -> None:
    distant.dead = temporary("không tới được")
    rig.release(*many("nhom", 12), *many("giay", 12))
    rig.send()
    assert distant.calls == THRESHOLD == spent(rig)
    assert sum(near.far_side.texts.values()) == 12
    assert rig.states() == {State.PLANNED: 12, State.SENT: 12}
    assert found(rig) == Breaker(
        "may-xa.example",
        BreakerState.OPEN,
        since=rig.clock.now(),
        failures=THRESHOLD,
        failed_at=rig.clock.now(),
        reason="không tới được",
        retry_at=rig.clock.now() + timedelta(seconds=15),
    )
    for _minute in range(6):
        rig.pass_time(minutes=1)
        rig.send()
    assert THRESHOLD < distant.calls <= THRESHOLD + 6
    assert spent(rig) == THRESHOLD, "neither waiting nor trying spends anything"
    assert rig.states() == {State.PLANNED: 12, State.SENT: 12}


def test_when_it_answers_again_everything_goes_once(rig: Rig, distant: DistantBackend) -> None:
    distant.dead = temporary("không tới được")
    rig.release(*many("nhom", 12))
    rig.send()
    distant.dead = None
    rig.pass_time(minutes=1)
    while moment := rig.ledger.bundles.next_moment(rehearse=()):
        rig.clock.advance_to(moment)
        rig.send()
    assert rig.states() == {State.SENT: 12}
    assert len(distant.far_side.taken) == 12
    assert found(rig).state is BreakerState.CLOSED
    check_chains(rig.ledger.views.events())


def test_what_was_begun_in_one_batch_is_taken_back_when_the_far_side_dies_in_it(
    rig: Rig, distant: DistantBackend
) -> None:
    distant.idempotent = True
    distant.dead = temporary("không tới được")
    rig.release(*many("nhom", 12))
    rig.send()
    assert distant.calls == spent(rig) == THRESHOLD
    assert set(rig.bundle_states()) == {"planned"}
    assert rig.ledger.bundles.next_moment(rehearse=()) == rig.clock.now() + timedelta(seconds=15)


def test_far_sides_without_an_answer_leave_only_few_in_doubt(
    rig: Rig, distant: DistantBackend
) -> None:
    distant.dead = unknown("đứt giữa chừng")
    rig.release(*many("nhom", 12))
    rig.send()
    assert rig.states() == {State.UNCERTAIN: THRESHOLD, State.PLANNED: 12 - THRESHOLD}


@pytest.mark.parametrize(
    "error", [permanent("không có nhóm"), temporary(retry_after=timedelta(1)), KeyError("x")]
)
def test_what_says_nothing_against_the_far_side_opens_nothing(
    rig: Rig, distant: DistantBackend, error: Exception
) -> None:
    distant.mishaps += [Mishap(error)] * 12
    rig.release(*many("nhom", 12))
    rig.send()
    assert distant.calls == 12
    assert not [one for one in rig.ledger.breakers.all() if one.failures]


def test_while_half_open_one_goes_of_all_workers(rig: Rig, distant: DistantBackend) -> None:
    workers = [CircuitBreaker(rig.ledger.breakers, rig.clock, jitter=lambda: 0.5) for _ in "123"]
    for _ in range(THRESHOLD):
        assert workers[0].enter(distant) is None
        workers[0].heard(distant, SILENT)
    assert [worker.closed_until(distant) for worker in workers] == [
        rig.clock.now() + timedelta(seconds=15) + LOOK / 2
    ] * 3, "the others know, and so would one that starts anew"
    rig.pass_time(seconds=15)
    assert [worker.closed_until(distant) for worker in workers] == [None] * 3
    entered = [worker.enter(distant) for worker in workers]
    assert entered == [None, *[rig.clock.now() + LOOK * 1.5] * 2]
    workers[0].heard(distant)
    assert [worker.enter(distant) for worker in workers] == [None] * 3


def test_a_try_that_tells_nothing_lets_the_next_one_try(rig: Rig, distant: DistantBackend) -> None:
    breaker = CircuitBreaker(rig.ledger.breakers, rig.clock)
    for _ in range(THRESHOLD):
        breaker.heard(distant, SILENT)
    rig.pass_time(seconds=15)
    assert breaker.enter(distant) is None
    breaker.heard(distant, Failure("không có nhóm", permanent=True))
    assert found(rig).state is BreakerState.OPEN
    assert breaker.enter(distant) is None


def test_a_try_whose_worker_died_is_made_again(rig: Rig, distant: DistantBackend) -> None:
    breaker = CircuitBreaker(rig.ledger.breakers, rig.clock, jitter=lambda: 0.0)
    for _ in range(THRESHOLD):
        breaker.heard(distant, SILENT)
    rig.pass_time(seconds=15)
    assert breaker.enter(distant) is None
    other = CircuitBreaker(rig.ledger.breakers, rig.clock)
    assert other.enter(distant) is not None
    rig.pass_time(seconds=TRY.total_seconds())
    assert other.enter(distant) is None


def test_a_far_side_that_can_be_asked_is_asked_before_a_bundle_is_put_at_risk(
    tmp_path: Path, distant: DistantBackend
) -> None:
    asked: list[str] = []
    answers: list[Exception | None] = [temporary("vẫn im"), KeyError("x"), permanent("sai mã")]

    class Askable(DistantBackend):
        def check(self) -> None:
            asked.append(self.endpoint)
            if error := answers[len(asked) - 1]:
                raise error

    backend = Askable("mang", False, distant.far_side, dead=unknown("đứt giữa chừng"))
    with rigged(tmp_path, FakeChannel("nhom", backend)) as rig:
        rig.release(*many("nhom", 12))
        rig.send()
        assert (len(asked), backend.calls) == (0, THRESHOLD), "who answers is not asked"
        rig.pass_time(minutes=1)
        rig.send()
        assert (len(asked), backend.calls) == (1, THRESHOLD), "it does not answer: nothing goes"
        assert found(rig).reason == "vẫn im"
        for number in (2, 3):
            rig.pass_time(minutes=3)
            rig.send()
            assert (len(asked), backend.calls) == (number, THRESHOLD + number - 1)
        assert rig.states()[State.UNCERTAIN] == THRESHOLD + 2


def test_all_that_waits_for_a_dead_far_side_is_put_off_in_one_move(
    rig: Rig, distant: DistantBackend, near: FakeBackend
) -> None:
    """Else every one of a great many would have to be taken up, over and over, to be told so."""
    distant.dead = temporary("không tới được")
    rig.release(*many("nhom", 60), *many("giay", 3))
    rig.sender.send(rig.due(limit=20))
    assert distant.calls == THRESHOLD
    assert rig.due() == []
    assert near.calls == 3, "what goes elsewhere was not put off with it"
    rig.pass_time(seconds=15)
    assert len(rig.due()) == 60 - THRESHOLD


def test_two_endpoints_have_a_breaker_each(rig: Rig, distant: DistantBackend) -> None:
    other = replace(distant, endpoint="may-khac.example")
    breaker = CircuitBreaker(rig.ledger.breakers, rig.clock)
    for _ in range(THRESHOLD):
        breaker.heard(distant, SILENT)
    breaker.heard(other, SILENT)
    assert breaker.enter(other) is None
    assert [(one.endpoint, one.state) for one in rig.ledger.breakers.all()] == [
        ("may-khac.example", BreakerState.CLOSED),
        ("may-xa.example", BreakerState.OPEN),
    ]


def test_an_endpoint_that_never_failed_is_never_written_about(
    rig: Rig, distant: DistantBackend
) -> None:
    rig.release(*many("nhom", 3))
    rig.send()
    assert distant.calls == 3
    assert rig.ledger.breakers.all() == []


def test_people_are_told_once_that_it_died_and_once_that_it_is_back(
    rig: Rig, distant: DistantBackend, caplog: pytest.LogCaptureFixture
) -> None:
    breaker = CircuitBreaker(rig.ledger.breakers, rig.clock)
    for _ in range(THRESHOLD + 3):
        breaker.heard(distant, SILENT)
    for _ in range(3):
        breaker.heard(distant)
    assert len(caplog.messages) == 2
    assert all("may-xa.example" in message for message in caplog.messages)
    assert "im lặng" in caplog.messages[0]


def test_what_all_are_asked_to_wait_for_is_waited_for_by_all_and_counts_no_failure(
    rig: Rig, distant: DistantBackend, near: FakeBackend
) -> None:
    """One worker hears "too many", the others never ask; other far sides go on."""
    distant.dead = temporary("xin chờ", retry_after=timedelta(seconds=90), everyone=True)
    rig.release(*many("nhom", 12), *many("giay", 12))
    rig.send()
    assert distant.calls == 1
    assert sum(near.far_side.texts.values()) == 12
    waiting = found(rig)
    assert waiting.is_patience
    assert waiting.retry_at == rig.clock.now() + timedelta(seconds=90)
    distant.dead = None
    rig.pass_time(seconds=89)
    rig.send()
    assert distant.calls == 1, "nobody asks before the time is over"
    for _second in range(20):
        rig.pass_time(seconds=1)
        rig.send()
    assert rig.states() == {State.SENT: 24}
    assert set(distant.far_side.texts.values()) == {1}
    assert found(rig).state is BreakerState.CLOSED


def test_a_quota_that_is_used_up_is_met_once_and_waited_for_by_every_worker(
    rig: Rig, distant: DistantBackend
) -> None:
    """Emergencies wait too, for nothing is taken; the notice tells a person of them."""
    distant.dead = temporary("hết hạn mức", retry_after=timedelta(hours=16), everyone=True)
    rig.release(*many("nhom", 12))
    rig.release(Post(channel="nhom", target="gap"), campaign_id="gap", priority=Priority.EMERGENCY)
    other = copy(rig.sender)
    other._breaker = CircuitBreaker(rig.ledger.breakers, rig.clock)  # another process's own
    for _round in range(5):
        ids = rig.due()
        rig.sender.send(ids[::2])
        other.send(ids[1::2])
        rig.pass_time(hours=3)
    assert distant.calls == 1
    assert spent(rig) == 0, "one that no bundle is to blame for"
    assert rig.states() + rig.states("gap") == {State.PLANNED: 13}
    distant.dead = None
    rig.pass_time(hours=1)
    for _second in range(20):
        rig.send()
        rig.pass_time(seconds=1)
    assert rig.states() + rig.states("gap") == {State.SENT: 13}
    assert set(distant.far_side.texts.values()) == {1}


def test_an_answer_that_was_on_its_way_ends_no_patience() -> None:
    waiting = rules.after_asking_for_patience(FRESH, NOW, timedelta(hours=9), "hết hạn mức")
    assert rules.after_answer(waiting, NOW) == waiting
    assert waiting.retry_at is not None
    tried = rules.trying(waiting, waiting.retry_at)
    assert rules.after_answer(tried, waiting.retry_at).state is BreakerState.CLOSED


def test_a_longer_patience_is_not_cut_short_by_a_shorter_one() -> None:
    long = rules.after_asking_for_patience(FRESH, NOW, timedelta(seconds=60), "chờ")
    assert rules.after_asking_for_patience(long, NOW, timedelta(seconds=5), "chờ") == long
    longer = rules.after_asking_for_patience(long, NOW, timedelta(seconds=99), "chờ")
    assert longer.retry_at == NOW + timedelta(seconds=99)
