"""Files that a command writes where it is told to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from engine.cli.common import shown_path
from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.i18n import os_reason


def out_option(name: str, words: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return an option that names a file to write: ``--pdf`` gives ``pdf_file``."""
    return click.option(
        name,
        f"{name.strip('-')}_file",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar=_("FILE"),
        help=words,
    )


def write_out(path: Path, data: bytes) -> None:
    """Write a file and say where. Raises LoaError when the disk refuses."""
    try:
        write_atomic(path, data)
    except OSError as error:
        message = _("{path}: cannot be written: {reason}")
        raise LoaError(message.format(path=path, reason=os_reason(error))) from error
    click.echo(_("Written: {path}").format(path=shown_path(path)))
