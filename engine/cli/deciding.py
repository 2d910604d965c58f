"""Commands by which people decide about deliveries that went wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from campaigns.faults import unknown
from engine.app import OPTIONS, App
from engine.cli.common import by_option, commune_option, open_workspace, workspace_option
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Which


def commands() -> list[click.Command]:
    return [retry(), resolve()]


def retry() -> click.Command:
    @click.command("retry")
    @click.argument("campaign_id", metavar="ID")
    @_which_options
    @by_option
    @commune_option
    @workspace_option
    def command(by: str, workspace: Path | None, **which: Any) -> None:
        chosen = Which(**which)
        with open_workspace(workspace, acting=True) as app:
            app.office.newest(chosen.campaign_id)
            person = app.office.person(by).id
            count = app.ledger.mending.retry(chosen, at=app.clock.now(), actor=person)
            if not count:
                check_places(app, chosen)
            done = _("✓ {count} deliveries will be tried again") if count else _("nothing failed")
            click.echo(done.format(count=count))

    return command


def resolve() -> click.Command:
    @click.command("resolve")
    @click.argument("campaign_id", metavar="ID")
    @click.option(
        "--sent/--resend", required=True, default=None, help=_("They arrived, or go out again.")
    )
    @_which_options
    @by_option
    @commune_option
    @workspace_option
    def command(sent: bool, by: str, workspace: Path | None, **which: Any) -> None:
        chosen = Which(**which)
        with open_workspace(workspace, acting=True) as app:
            app.office.newest(chosen.campaign_id)
            person = app.office.person(by).id
            count = app.ledger.mending.resolve(chosen, sent=sent, at=app.clock.now(), actor=person)
            if not count:
                check_places(app, chosen)
            done = _("✓ {count} deliveries settled") if count else _("nothing is uncertain")
            click.echo(done.format(count=count))

    return command


def _which_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what narrows a decision: one hamlet, one channel, one group or cluster."""
    options = (
        click.option("--target", help=_("One group or cluster only.")),
        click.option("--channel", type=click.Choice(sorted(OPTIONS))),
        click.option("--hamlet", "hamlet_id", help=_("The hamlet's id.")),
    )
    for option in options:
        command = option(command)
    return command


def check_places(app: App, which: Which) -> None:
    """Tell a slip of the pen from having nothing to decide.

    Raises LoaError for a hamlet or target that the campaign does not go to.
    """
    if which.hamlet_id is None and which.target is None:
        return
    rows = app.ledger.views.deliveries(which.campaign_id)
    asked = (
        (_("hamlet"), which.hamlet_id, {row.hamlet_id for row in rows}),
        (_("group or cluster"), which.target, {row.target for row in rows}),
    )
    for kind, name, known in asked:
        if name is not None and name not in known:
            raise LoaError(unknown(kind, name, known))
