"""Campaigns through all of Loa: planned by its scheduler, delivered by its workers.

On Redis and PostgreSQL by the processes that ship, on SQLite by the embedded runtime. Planning
and delivering are run one after the other, so that each has a time of its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import and_, func, select

from bench.fleet import SCHEDULER, WORKERS, Fleet
from bench.made_up_province import Shape, approve, found
from bench.null_channels import Sink, builders
from bench.running_clock import RunningClock
from bench.servers import PostgresServer, RedisServer, wait_until
from bench.watching import Cost, Stopwatch, peaks_of
from engine.app import Communes, open_communes
from engine.ledger.dialect import literal_state
from engine.ledger.tables import bundles, deliveries
from engine.states import State
from workers.embedded import EmbeddedRuntime
from workers.rounds import Rounds

#: Seconds that one part of a run may take before it counts as stuck.
PATIENCE = 900.0

#: Seconds between two looks at how far they are.
LOOK = 0.05

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Run:
    """One campaign; ``peak`` is the most megabytes that one of Loa's processes has had."""

    planned: Cost
    delivered: Cost
    peak: float


class Runtime(Protocol):
    """Loa at work on a made-up province."""

    communes: Communes

    def campaign(self, campaign_id: str, communes: int) -> Run:
        """Plan a campaign in so many communes, deliver it, and see that nothing is missing."""
        ...


@contextmanager
def embedded(folder: Path, shape: Shape, sink: Sink = Sink.NULL) -> Iterator[Runtime]:
    """Run on SQLite, in this process."""
    folder.mkdir(parents=True)
    with opened(folder, time.time(), sink, shape) as communes:
        found(communes, shape)
        yield _Embedded(communes, shape)


@dataclass(frozen=True, slots=True)
class Servers:
    """What the distributed runtime stands on."""

    postgres: PostgresServer
    redis: RedisServer

    @property
    def process_ids(self) -> tuple[int, int]:
        return self.postgres.process_id, self.redis.process_id

    def workspace(self, folder: Path) -> Path:
        """Make a workspace with an empty ledger of its own."""
        self.redis.empty()
        url = self.postgres.make_database(f"loa_{next(_numbers)}")
        folder.mkdir(parents=True)
        text = f'[ledger]\nurl = "{url}"\n[queue]\nurl = "{self.redis.url}"\n'
        (folder / "loa.toml").write_text(text, encoding="utf-8")
        return folder


@contextmanager
def distributed(
    folder: Path, shape: Shape, servers: Servers, sink: Sink = Sink.NULL
) -> Iterator[Runtime]:
    """Run on Redis and PostgreSQL, in processes as they ship."""
    workspace, since = servers.workspace(folder), time.time()
    with opened(workspace, since, sink, shape) as communes:
        found(communes, shape)
        with Fleet(workspace, since, sink, shape.apart) as fleet:
            workers = fleet.start(*WORKERS)
            fleet.start(SCHEDULER)
            yield _Distributed(communes, shape, fleet, workers, servers)


class _Embedded:
    def __init__(self, communes: Communes, shape: Shape) -> None:
        self.communes = communes
        self._shape = shape

    def campaign(self, campaign_id: str, communes: int) -> Run:
        size = communes * self._shape.of_one
        approve(self.communes, campaign_id, communes)
        watch = Stopwatch(os.getpid())
        Rounds(self.communes).open_all()
        planned = watch.cost(size)
        watch = Stopwatch(os.getpid())
        EmbeddedRuntime(self.communes).run()
        delivered = watch.cost(size)
        check(self.communes, campaign_id, size)
        return Run(planned, delivered, peaks_of(os.getpid())[0])


class _Distributed:
    def __init__(
        self,
        communes: Communes,
        shape: Shape,
        fleet: Fleet,
        workers: list[int],
        servers: Servers,
    ) -> None:
        self.communes = communes
        self._shape = shape
        self._fleet = fleet
        self._workers = workers
        self._measured = (*fleet.process_ids, *servers.process_ids)

    def campaign(self, campaign_id: str, communes: int) -> Run:
        size = communes * self._shape.of_one
        with self._fleet.halted(self._workers):
            approve(self.communes, campaign_id, communes)
            watch = Stopwatch(*self._measured)
            wait_until(lambda: not self.communes.rounds.to_open(), "planning", PATIENCE, LOOK)
            planned = watch.cost(size)
        watch = Stopwatch(*self._measured)
        wait_until(lambda: not to_send(self.communes), "delivering", PATIENCE, LOOK)
        delivered = watch.cost(size)
        check(self.communes, campaign_id, size)
        return Run(planned, delivered, self._fleet.peak())


def to_send(communes: Communes) -> bool:
    """Say whether any bundle waits or is being sent."""
    with communes.house.database.read() as connection:
        for state in (State.PLANNED, State.SENDING):
            query = select(bundles.c.id).where(bundles.c.state == literal_state(state))
            if connection.execute(query.limit(1)).first() is not None:
                return True
    return False


@contextmanager
def opened(workspace: Path, since: float, sink: Sink, shape: Shape) -> Iterator[Communes]:
    """Open a workspace as its processes do."""
    channels, clock = builders(sink, apart=shape.apart), RunningClock(since)
    with open_communes(workspace, clock=clock, builders=channels) as communes:
        yield communes


def check(communes: Communes, campaign_id: str, size: int) -> None:
    """Every delivery of the campaign must be sent. Raises RuntimeError."""
    d = deliveries.c
    sent = and_(d.campaign_id == campaign_id, d.state == literal_state(State.SENT))
    with communes.house.database.read() as connection:
        query = select(func.count()).select_from(deliveries).where(sent)
        number = connection.execute(query).scalar_one()
    if number != size:
        raise RuntimeError(f"{number} of {size} were sent")
