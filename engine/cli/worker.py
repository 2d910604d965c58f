"""``loa worker``: sends what a scheduler puts into the queue on Redis."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from engine.app import Communes
from engine.cli.common import workspace_option
from engine.cli.services import (
    listen_option,
    open_served,
    queue_url,
    readiness,
    service_workspace,
    telling,
)
from engine.cli.stopping import stopped_by_signals
from engine.dispatch.observer import Everybody
from engine.i18n import gettext as _
from engine.ledger.machines import Role
from engine.models import Priority
from workers.presence import present
from workers.queue_worker import QueueWorker
from workers.sockets import sockets_folder
from workers.supervisor import Supervisor
from workers.timing import Timing
from workers.watch.crowd import Crowd, socket_of
from workers.watch.endpoint import UNIX
from workers.watch.journal import Journal
from workers.watch.metrics import Figures
from workers.watch.pages import pages_of


def commands() -> list[click.Command]:
    return [worker()]


def worker() -> click.Command:
    @click.command("worker")
    @click.option(
        "--queues",
        default=",".join(reversed(Priority)),
        show_default=True,
        metavar=_("QUEUES"),
        help=_("Serve only these queues, separated by commas."),
        callback=_priorities,
    )
    @click.option(
        "--threads",
        type=click.IntRange(1, 64),
        help=_("Bundles sent at the same time (default: [run] threads)."),
    )
    @click.option(
        "--processes",
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        help=_("Start so many processes, and start again those that die."),
    )
    @click.option("--name", default="", hidden=True)
    @click.option("--supervisor", type=int, hidden=True)
    @listen_option
    @workspace_option
    def command(
        queues: tuple[Priority, ...],
        threads: int | None,
        processes: int,
        name: str,
        supervisor: int | None,
        listen: str | None,
        workspace: Path | None,
    ) -> int:
        figures = Figures()
        folder = service_workspace(workspace)
        with open_served(folder, Everybody(Journal(), figures)) as communes:
            settings = communes.settings
            url, size = queue_url(communes), threads or settings.run.threads
            address = settings.http.listen if listen is None else listen
            if processes > 1:
                _run_many(communes, _child(queues, size, folder), processes, address)
                return 0
            with present(communes, Role.WORKER) as beat:
                service = QueueWorker(
                    communes,
                    url,
                    queues,
                    threads=size,
                    name=name,
                    supervisor=supervisor,
                    beat=beat,
                )
                ready = readiness(communes.house, service.ping)
                pages = pages_of(service.pulse, ready, figures.registry)
                with telling(address, pages), stopped_by_signals(service.stop):
                    service.run()
        return 0

    return command


def _priorities(
    _context: click.Context, _option: click.Parameter, given: str
) -> tuple[Priority, ...]:
    words = [word.strip() for word in given.split(",")]
    unknown = sorted(set(words) - set(Priority))
    if unknown:
        message = _("{word} is no queue (there are: {known})")
        raise click.BadParameter(message.format(word=unknown[0] or '""', known=", ".join(Priority)))
    return tuple(Priority(word) for word in dict.fromkeys(words))


def _child(queues: Sequence[Priority], threads: int, workspace: Path) -> list[str]:
    """Return the arguments with which one process of several is started."""
    program = [sys.executable, "-c", "from engine.cli import main; main()", "worker"]
    settings = ["--queues", ",".join(queues), "--threads", str(threads)]
    settings += ["--supervisor", str(os.getpid())]
    return [*program, *settings, "--workspace", str(workspace)]


def _run_many(communes: Communes, child: Sequence[str], count: int, address: str) -> None:
    """Run several processes until told to stop; whoever asks at ``address`` hears of all."""
    timing = Timing()
    with sockets_folder() as sockets:

        def command(name: str) -> list[str]:
            listen = f"{UNIX}{socket_of(sockets, name)}" if address else ""
            return [*child, "--name", name, "--listen", listen]

        def bury(name: str) -> None:
            socket_of(sockets, name).unlink(missing_ok=True)
            communes.leases.give_back(f"worker:{name}", sending=True)

        patience = timing.grace + 2 * timing.last_words
        service = Supervisor(command, count, bury=bury, patience=patience)
        crowd = Crowd(sockets, service.children, service.pulse)
        with telling(address, crowd.pages()), stopped_by_signals(service.stop):
            service.run()
