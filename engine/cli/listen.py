"""``loa listen``: hear a sound file by machine, and draw it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from channels.loudspeaker.proof.wording import fault_in_words, figures_in_words
from engine.app.listening import Listened, listen_to_campaign, listen_to_text
from engine.cli.common import commune_option, open_workspace, shown_path, workspace_option
from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.i18n import os_reason

#: Columns of the drawing in the terminal, at most.
_WIDEST = 100

#: Faults that are told one by one.
_MOST_TOLD = 12


def commands() -> list[click.Command]:
    return [listen()]


def listen() -> click.Command:
    @click.command("listen")
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option(
        "--campaign",
        metavar="ID",
        help=_("Hold it against this campaign (default: the one that the file names)."),
    )
    @click.option("--hamlet", metavar="ID", help=_("As it is heard in this hamlet."))
    @click.option(
        "--text",
        metavar=_("TEXT"),
        help=_("Hold it against this written text, or that of a file: @FILE."),
    )
    @click.option(
        "--png",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar=_("FILE"),
        help=_("Draw waveform and loudness into this file."),
    )
    @commune_option
    @workspace_option
    def command(
        file: Path,
        campaign: str | None,
        hamlet: str | None,
        text: str | None,
        png: Path | None,
        workspace: Path | None,
    ) -> int:
        if text is not None and (campaign or hamlet):
            raise click.UsageError(_("--text stands alone: without --campaign and --hamlet"))
        with open_workspace(workspace, file) as app:
            if text is not None:
                listened = listen_to_text(app, file, _written(text))
            else:
                listened = listen_to_campaign(app, file, campaign, hamlet)
        for line in _lines(listened):
            click.echo(line)
        if png is not None:
            write_atomic(png, _picture(listened))
            click.echo(_("drawn: {file}").format(file=shown_path(png.resolve())))
        else:
            for line in _sketch(listened):
                click.echo(line)
        return 1 if listened.judgement.faults else 0

    return command


def _written(text: str) -> str:
    """Return the text that was typed, or that of the file it names. Raises LoaError."""
    if not text.startswith("@"):
        return text
    path = Path(text[1:])
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LoaError(f"{path}: {os_reason(error)}") from error
    except UnicodeDecodeError as error:
        raise LoaError(_("{file}: this is no text in UTF-8").format(file=path)) from error


def _lines(listened: Listened) -> Iterator[str]:
    yield f"{shown_path(listened.sound.path.resolve())}: {figures_in_words(_figures(listened))}"
    if listened.against is None:
        yield _("  no text to hold it against: --campaign ID or --text TEXT")
    else:
        yield _("  held against: {text}").format(text=listened.against)
    faults = listened.judgement.faults
    yield from (f"  ✗ {line}" for line in _fault_lines(listened))
    if not faults:
        yield "  ✓ " + _("nothing is wrong with it")


def _fault_lines(listened: Listened) -> list[str]:
    lines = [fault_in_words(fault) for fault in listened.judgement.faults]
    if len(lines) <= _MOST_TOLD:
        return lines
    return [*lines[:_MOST_TOLD], _("and {count} more").format(count=len(lines) - _MOST_TOLD)]


def _figures(listened: Listened) -> dict[str, float]:
    return listened.judgement.figures


def _moments(listened: Listened) -> list[float]:
    return [fault.at for fault in listened.judgement.faults if fault.at is not None]


def _sketch(listened: Listened) -> Iterator[str]:
    from channels.loudspeaker.proof.sketch import sketch

    width = min(_WIDEST, shutil.get_terminal_size().columns)
    return sketch(listened.sound, _moments(listened), width)


def _picture(listened: Listened) -> bytes:
    from channels.loudspeaker.proof.picture import Caption, picture

    faults = [(line, True) for line in _fault_lines(listened)]
    fine = [(_("nothing is wrong with it"), False)]
    caption = Caption(
        listened.sound.path.name,
        figures_in_words(_figures(listened)),
        faults or fine,
        _moments(listened),
    )
    return picture(listened.sound, caption)
