"""Two machines five minutes apart, on a real PostgreSQL server and a real Redis."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.commune import PASSPHRASE
from support.redis_server import RedisServer, wait_until
from support.services import today

from engine.app import Communes, open_communes
from engine.app.noticing import Desks
from engine.ledger.database import Database
from engine.ledger.machines import Machines, Role
from engine.ledger.watched_clock import Fault, watched
from engine.states import State
from workers.distributed import SchedulerService
from workers.presence import presence_of
from workers.queue_worker import QueueWorker

APART = timedelta(minutes=5)

ROUTINE = """\
id: hop
title: Họp
valid: {{until: {until:%Y-%m-%d}}}
contact: Xã
text: Họp ấp.
schedule: now
channels: {{portal: true}}
"""


@pytest.fixture
def workspace(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An emergency by chat and a routine post, both due at once."""
    monkeypatch.setenv("LOA_LEDGER_URL", postgres_url)
    folder = today(tmp_path / "xa")
    emergency = folder / "campaigns" / "bao-lu.yaml"
    emergency.write_text(emergency.read_text("utf-8") + "channels: {chat: true}\n", "utf-8")
    routine = ROUTINE.format(until=datetime.now(UTC) + timedelta(days=2))
    (folder / "campaigns" / "hop.yaml").write_text(routine, "utf-8")
    return folder


@pytest.fixture
def right(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Communes]:
    """The machine whose clock is right."""
    monkeypatch.setenv("LOA_MACHINE_NAME", "may-dung")
    with open_communes(workspace) as opened:
        yield opened


@pytest.fixture
def ahead(
    workspace: Path, postgres_url: str, right: Communes, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Communes]:
    """The machine whose clock is five minutes ahead."""
    monkeypatch.setenv("LOA_MACHINE_NAME", "may-lech")
    own = Database.connect(postgres_url)
    clock = watched(own, machine=lambda: datetime.now(UTC) + APART)
    with open_communes(workspace, clock=clock) as opened:
        yield opened
    own.close()


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def approve_both(communes: Communes) -> None:
    with communes.lent("xa-mau") as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        for name in ("bao-lu", "hop"):
            app.office.submit(app.workspace / "campaigns" / f"{name}.yaml", "lan")
            app.office.approve(name, "minh", PASSPHRASE)


def states(communes: Communes, campaign_id: str) -> set[State]:
    with communes.lent("xa-mau") as app:
        return {row.state for row in app.ledger.views.deliveries(campaign_id)}


def work(communes: Communes, redis: RedisServer, running: ExitStack) -> None:
    worker = QueueWorker(communes, redis.url, threads=1)
    thread = threading.Thread(target=worker.run)
    thread.start()
    running.callback(thread.join)
    running.callback(worker.stop.set)


def test_machines_five_minutes_apart_live_by_one_time(right: Communes, ahead: Communes) -> None:
    """So neither takes the other's leases, nor sends before it is time."""
    assert abs(ahead.clock.now() - right.clock.now()) < timedelta(seconds=30)


def test_a_machine_that_is_off_is_told_of_by_name(right: Communes, ahead: Communes) -> None:
    for communes in (right, ahead):
        presence_of(communes.house, Role.WORKER).beat()
    found = {one.name: one for one in Machines(right.house.database).all()}
    assert found["may-dung"].fault is None
    assert found["may-lech"].fault is Fault.APART
    assert abs(found["may-lech"].offset - APART) < timedelta(seconds=30)
    here = presence_of(right.house, Role.SCHEDULER).tell
    keys = [kept.notice.key for desk in Desks(right, here) for kept in desk.look()]
    assert "clock:may-lech" in keys
    assert "clock:may-dung" not in keys


def test_a_machine_that_is_off_queues_and_sends_emergencies_alone(
    right: Communes, ahead: Communes, redis_server: RedisServer, running: ExitStack
) -> None:
    approve_both(right)
    wrong_scheduler = SchedulerService(ahead, redis_server.url)
    for _time in range(3):
        wrong_scheduler.tick()
    assert {lane for lane, count in wrong_scheduler.waiting().items() if count} == {"emergency"}
    right_scheduler = SchedulerService(right, redis_server.url)
    right_scheduler.tick()
    work(ahead, redis_server, running)
    wait_until(
        lambda: State.SENT in states(right, "bao-lu") and not right_scheduler.waiting()["routine"],
        "the emergency to be sent, and the rest to be taken",
    )
    assert states(right, "hop") == {State.PLANNED}
    assert ahead.house.artifacts.rendered == 1, "what is handed back is not even rendered"
    work(right, redis_server, running)

    def sent() -> bool:
        right_scheduler.tick()
        return states(right, "hop") == {State.SENT}

    wait_until(sent, "the other machine to send the rest")
