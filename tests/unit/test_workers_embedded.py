"""The embedded runtime: messages of one priority, one run per workspace, and how it ends."""

from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from dramatiq.worker import WorkerThread
from hypothesis import given
from hypothesis import strategies as st
from support.commune import PASSPHRASE, make_commune
from support.redis_server import wait_until
from support.service_driver import RunningClock

from engine.app import App, open_app
from engine.errors import LoaError
from engine.ledger.leases import Due
from engine.states import State
from workers.actors import MESSAGE_SIZE, messages, register
from workers.broker import TIME_LIMIT, embedded_broker
from workers.embedded import EmbeddedRuntime, only_one
from workers.timing import LEASE, Timing

DUE = st.lists(
    st.builds(Due, st.integers(), st.sampled_from(("xa-1", "xa-2"))), unique_by=lambda one: one.id
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with open_app(make_commune(tmp_path / "xa", live=False)) as opened:
        opened.office.set_passphrase("minh", PASSPHRASE, None)
        opened.office.submit(opened.workspace / "campaigns" / "bao-lu.yaml", "lan")
        opened.office.approve("bao-lu", "minh", PASSPHRASE)
        yield opened


@given(DUE, st.integers(1, 5))
def test_messages_hold_one_commune_each_in_the_order_of_what_is_due(
    due: list[Due], size: int
) -> None:
    made = list(messages(due, size=size))
    assert all(0 < len(ids) <= size for _commune, ids in made)
    assert [Due(one, commune) for commune, ids in made for one in ids] == due


def test_a_message_holds_about_a_hundred_bundles() -> None:
    due = [Due(number, "xa-1") for number in range(250)]
    assert [len(ids) for _commune, ids in messages(due)] == [MESSAGE_SIZE, MESSAGE_SIZE, 50]


def test_a_lease_outlasts_the_longest_message() -> None:
    assert LEASE.total_seconds() * 1000 > TIME_LIMIT


def test_the_queue_never_retries_by_itself() -> None:
    broker = embedded_broker()
    actor = register(broker, lambda _commune, _ids, _lease: None)
    assert actor.options["max_retries"] == 0
    assert actor.options["time_limit"] == TIME_LIMIT
    broker.close()


def _hold(workspace: Path, held: multiprocessing.synchronize.Event) -> None:
    with only_one(workspace):
        held.set()
        multiprocessing.Event().wait(30)


def test_a_workspace_is_run_by_one_process_and_the_lock_dies_with_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    process = context.Process(target=_hold, args=(tmp_path, held))
    process.start()
    try:
        assert held.wait(30)
        with pytest.raises(LoaError), only_one(tmp_path):
            pass
    finally:
        process.kill()
        process.join()
    with only_one(tmp_path):
        assert (tmp_path / ".loa-run.lock").exists()


def test_a_run_ends_when_nothing_is_due(app: App) -> None:
    ended = EmbeddedRuntime(app).run()
    assert ended.next_moment is None
    assert sum(app.ledger.views.counts().values())


def test_an_error_that_a_worker_meets_ends_the_run_and_is_raised_there(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_ids: list[int], **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(app.sender, "send", broken)
    with pytest.raises(OSError, match="No space left"):
        EmbeddedRuntime(app).run()


class HeldUp:
    """A boundary at which the first worker that is about to send waits until told to go on."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, name: str) -> None:
        if name == "before begin":
            self.reached.set()
            while not self.go.wait(0.01):
                pass  # an interruption comes between two looks


@contextmanager
def stopped_while_sending(app: App, grace: timedelta) -> Iterator[tuple[App, HeldUp]]:
    """Ask a run to stop while it is about to send; on the way out it must have ended."""
    held_up = HeldUp()
    with (
        open_app(app.workspace, clock=app.clock, boundary=held_up) as running,
        ThreadPoolExecutor(1) as pool,
    ):
        runtime = EmbeddedRuntime(running, timing=Timing(grace=grace))
        run = pool.submit(runtime.run)
        try:
            assert held_up.reached.wait(60)
            runtime.stop.set()
            yield running, held_up
        finally:
            held_up.go.set()
        run.result(60)


def workers_alive() -> int:
    return sum(isinstance(thread, WorkerThread) for thread in threading.enumerate())


def test_what_is_being_sent_when_a_run_is_to_stop_is_finished(app: App) -> None:
    with stopped_while_sending(app, timedelta(seconds=60)) as (running, held_up):
        wait_until(lambda: workers_alive() == 1, "everybody else's end")
        held_up.go.set()
    states = {state for _channel, state in running.ledger.views.counts()}
    assert State.SENT in states
    assert states <= {State.SENT, State.PLANNED, State.CONFIRMED}


def test_what_takes_too_long_to_finish_is_interrupted_and_handed_back(app: App) -> None:
    with stopped_while_sending(app, timedelta(0)) as (running, _held_up):
        wait_until(lambda: workers_alive() == 0, "the interruption")
    assert {state for _channel, state in running.ledger.views.counts()} == {State.PLANNED}
    EmbeddedRuntime(app).run()
    assert State.SENT in {state for _channel, state in app.ledger.views.counts()}


def test_a_clock_behind_the_last_event_runs_nothing(app: App) -> None:
    behind = type(app.clock)(app.clock.now().replace(year=2020))  # type: ignore[call-arg] - a simulated one
    with open_app(app.workspace, clock=behind) as late, pytest.raises(LoaError, match="2020"):
        EmbeddedRuntime(late).run()


def test_an_emergency_leaves_while_the_run_has_its_hands_full(tmp_path: Path) -> None:
    """With the planning of a great campaign, for example, or with a far side that is slow."""
    full, done = threading.Event(), threading.Event()

    def hands_full() -> None:
        full.set()
        done.wait(60)

    workspace = make_commune(tmp_path / "xa", live=False)
    with open_app(workspace, clock=RunningClock(time.time())) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        app.office.submit(workspace / "campaigns" / "bao-lu.yaml", "lan")
        runtime = EmbeddedRuntime(app)
        with ThreadPoolExecutor(1) as pool:
            run = pool.submit(runtime.run, watch=True, on_progress=hands_full)
            try:
                assert full.wait(60)
                app.office.approve("bao-lu", "minh", PASSPHRASE)
                sent = ("portal", State.SENT)
                wait_until(lambda: bool(app.ledger.views.counts().get(sent)), "the emergency")
            finally:
                runtime.stop.set()
                done.set()
            run.result(60)
