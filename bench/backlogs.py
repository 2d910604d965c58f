"""Loa at work on a great backlog, on either ledger: being sent, or being planned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from bench.fleet import EMBEDDED, SCHEDULER, WORKERS, Fleet
from bench.made_up_province import Shape, approve, found
from bench.null_channels import Sink
from bench.tracked import Servers, opened, to_send
from engine.app import Communes
from workers.rounds import Rounds

#: Says whether the backlog is still there.
Still = Callable[[], bool]

CAMPAIGN = "lich-tiem"


class Backlog(StrEnum):
    """What becomes of the routine deliveries meanwhile."""

    SENT = "being sent"
    PLANNED = "being planned"


@contextmanager
def at_work(
    workspace: Path,
    backlog: Backlog,
    shape: Shape,
    prepare: Callable[[Communes], None],
    *,
    on_servers: bool,
) -> Iterator[tuple[Communes, Still]]:
    """Let the processes that ship work on a routine campaign in every commune of a province.

    ``prepare`` is called before anything runs. ``on_servers``: on Redis and PostgreSQL, which
    the workspace names, else on SQLite.
    """
    since = time.time()
    roles = (SCHEDULER, *WORKERS) if on_servers else (EMBEDDED,)
    with opened(workspace, since, Sink.NULL, shape) as communes:
        found(communes, shape)
        prepare(communes)
        if backlog is Backlog.SENT:
            approve(communes, CAMPAIGN, shape.communes)
            Rounds(communes).open_all()
        with Fleet(workspace, since, Sink.NULL, shape.apart) as fleet:
            fleet.start(*roles)
            if backlog is Backlog.PLANNED:
                approve(communes, CAMPAIGN, shape.communes)
            yield communes, lambda: _is_there(communes, backlog)


def workspace_on(servers: Servers | None, folder: Path) -> Path:
    """Make an empty workspace on SQLite, or on ``servers``."""
    if servers is not None:
        return servers.workspace(folder)
    folder.mkdir(parents=True)
    return folder


def _is_there(communes: Communes, backlog: Backlog) -> bool:
    return to_send(communes) if backlog is Backlog.SENT else bool(communes.rounds.to_open())
