"""How long an emergency takes from its approval to its first file, behind a great backlog.

The backlog is a routine campaign in every commune of a province, once while its deliveries are
being sent and once while they are being planned. The clock runs from the call of
``office.approve``, passphrase included, to the moment at which the first file was written.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.backlogs import Backlog, at_work, workspace_on
from bench.figures import Figure, Note
from bench.made_up_province import PASSPHRASE, Shape, commune_ids, write_campaign
from bench.servers import postgres_server, redis_server, wait_until
from bench.tracked import Servers
from engine.app import App, Communes
from engine.models import Priority

#: 400,080 routine deliveries.
SHAPE = Shape(3_334)

#: How many emergencies each case gets, one after the other.
EMERGENCIES = 25

#: The longest random pause between two of them, seconds.
PAUSE = 0.3

#: What is promised for 99 of 100: seconds from approval to the first file.
PROMISED = 3.0

CAMPAIGN = "khan-cap"


@dataclass(frozen=True, slots=True)
class Waited:
    """Seconds to an emergency's first file; ``behind``: the backlog was still there then."""

    seconds: float
    behind: bool


def figures(folder: Path) -> Iterator[Figure | Note]:
    with postgres_server() as postgres, redis_server() as redis:
        for name, servers in (("SQLite", None), ("PostgreSQL", Servers(postgres, redis))):
            for backlog in Backlog:
                workspace = workspace_on(servers, folder / f"{name}-{backlog.name}")
                waited = emergencies(workspace, backlog, SHAPE, on_servers=servers is not None)
                yield from _told(f"{name}, 400,080 {backlog}", waited)


def _told(what: str, waited: list[Waited]) -> Iterator[Figure | Note]:
    waits = [one.seconds for one in waited if one.behind]
    if len(waits) < len(waited):
        yield Note(f"{what}: done after {len(waits)} of {len(waited)} emergencies")
    if waits:
        promised = "what is promised for 99 of 100"
        yield Figure(f"{what}: emergencies, median", statistics.median(waits), "s")
        yield Figure(f"{what}: slowest of {len(waits)}", max(waits), "s", PROMISED, promised)


def emergencies(
    workspace: Path,
    backlog: Backlog,
    shape: Shape,
    wanted: int = EMERGENCIES,
    *,
    on_servers: bool,
) -> list[Waited]:
    """Approve emergencies one by one, each in a commune of its own, until the backlog is done."""
    places = commune_ids(shape.communes)[:: max(1, shape.communes // wanted)][:wanted]

    def submit(communes: Communes) -> None:
        for place in places:
            with communes.lent(place) as app:
                app.office.submit(write_campaign(app, CAMPAIGN, Priority.EMERGENCY), "lan")

    waited: list[Waited] = []
    with at_work(workspace, backlog, shape, submit, on_servers=on_servers) as (communes, still):
        for place in places:
            time.sleep(random.uniform(0, PAUSE))
            with communes.lent(place) as app:
                waited.append(Waited(_approved_to_first_file(app), still()))
            if not waited[-1].behind:
                break
    return waited


def _approved_to_first_file(app: App) -> float:
    began = time.time()
    app.office.approve(CAMPAIGN, "minh", PASSPHRASE)
    wait_until(lambda: any(app.outbox.rglob("*.txt")), "the emergency's first file")
    return min(path.stat().st_mtime for path in app.outbox.rglob("*.txt")) - began
