"""What one delivery costs, from a thousand to four hundred thousand of them, on either ledger.

One runtime after the other handles campaigns in ever more communes, in one ledger that grows:
400,080 deliveries are 100,020 hamlets on four channels. The curve is drawn of CPU, all processes
and servers together, for that hardly depends on what else the machine does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, Note, seconds
from bench.made_up_province import Shape
from bench.plot import Line, chart
from bench.servers import postgres_server, redis_server
from bench.tracked import Run, Runtime, Servers, distributed, embedded

#: Communes in which each campaign runs; each has 120 deliveries of it.
SIZES = (9, 34, 134, 534, 3_334)

#: Communes of the campaign that loads what is loaded once, and is not measured.
WARM = 5

#: What is promised for the greatest campaign: seconds to plan, seconds to deliver, megabytes of
#: the largest process.
PLANNED, DELIVERED, MEMORY = 15.0, 40.0, 400.0

#: Where the plot goes: as far as there was time to measure.
PLOT = Path(__file__).parents[1] / "docs" / "cost-per-delivery.svg"

Curves = dict[str, list[Run]]


def figures(folder: Path) -> Iterator[Figure | Note]:
    curves: Curves = {"SQLite": [], "PostgreSQL": []}
    began, half = time.monotonic(), seconds() * 0.45
    try:
        with embedded(folder / "a", Shape(SIZES[-1])) as runtime:
            yield from _told("SQLite", runtime, curves["SQLite"], began + half)
        with postgres_server() as postgres, redis_server() as redis:
            servers = Servers(postgres, redis)
            with distributed(folder / "b", Shape(SIZES[-1]), servers) as runtime:
                yield from _told("PostgreSQL", runtime, curves["PostgreSQL"], began + 2 * half)
    finally:
        if all(len(runs) > 1 for runs in curves.values()):
            PLOT.write_text(drawn(curves), encoding="utf-8")


def _told(
    ledger: str, runtime: Runtime, runs: list[Run], deadline: float
) -> Iterator[Figure | Note]:
    """Run campaigns of growing size, after one to warm up, while there is time for the next."""
    runtime.campaign("khoi-dong", WARM)
    for size in SIZES:
        if runs and time.monotonic() + _expected(runs[-1], size) > deadline:
            yield Note(f"{ledger}: no time for {size * 120:,} deliveries; see LOA_BENCH_SECONDS")
            return
        run = runtime.campaign(f"lich-{size}", size)
        runs.append(run)
        what = f"{ledger}, {run.planned.number:,} deliveries"
        yield Figure(f"{what}: planning", run.planned.each, "µs CPU each")
        yield Figure(f"{what}: delivering", run.delivered.each, "µs CPU each")
    yield from _of_the_greatest(ledger, runs[-1])


def _expected(run: Run, communes: int) -> float:
    """Return the seconds that a campaign of another size should take."""
    took = run.planned.seconds + run.delivered.seconds
    return took * communes * 120 / run.planned.number


def drawn(curves: Curves) -> str:
    """Return the plot: delivering and planning, on both ledgers."""
    lines: dict[str, Line] = {}
    for ledger, runs in curves.items():
        lines[f"delivering, {ledger}"] = [(r.delivered.number, r.delivered.each) for r in runs]
        lines[f"planning, {ledger}"] = [(r.planned.number, r.planned.each) for r in runs]
    return chart("Cost of one delivery by size of the campaign", "µs of CPU, all processes", lines)


def _of_the_greatest(ledger: str, run: Run) -> Iterator[Figure]:
    promised = "what is promised"
    what = f"{ledger}, {run.planned.number:,} deliveries"
    yield Figure(f"{what}: planned in", run.planned.seconds, "s", PLANNED, promised)
    yield Figure(f"{what}: delivered in", run.delivered.seconds, "s", DELIVERED, promised)
    yield Figure(f"{what}: largest process", run.peak, "MB", MEMORY, promised)
