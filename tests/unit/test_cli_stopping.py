"""Signals ask for an orderly end."""

from __future__ import annotations

import signal
import threading

import pytest
from support.redis_server import wait_until

from engine.cli.stopping import stopped_by_signals


class Told(threading.Event):
    """Remembers which threads set it."""

    def __init__(self) -> None:
        super().__init__()
        self.by: list[threading.Thread] = []

    def set(self) -> None:
        self.by.append(threading.current_thread())
        super().set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_sets_the_event_but_not_in_the_thread_that_it_interrupts(
    number: signal.Signals,
) -> None:
    """That thread may be holding the event's lock."""
    stop = Told()
    with stopped_by_signals(stop):
        signal.raise_signal(number)
        wait_until(stop.is_set, "the event")
        signal.raise_signal(number)
        wait_until(lambda: len(stop.by) == 2, "a second one, which does no harm")
    assert threading.main_thread() not in stop.by


def test_what_signals_did_before_they_do_again_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    threads = set(threading.enumerate())
    with stopped_by_signals(threading.Event()):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
    assert set(threading.enumerate()) <= threads
