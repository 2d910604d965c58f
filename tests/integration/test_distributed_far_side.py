"""The far side is slow, refuses, or breaks off in the middle of an answer.

Its own log says what arrived. Telegram can neither be asked nor recognise a repetition: what may
have arrived is left to a person, and only what cannot have is tried again.
"""

from __future__ import annotations

import pytest
from support.fake_telegram import FakeTelegram, Habit, refuse, too_many
from support.province import Bench, rows_of
from support.redis_server import RedisServer

from engine.states import State

#: After these nobody knows whether the message arrived; half of them took it.
UNKNOWN = (
    Habit.DROP_BEFORE,
    Habit.DROP_AFTER,
    Habit.HALF_BODY,
    Habit.NOT_JSON,
    Habit.HANG_AFTER,
    refuse(500, "Internal Server Error"),
    refuse(502, "Bad Gateway"),
)


def test_what_may_have_arrived_is_left_to_a_person_and_never_sent_again(
    bench: Bench, redis_server: RedisServer, shared_telegram: FakeTelegram
) -> None:
    shared_telegram.script(*UNKNOWN)
    with bench.province("unknown", "postgresql", redis_server) as made:
        made.start("scheduler")
        made.start("worker")
    bench.check(made, doubtful=len(UNKNOWN))
    with made.opened() as app:
        uncertain = [row for row in rows_of(app) if row.state is State.UNCERTAIN]
    assert len(uncertain) == len(UNKNOWN)
    assert all(row.reason for row in uncertain), "each says what to look at"


@pytest.mark.parametrize("ledger", ["sqlite", "postgresql"])
def test_what_the_far_side_has_no_time_for_now_is_sent_when_it_asked_for_it(
    bench: Bench, redis_server: RedisServer, shared_telegram: FakeTelegram, ledger: str
) -> None:
    shared_telegram.script(too_many(7), too_many(3600), too_many(1))
    with bench.province("later", ledger, redis_server) as made:
        made.start("scheduler")
        made.start("worker")
    bench.check(made)
    with made.opened() as app:
        events = list(app.ledger.views.events())
    waited = [event for event in events if "asks to wait" in event.detail]
    assert sum(event.to_state == "planned" for event in waited) == 3
    tries = [event for event in waited if event.to_state == "retry_planned"]
    assert len(tries) == 2, "who is told to wait an hour has used up no attempt"
