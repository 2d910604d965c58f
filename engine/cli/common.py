"""What the commands share: finding the workspace, asking for a passphrase, saying where we are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from campaigns.province_file import PROVINCE_FILE
from engine.app import App, Communes, open_app, open_commune
from engine.app.province import ProvinceApp
from engine.clock import local
from engine.dispatch.observer import NOBODY, Observer
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.reports.report import Report, build_report
from engine.settings import read_secret

REGISTRY_FILE = "commune.yaml"

#: Where a command's context keeps which of many communes is meant.
_COMMUNE = "loa.commune"

#: What makes a folder a machine's workspace, where it is not one commune's.
SETTINGS_FILE = "loa.toml"


def workspace_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``-w / --workspace`` to a command."""
    return click.option(
        "-w",
        "--workspace",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="LOA_WORKSPACE",
        help=_("The workspace's folder (default: the one you stand in)."),
    )(command)


def commune_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--commune`` to a command of a commune's office, for ``open_workspace``."""
    return click.option(
        "--commune",
        metavar=_("COMMUNE"),
        expose_value=False,
        callback=_choose_commune,
        help=_("In a workspace of many communes: the one whose office this is (its id)."),
    )(command)


def chosen_commune() -> str | None:
    """Return what ``--commune`` said, in the command that runs."""
    context = click.get_current_context(silent=True)
    found: str | None = context.meta.get(_COMMUNE) if context is not None else None
    return found


def said_commune() -> str:
    """Return how the command's commune is typed after a campaign's id; empty where it is alone."""
    commune_id = chosen_commune()
    return f" --commune {commune_id}" if commune_id is not None else ""


def _choose_commune(context: click.Context, _option: click.Parameter, given: str | None) -> None:
    context.meta[_COMMUNE] = given


def by_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--by`` to a command: who does it."""
    return click.option(
        "--by",
        required=True,
        envvar="LOA_PERSON",
        metavar=_("PERSON"),
        help=_("Who does this: a person's id in commune.yaml."),
    )(command)


def find_workspace(
    given: Path | None, near: Path | None = None, names: tuple[str, ...] = (REGISTRY_FILE,)
) -> Path:
    """Return the workspace: the given one, the one around ``near``, or the current folder's.

    Raises LoaError when no folder there holds one of the files ``names``.
    """
    starts = [given] if given is not None else [near.parent if near else Path.cwd(), Path.cwd()]
    found = _around(starts, names, climb=given is None)
    if found is not None:
        return found
    if _around(starts, (PROVINCE_FILE,), climb=given is None):
        message = _(
            "{folder}: this is a province's workspace; this command is for a commune's office: "
            "say whose with --commune"
        )
    else:
        message = _("{folder}: no {file} here; make a workspace with: loa init FOLDER")
    raise LoaError(message.format(folder=starts[0], file=names[0]))


def _shared_workspace(given: Path | None, near: Path | None) -> Path:
    """Return the workspace of many communes. Raises LoaError where there is none."""
    folder = find_workspace(given, near, (REGISTRY_FILE, PROVINCE_FILE, SETTINGS_FILE))
    if (folder / REGISTRY_FILE).is_file():
        message = _("{folder}: this is one commune's workspace; --commune is for one of many")
        raise LoaError(message.format(folder=folder))
    return folder


def _around(starts: Sequence[Path], names: tuple[str, ...], *, climb: bool) -> Path | None:
    """Return the first folder, or with ``climb`` one above it, that holds one of ``names``."""
    for start in starts:
        folder = start.resolve()
        for candidate in (folder, *(folder.parents if climb else ())):
            if any((candidate / name).is_file() for name in names):
                return candidate
    return None


def find_any_workspace(given: Path | None) -> Path:
    """Return the workspace of whoever keeps Loa alive: a commune's, a province's, a machine's."""
    return find_workspace(given, names=(REGISTRY_FILE, PROVINCE_FILE, SETTINGS_FILE))


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
