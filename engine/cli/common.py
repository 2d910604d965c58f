"""What the commands share: finding the workspace, asking for a passphrase, saying where we are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from campaigns.names import PROVINCE_FILE
from engine.app import App, Communes, open_app, open_commune
from engine.app.broken_player import faults_of
from engine.app.province import ProvinceApp
from engine.app.settings_words import settings_line
from engine.cli.places import REGISTRY_FILE as REGISTRY_FILE
from engine.cli.places import SETTINGS_FILE as SETTINGS_FILE
from engine.cli.places import chosen_commune as chosen_commune
from engine.cli.places import commune_option as commune_option
from engine.cli.places import find_any_workspace as find_any_workspace
from engine.cli.places import find_workspace as find_workspace
from engine.cli.places import workspace_option as workspace_option
from engine.clock import local
from engine.dispatch.observer import NOBODY, Observer
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.reports.report import Report, build_report
from engine.settings import Settings, read_secret


def said_commune() -> str:
    """Return how the command's commune is typed after a campaign's id; empty where it is alone."""
    commune_id = chosen_commune()
    return f" --commune {commune_id}" if commune_id is not None else ""


def by_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--by`` to a command: who does it."""
    return click.option(
        "--by",
        required=True,
        envvar="LOA_PERSON",
        metavar=_("PERSON"),
        help=_("Who does this: a person's id in commune.yaml."),
    )(command)


def _shared_workspace(given: Path | None, near: Path | None) -> Path:
    """Return the workspace of many communes. Raises LoaError where there is none."""
    folder = find_workspace(given, near, (REGISTRY_FILE, PROVINCE_FILE, SETTINGS_FILE))
    if (folder / REGISTRY_FILE).is_file():
        message = _("{folder}: this is one commune's workspace; --commune is for one of many")
        raise LoaError(message.format(folder=folder))
    return folder


def open_workspace(
    given: Path | None,
    near: Path | None = None,
    *,
    acting: bool = False,
    observer: Observer = NOBODY,
    say: Callable[[App], None] | None = None,
) -> App:
    """Open the workspace of a commune, or the chosen one of many, and say what is not real.

    ``acting``: something will be recorded, for which the clock must be trusted; ``say``: how
    it is said, if not on the screen. Raises LoaError.
    """
    commune_id = chosen_commune()
    if commune_id is None:
        app = open_app(find_workspace(given, near), observer=observer)
    else:
        app = open_commune(_shared_workspace(given, near), commune_id, observer=observer)
    if acting:
        app.check_clock()
    (say or state_conditions)(app)
    return app


def state_conditions(app: App | Communes | ProvinceApp) -> None:
    """Say on every screen when the clock is simulated and when networked sends are rehearsed."""
    for condition in conditions(app):
        click.echo(condition, err=True)


def conditions(app: App | Communes | ProvinceApp) -> Iterator[str]:
    """Yield what is not real about a workspace."""
    if app.clock.simulated:
        shown = f"{local(app.clock.now()):%H:%M %d/%m/%Y}"
        yield _("⏱ simulated clock: {moment}").format(moment=shown)
    if not app.settings.live:
        yield _("⚑ rehearsal: nothing leaves through the network until loa.toml says live = true")
    yield from gone_sounds(app.settings, app.house.workspace)
    for line in faulty_players(app):
        yield _("! this player takes nothing: {fault}").format(fault=line)
    for line in faulty_accounts(app.settings):
        yield _("! this chat account takes nothing: {fault}").format(fault=line)


def faulty_players(app: App | Communes | ProvinceApp) -> list[str]:
    """Return what is wrong with players that take nothing; the others go on without them."""
    if isinstance(app, App):
        return list(faults_of(app.channels))
    if isinstance(app, Communes) and app.only_id is not None:
        with app.lent(app.only_id) as only:
            return list(faults_of(only.channels))
    of_each = app.settings.faulty_players.values()
    return [settings_line(fault) for faults in of_each for fault in faults]


def faulty_accounts(settings: Settings) -> list[str]:
    """Return what is wrong with chat accounts that send nothing; the others go on."""
    of_each = settings.faulty_accounts.values()
    return [settings_line(fault) for faults in of_each for fault in faults]


def gone_sounds(settings: Settings, workspace: Path) -> Iterator[str]:
    """Yield which of the station's own sounds are named and not there."""
    for name in settings.programme.own_sounds:
        if not (workspace / name).is_file():
            words = _("! {file} is gone: programmes go without it (loa.toml, [programme])")
            yield words.format(file=name)


def shown_path(path: Path) -> str:
    """Return a path as short as it can be typed: relative when it lies below where one stands."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def report_of(app: App, campaign_id: str) -> Report:
    """Build the report of a campaign as the workspace stands. Raises LoaError."""
    return build_report(
        app.ledger,
        app.registry,
        campaign_id,
        app.clock.now(),
        simulated=app.clock.simulated,
        rehearsing=app.rehearsing,
    )


def passphrase(prompt: str, *, confirm: bool = False, variable: str = "LOA_PASSPHRASE") -> str:
    """Return a passphrase: from ``variable``, from the file ``variable``_FILE names, or typed."""
    if variable in os.environ:
        return os.environ[variable]
    if f"{variable}_FILE" in os.environ:
        return read_secret(Path(os.environ[f"{variable}_FILE"]))
    if not sys.stdin.isatty():
        message = _("nobody is there to type a passphrase: set {variable} or {variable}_FILE")
        raise LoaError(message.format(variable=variable))
    return str(click.prompt(prompt, hide_input=True, confirmation_prompt=confirm))
