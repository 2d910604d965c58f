"""Tracked deliveries a second beside what others make of messages that do nothing.

One run, one machine: Dramatiq and Celery with one message for each delivery and nothing
tracked; Loa with both moves of each delivery, their events and receipts in the ledger, on SQLite
in one process and on Redis and PostgreSQL in those that ship.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from bench.durability import notes
from bench.figures import Figure, Note
from bench.made_up_province import Shape
from bench.null_channels import Sink
from bench.queue_baselines import CELERY, DRAMATIQ, cost_of
from bench.servers import postgres_server, redis_server
from bench.tracked import Run, Runtime, Servers, distributed, embedded
from bench.watching import Cost

#: Messages through Dramatiq; Celery is slower and gets fewer.
MESSAGES, FEWER = 15_000, 5_000

#: Communes of 30 hamlets: 48,000 deliveries, and fewer where each costs more.
COMMUNES, FEWER_COMMUNES = 400, 100

#: Communes of a first campaign, which is not measured: whatever loads late has loaded then.
WARM = 10

AGAINST = "Dramatiq, one message each"


def figures(folder: Path) -> Iterator[Figure | Note]:
    with postgres_server() as postgres, redis_server() as redis:
        yield from notes(postgres, redis)
        baseline = cost_of(DRAMATIQ, redis, MESSAGES)
        yield Figure(AGAINST, baseline.rate, "a second")
        yield Figure("Dramatiq: CPU of all processes", baseline.each, "µs each")
        yield from beside("Celery, one message each", cost_of(CELERY, redis, FEWER), baseline)
        servers, usual = Servers(postgres, redis), Shape(COMMUNES)
        fewer, apart = Shape(FEWER_COMMUNES), Shape(FEWER_COMMUNES, apart=True)
        for name, opened in (
            ("SQLite, null sink", embedded(folder / "a", usual)),
            ("SQLite, a file each", embedded(folder / "b", fewer, Sink.FILES)),
            ("SQLite, a bundle each", embedded(folder / "c", apart)),
            ("PostgreSQL, null sink", distributed(folder / "d", usual, servers)),
            ("PostgreSQL, a file each", distributed(folder / "e", fewer, servers, Sink.FILES)),
            ("PostgreSQL, a bundle each", distributed(folder / "f", apart, servers)),
        ):
            shape = usual if "null" in name else fewer
            yield from beside(f"Loa, {name}", measured(opened, shape).delivered, baseline)


def measured(opened: AbstractContextManager[Runtime], shape: Shape) -> Run:
    """Run one campaign in every commune, after a smaller one to warm up."""
    with opened as runtime:
        runtime.campaign("khoi-dong", min(WARM, shape.communes))
        return runtime.campaign("lich-tiem", shape.communes)


def beside(what: str, cost: Cost, baseline: Cost) -> Iterator[Figure]:
    """Yield the rate and the CPU of each, beside the baseline's."""
    yield Figure(what, cost.rate, "a second", baseline.rate, AGAINST)
    yield Figure(f"{what}: CPU", cost.each, "µs each", baseline.each, AGAINST)
