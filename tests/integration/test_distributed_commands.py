"""``loa worker`` and ``loa scheduler`` as services are: started, killed, stopped by a signal."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from support.commune import PASSPHRASE, loa, make_commune
from support.redis_server import PATIENCE, RedisServer, wait_until
from support.services import serve, today

from engine.app import open_app
from engine.states import SETTLED, State


def test_services_send_an_emergency_outlive_their_children_and_stop_when_told(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    workspace = today(tmp_path / "xa")
    scheduler = serve(workspace, redis_server, "scheduler")
    worker = serve(workspace, redis_server, "worker", "--processes", "2", "--threads", "2")
    try:
        children = psutil.Process(worker.pid).children
        wait_until(lambda: len(children()) == 2, "two worker processes")
        victim = children()[0]
        victim.kill()
        wait_until(lambda: len({*children()} - {victim}) == 2, "another in its place")
        with open_app(workspace) as app:
            app.office.set_passphrase("minh", PASSPHRASE, None)
            app.office.submit(workspace / "campaigns" / "bao-lu.yaml", "lan")
            app.office.approve("bao-lu", "minh", PASSPHRASE)
            views = app.ledger.views
            wait_until(
                lambda: all(row.state in SETTLED for row in views.deliveries("bao-lu")),
                "the emergency to be sent",
            )
            failed = {row.target for row in views.deliveries("bao-lu") if row.state != State.SENT}
            assert failed == {"truong-ap"}, "only Telegram, for which no bot is set up"
        left = children()
        for service in (worker, scheduler):
            service.send_signal(signal.SIGTERM)
        assert [worker.wait(60), scheduler.wait(60)] == [0, 0]
        assert not any(child.is_running() for child in left)
    finally:
        for service in (worker, scheduler):
            service.kill()
            service.wait()
    log = (workspace / "service.log").read_text()
    assert "Traceback" not in log, log
    assert "starting it again" in log


def test_a_worker_does_not_outlive_a_supervisor_that_died_before_it_could_look(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    workspace = today(tmp_path / "xa")
    worker = serve(workspace, redis_server, "worker", "--name", "a", "--supervisor", str(gone.pid))
    try:
        assert worker.wait(timeout=PATIENCE) == 0
    finally:
        worker.kill()


@pytest.mark.parametrize("command", ["worker", "scheduler"])
def test_without_a_queue_the_services_say_what_is_missing(tmp_path: Path, command: str) -> None:
    answer = loa(command, "-w", today(tmp_path / "xa"))
    assert answer.returncode == 1
    assert "LOA_QUEUE_URL" in answer.stderr


@pytest.mark.parametrize("command", ["worker", "scheduler"])
def test_on_a_simulated_clock_the_services_refuse(tmp_path: Path, command: str) -> None:
    workspace = make_commune(tmp_path / "xa")
    answer = loa(command, "-w", workspace, LOA_QUEUE_URL="redis://127.0.0.1:9/0")
    assert answer.returncode == 1
    assert "loa run" in answer.stderr


def test_an_unknown_queue_is_told_with_those_there_are(tmp_path: Path) -> None:
    answer = loa("worker", "--queues", "urgent", "-w", make_commune(tmp_path / "xa"))
    assert answer.returncode == 2
    assert "urgent" in answer.stderr
    assert "routine, important, emergency" in " ".join(answer.stderr.split())
