"""A server that is away is waited for with patience, and told of once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError as RedisAwayError
from sqlalchemy.exc import OperationalError

from workers.trouble import Patience


def failing(*errors: Exception) -> Callable[[], None]:
    left = list(errors)

    def action() -> None:
        if left:
            raise left.pop(0)

    return action


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RedisAwayError("refused"), "the queue does not answer (refused)"),
        (OperationalError("x", {}, Exception("database is locked")), "the ledger refuses"),
    ],
)
def test_a_server_that_is_away_is_told_of_once_and_again_when_it_is_back(
    caplog: pytest.LogCaptureFixture, error: Exception, words: str
) -> None:
    patience = Patience(threading.Event(), timedelta(milliseconds=1))
    action = failing(*[error] * 20)
    with caplog.at_level(logging.INFO):
        assert [patience.attempt(action) for _time in range(21)] == [False] * 20 + [True]
        assert patience.attempt(action)
    assert len(caplog.messages) == 2
    assert caplog.messages[0].startswith(words)
    assert caplog.messages[1] == "it answers again; going on"


def test_a_fault_of_another_kind_is_not_waited_for() -> None:
    with pytest.raises(ZeroDivisionError):
        Patience(threading.Event(), timedelta(seconds=1)).attempt(failing(ZeroDivisionError()))


def test_who_is_told_to_stop_does_not_wait() -> None:
    stop = threading.Event()
    stop.set()
    patience = Patience(stop, timedelta(hours=1))
    for _time in range(30):
        assert not patience.attempt(failing(RedisAwayError("away")))
