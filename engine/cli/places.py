"""Where a command stands: the options that say it, and the workspace that is found there.

Loads neither ledger nor channels: some commands need none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from campaigns.names import PROVINCE_FILE
from engine.errors import LoaError
from engine.i18n import gettext as _

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


def _choose_commune(context: click.Context, _option: click.Parameter, given: str | None) -> None:
    context.meta[_COMMUNE] = given


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
