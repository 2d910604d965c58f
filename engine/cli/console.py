"""``loa console``: answers players, personal links and Zalo over the network, until stopped."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.common import workspace_option
from engine.cli.services import open_served, readiness, service_workspace, telling
from engine.cli.stopping import stopped_by_signals
from engine.dispatch import NOBODY
from engine.i18n import gettext as _
from engine.ledger.machines import Role
from workers.presence import present


def commands() -> list[click.Command]:
    return [console()]


def console() -> click.Command:
    @click.command("console")
    @click.option(
        "--listen",
        metavar=_("ADDRESS"),
        help=_("Answer here, machine:port (default: [console] listen)."),
    )
    @click.option(
        "--watch",
        metavar=_("ADDRESS"),
        help=_("Answer /healthz, /readyz and /metrics here too (default: [http] listen)."),
    )
    @workspace_option
    def command(listen: str | None, watch: str | None, workspace: Path | None) -> int:
        from engine.console.server import ConsoleService  # loads what only this command needs

        with (
            open_served(service_workspace(workspace), NOBODY) as communes,
            present(communes, Role.CONSOLE) as beat,
        ):
            settings = communes.settings
            service = ConsoleService(communes, readiness(communes.house), beat=beat)
            address = settings.http.listen if watch is None else watch
            with telling(address, service.pages), stopped_by_signals(service.stop):
                service.run(settings.console.listen if listen is None else listen)
        return 0

    return command
