"""``loa escalation``: where a campaign was not passed on, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click

from engine.cli.common import commune_option, open_workspace, workspace_option
from engine.i18n import gettext as _
from engine.reports.escalation import StepLine, escalation_lines
from engine.reports.plain import Discreet


def commands() -> list[click.Command]:
    return [show()]


def show() -> click.Command:
    @click.command("escalation")
    @click.argument("campaign_id", metavar="ID")
    @commune_option
    @workspace_option
    def command(campaign_id: str, workspace: Path | None) -> int:
        with open_workspace(workspace) as app:
            app.office.newest(campaign_id)
            lines = escalation_lines(
                app.ledger, app.registry, campaign_id, app.clock.now(), Discreet(())
            )
            if not lines:
                message = _("{campaign}: nothing is done when it is not passed on (escalation)")
                click.echo(message.format(campaign=campaign_id))
            for text in printed(lines):
                click.echo(text)
        return 0

    return command


def printed(lines: Sequence[StepLine]) -> Iterator[str]:
    """Yield each hamlet's name, and its steps below it."""
    for _hamlet_id, steps in groupby(lines, key=lambda one: one.hamlet_id):
        ours = list(steps)
        yield ours[0].hamlet
        yield from (f"  {one.words}" for one in ours)
