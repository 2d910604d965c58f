"""``loa scheduler``: puts what is due into the queue on Redis, and sweeps up."""

from __future__ import annotations

from pathlib import Path

import click

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
from engine.ledger.machines import Role
from workers.distributed import SchedulerService
from workers.presence import present
from workers.watch.journal import Journal
from workers.watch.metrics import Figures
from workers.watch.pages import pages_of
from workers.watch.stock import StockFigures, stock_of


def commands() -> list[click.Command]:
    return [scheduler()]


def scheduler() -> click.Command:
    @click.command("scheduler")
    @listen_option
    @workspace_option
    def command(listen: str | None, workspace: Path | None) -> int:
        figures = Figures()
        observer = Everybody(Journal(), figures)
        with (
            open_served(service_workspace(workspace), observer) as communes,
            present(communes, Role.SCHEDULER) as beat,
        ):
            settings = communes.settings
            service = SchedulerService(communes, queue_url(communes), beat=beat)
            stock = stock_of(communes.rounds.gauges, communes.clock, communes.rehearsing)
            figures.registry.register(StockFigures(stock, service.waiting))
            pages = pages_of(
                service.pulse, readiness(communes.house, service.ping), figures.registry
            )
            address = settings.http.listen if listen is None else listen
            with telling(address, pages), stopped_by_signals(service.stop):
                service.run()
        return 0

    return command
