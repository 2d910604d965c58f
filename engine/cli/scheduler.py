"""``loa scheduler``: puts what is due into the queue on Redis, and sweeps up."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.common import open_workspace, workspace_option
from engine.cli.services import (
    listen_option,
    queue_url,
    readiness,
    stopped_by_signals,
    telling,
)
from engine.dispatch.observer import Everybody
from engine.ledger.gauges import Gauges
from engine.ledger.machines import Role
from workers.distributed import SchedulerService
from workers.presence import present
from workers.watch.journal import Journal
from workers.watch.logs import start_log
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
            open_workspace(workspace, observer=observer) as app,
            present(app, Role.SCHEDULER) as beat,
        ):
            start_log(app.settings.log.format, app.settings.machine.known_as)
            service = SchedulerService(app, queue_url(app), beat=beat)
            gauges = Gauges(app.ledger.database, app.ledger.commune_id)
            stock = stock_of(gauges, app.clock, app.rehearsing)
            figures.registry.register(StockFigures(stock, service.waiting))
            pages = pages_of(service.pulse, readiness(app, service.ping), figures.registry)
            address = app.settings.http.listen if listen is None else listen
            with telling(address, pages), stopped_by_signals(service.stop):
                service.run()
        return 0

    return command
