"""The queue on a real Redis: urgent first, bounded, and of no account when it is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.dispatching import NOW, Post, Rig, due, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide
from support.redis_server import RedisServer, wait_until
from support.service_driver import TIMING, RunningClock

from engine.app import Communes
from engine.app.opening import open_house
from engine.errors import LoaError
from engine.ledger.places import Place
from engine.ledger.rounds import Rounds
from engine.models import Priority
from engine.settings import Settings
from engine.states import State
from workers.distributed import SchedulerService
from workers.queue_worker import QueueWorker
from workers.redis_queue import ROOM, RedisQueue


@dataclass
class Station:
    """A rig with fake channels, its services running in threads of the test."""

    rig: Rig
    communes: Communes
    url: str
    ending: ExitStack

    def start(self, service: SchedulerService | QueueWorker) -> threading.Thread:
        thread = threading.Thread(target=service.run)
        thread.start()
        self.ending.callback(thread.join)
        self.ending.callback(service.stop.set)
        return thread

    def schedule(self) -> SchedulerService:
        service = SchedulerService(self.communes, self.url, TIMING)
        self.start(service)
        return service

    def work(self, *queues: Priority, threads: int = 2) -> QueueWorker:
        worker = QueueWorker(
            self.communes, self.url, queues or tuple(Priority), threads=threads, timing=TIMING
        )
        self.start(worker)
        return worker

    def all_are(self, campaign_id: str, state: State) -> bool:
        return set(self.rig.states(campaign_id)) == {state}

    def wait_for(self, arrived: int) -> None:
        """Wait until the far side has so much, and the ledger knows it."""
        wait_until(lambda: self._sent() == arrived, "all to be sent")

    def _sent(self) -> int:
        counts = self.rig.ledger.views.counts()
        return sum(count for (_channel, state), count in counts.items() if state is State.SENT)


@contextmanager
def station(
    folder: Path, redis: RedisServer, backend: FakeBackend, place: Place | None = None
) -> Iterator[Station]:
    with rigged(folder, FakeChannel("giay", backend), place=place) as rig, ExitStack() as ending:
        clock = RunningClock(time.time(), NOW)
        rig.sender._clock = clock
        house = open_house(folder, clock=clock, builders={})
        ending.callback(house.close)
        # The tests open what they approve themselves.
        office = SimpleNamespace(open_all=lambda: None)
        app = SimpleNamespace(ledger=rig.ledger, sender=rig.sender, office=office)
        communes = SimpleNamespace(
            workspace=folder,
            settings=Settings(),
            house=house,
            clock=clock,
            rounds=Rounds(rig.ledger.database),
            leases=rig.ledger.leases,
            ids=lambda: ["xa-mau"],
            networked=frozenset(),
            rehearsing=frozenset(),
            check_clock=lambda: None,
            reread=lambda: None,
            lent=lambda _commune: nullcontext(app),
        )
        yield Station(rig, cast(Communes, communes), redis.url, ending)


@pytest.fixture
def far_side(tmp_path: Path) -> FarSide:
    return FarSide(tmp_path / "far.log")


def many(count: int, first: int = 0) -> list[Post]:
    return [Post(target=f"noi-{n}", text=f"Tin {n % 7}") for n in range(first, first + count)]


def test_an_emergency_behind_a_backlog_is_sent_first(
    tmp_path: Path, ready_place: Place, redis_server: RedisServer, far_side: FarSide
) -> None:
    """With nobody but the emergency's own thread free: the others are held up in a send."""
    held_up, go_on = threading.Event(), threading.Event()

    def on_deliver(bundle: Any) -> None:
        if bundle.priority is Priority.ROUTINE:
            held_up.set()
            assert go_on.wait(60)

    backend = FakeBackend("so", True, far_side, on_deliver=on_deliver)
    with station(tmp_path, redis_server, backend, ready_place) as at:
        at.rig.release(*many(300), campaign_id="thuong")
        at.schedule()
        at.work()
        assert held_up.wait(60)
        at.rig.release(*many(3, first=5000), campaign_id="khan", priority=Priority.EMERGENCY)
        try:
            wait_until(lambda: at.all_are("khan", State.SENT), "the emergency to be sent", 10)
            assert not at.rig.states("thuong")[State.SENT]
        finally:
            go_on.set()
        at.wait_for(303)
    assert [line["target"] for line in far_side.taken[:3]] == ["noi-5000", "noi-5001", "noi-5002"]
    assert len(far_side.taken) == len({line["key"] for line in far_side.taken}) == 303


def test_a_worker_of_one_queue_serves_nothing_else(
    tmp_path: Path, redis_server: RedisServer, far_side: FarSide
) -> None:
    with station(tmp_path, redis_server, FakeBackend("so", True, far_side)) as at:
        at.rig.release(*many(5), campaign_id="thuong")
        at.rig.release(*many(5, first=50), campaign_id="khan", priority=Priority.EMERGENCY)
        at.schedule()
        at.work(Priority.EMERGENCY)
        wait_until(lambda: at.all_are("khan", State.SENT), "the emergency to be sent")
        assert at.all_are("thuong", State.PLANNED)
        at.work(Priority.ROUTINE)
        wait_until(lambda: at.all_are("thuong", State.SENT), "the rest to be sent")


def test_no_more_waits_in_the_queue_than_there_is_room_for(
    tmp_path: Path, redis_server: RedisServer, far_side: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.redis_queue.ROOM", 3)
    with station(tmp_path, redis_server, FakeBackend("so", True, far_side)) as at:
        at.rig.release(*many(1000))
        scheduler = SchedulerService(at.communes, at.url, TIMING)
        scheduler.tick()
        scheduler.tick()
        with redis_server.client as client:
            assert client.llen("loa:loa:routine") == 3
        at.schedule()
        at.work()
        at.wait_for(1000)
    assert len(far_side.taken) == 1000


def test_messages_that_come_twice_are_sent_once(
    tmp_path: Path, ready_place: Place, redis_server: RedisServer, far_side: FarSide
) -> None:
    backend = FakeBackend("so", False, far_side)
    with station(tmp_path, redis_server, backend, ready_place) as at:
        at.rig.release(*many(20))
        now = at.communes.clock.now()
        ids = due(at.rig.ledger, now, owner="queue:x", until=TIMING.queued)
        queue = RedisQueue(at.url, "loa:loa", Priority)
        queue.put(Priority.ROUTINE, [("xa-mau", ids)] * 5, "queue:x")
        queue.put(Priority.ROUTINE, [("xa-mau", [*ids, 999])], "queue:nobody-s")
        at.work()
        wait_until(lambda: at.all_are("thong-bao", State.SENT), "all to be sent")
        wait_until(lambda: queue.room(Priority.ROUTINE) == ROOM, "the queue to be empty")
        queue.close()
    assert len(far_side.taken) == 20


def test_a_queue_is_found_empty_by_one_scheduler_only(redis_server: RedisServer) -> None:
    first, second = (RedisQueue(redis_server.url, "loa:loa", Priority) for _number in range(2))
    assert first.was_emptied()
    assert not second.was_emptied()
    with redis_server.client as client:
        client.flushall()
    assert [second.was_emptied(), first.was_emptied()] == [True, False]
    first.close()
    second.close()


def test_ledgers_on_one_redis_do_not_see_each_other(redis_server: RedisServer) -> None:
    first, second = (
        RedisQueue(redis_server.url, name, Priority) for name in ("loa:tinh", "loa:khac")
    )
    first.put(Priority.ROUTINE, [("xa-mau", [1])], "queue:x")
    assert first.room(Priority.ROUTINE) == ROOM - 1
    assert second.room(Priority.ROUTINE) == ROOM
    first.close()
    second.close()


def test_what_could_not_be_queued_is_nobodys_again(
    tmp_path: Path, redis_server: RedisServer, far_side: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_arguments: object) -> None:
        raise ConnectionError("cut")

    with station(tmp_path, redis_server, FakeBackend("so", True, far_side)) as at:
        at.rig.release(*many(5))
        scheduler = SchedulerService(at.communes, at.url, TIMING)
        with monkeypatch.context() as patched:
            patched.setattr(RedisQueue, "put", lost)
            with pytest.raises(ConnectionError):
                scheduler.tick()
        scheduler.tick()
        with redis_server.client as client:
            assert client.llen("loa:loa:routine") == 1


def test_no_address_of_redis_is_told_so() -> None:
    with pytest.raises(LoaError, match="redis://machine") as told:
        RedisQueue("redis://:bi/mat@may", "loa:loa", Priority)
    assert "bi" not in str(told.value)
