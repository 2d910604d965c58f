"""Alerts: on air everywhere at once, with a second person; and their all-clears."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from engine.app import App
from engine.app.noticing import commune_desk
from engine.cli.alert_words import (
    given_lines,
    refuse_alone,
    waiting_lines,
)
from engine.cli.alerting import alert_to_end, all_clear_of, wanted_of
from engine.cli.common import by_option, commune_option, open_workspace, workspace_option
from engine.cli.progress import shown_progress
from engine.cli.province import in_province
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import Right
from engine.planner.alert_desks import CommuneDesk
from engine.planner.alerts import Alerts, Keys, Stage, Standing


def commands() -> list[click.Command]:
    return [alert(), all_clear()]


def second_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--with",
        "second",
        metavar=_("PERSON"),
        help=_("The second person is here too: both type their passphrases, and it goes out."),
    )(command)


def alert() -> click.Command:
    @click.command("alert")
    @click.argument("text", required=False)
    @click.option(
        "--file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help=_("A campaign with priority: emergency, in place of TEXT."),
    )
    @click.option("--title", help=_("Its title (default: the first sentence)."))
    @click.option("--hamlet", "hamlets", multiple=True, help=_("Only this hamlet, or several."))
    @click.option("--cluster", "clusters", multiple=True, help=_("Only this cluster, or several."))
    @click.option("--every", help=_("Say it again after so long: 15m, 1h."))
    @click.option("--until", help=_("When it ends: 22:00, or so long from now: 3h."))
    @click.option("--once", is_flag=True, help=_("Say it once."))
    @click.option("--channels", help=_("Which channels, with commas between them."))
    @click.option("--drill", is_flag=True, help=_("Only a drill; every form says so."))
    @click.option("--again", is_flag=True, help=_("Also when the same words are on air already."))
    @second_option
    @by_option
    @commune_option
    @workspace_option
    def command(by: str, second: str | None, workspace: Path | None, **given: Any) -> None:
        _refuse_a_province(workspace)
        with open_workspace(workspace, given["file"], acting=True) as app:
            wanted = wanted_of(app, **given)
            keys = typed_keys(app, by, second)
            with shown_progress(_("listening to what will be heard")) as progress:
                alerts = _alerts(app, progress)
                if wanted is None:
                    done = alerts.give_file(given["file"].resolve(), by, keys)
                else:
                    done = alerts.give(wanted, by, keys, again=given["again"])
            _say(app, done, by, second)

    return command


def all_clear() -> click.Command:
    @click.command("all-clear")
    @click.argument("campaign_id", metavar="ID")
    @click.argument("text", required=False)
    @second_option
    @by_option
    @commune_option
    @workspace_option
    def command(
        campaign_id: str, text: str | None, by: str, second: str | None, workspace: Path | None
    ) -> None:
        _refuse_a_province(workspace)
        with open_workspace(workspace, acting=True) as app:
            found = alert_to_end(app, campaign_id)
            wanted = all_clear_of(app, found, text)
            keys = typed_keys(app, by, second)
            with shown_progress(_("listening to what will be heard")) as progress:
                done = _alerts(app, progress).end(found, wanted, by, keys)
            _say(app, done, by, second)

    return command


def _alerts(app: App, progress: Callable[[int, int], None]) -> Alerts:
    return Alerts(
        CommuneDesk(app.office, app.ledger, progress),
        workspace=app.workspace,
        clock=app.clock,
        boundary=app.house.boundary,
    )


def typed_keys(app: App, by: str, second: str | None) -> Keys | None:
    """Ask both people for their passphrases, and prove both before anything is written.

    Nothing but fingers will do: what lies in a file or a variable, one person has alone.
    """
    if second is None:
        return None
    refuse_alone(app, by, second)
    if not sys.stdin.isatty():
        raise LoaError(_("two keys are typed at a terminal, by the two people themselves"))
    first_key = _typed(by)
    app.office.prove(by, first_key, Right.SUBMIT)
    second_key = _typed(second)
    app.office.prove(second, second_key, Right.APPROVE)
    return Keys(first_key, second, second_key)


def _typed(person: str) -> str:
    return str(click.prompt(_("Passphrase of {person}").format(person=person), hide_input=True))


def _say(app: App, done: Standing, by: str, second: str | None) -> None:
    """Say what happened; who must act is told outside at once, not at the next round."""
    lines = given_lines if done.stage is Stage.ON_AIR else waiting_lines
    for line in lines(app, done, by, second):
        click.echo(line)
    if done.stage is Stage.WAITING:
        desk = commune_desk(app.house, app.ledger, app.rehearsing)
        desk.gather()
        desk.tell()


def _refuse_a_province(workspace: Path | None) -> None:
    if in_province(workspace):
        raise LoaError(
            _(
                "loa alert and loa all-clear are a commune's: a province sends a campaign with"
                " priority: emergency by loa submit and loa approve"
            )
        )
