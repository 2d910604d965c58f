"""``loa scheduler``: puts what is due into the queue on Redis, and sweeps up."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.common import open_workspace, workspace_option
from engine.cli.services import queue_url, start_log, stopped_by_signals
from workers.distributed import SchedulerService


def commands() -> list[click.Command]:
    return [scheduler()]


def scheduler() -> click.Command:
    @click.command("scheduler")
    @workspace_option
    def command(workspace: Path | None) -> int:
        start_log()
        with open_workspace(workspace) as app:
            service = SchedulerService(app, queue_url(app))
            with stopped_by_signals(service.stop):
                service.run()
        return 0

    return command
