"""Click's placeholders in the reader's language: what stands for a file, a number, an id."""

from __future__ import annotations

import click

from engine.i18n import gettext as _


def translate_placeholders(command: click.Command) -> None:
    """Put a command's placeholders into the reader's words; click knows only English ones."""
    command.options_metavar = _("[OPTIONS]")
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            parameter.metavar = _argument(parameter)
        elif parameter.metavar is None:
            parameter.metavar = _value(parameter)
        if isinstance(parameter.type, click.IntRange):
            parameter.type.name = _("a whole number")


def _argument(parameter: click.Argument) -> str:
    word = {
        "file": _("FILE"),
        "files": _("FILE"),
        "name": _("NAME"),
        "folder": _("FOLDER"),
        "person": _("PERSON"),
        "commune": _("COMMUNE"),
        "campaign_id": _("ID"),
        "code": _("CODE"),
        "source": _("SRC"),
        "destination": _("DST"),
        "dest": _("DEST"),
        "archive": _("ARCHIVE"),
        "day": _("DAY"),
        "text": _("TEXT"),
        "player": _("PLAYER"),
        "group_id": _("GROUP"),
        "bot": "BOT",
    }[str(parameter.name)]
    shown = word if parameter.required else f"[{word}]"
    return shown if parameter.nargs == 1 else f"{shown}..."


def _value(parameter: click.Parameter) -> str | None:
    """Return the word for an option's value; None leaves it to click: choices, flags."""
    if isinstance(parameter.type, click.IntRange):
        return _("NUMBER")
    if isinstance(parameter.type, click.Path):
        return _("FILE") if not parameter.type.dir_okay else _("FOLDER")
    if isinstance(parameter.type, click.types.StringParamType):
        return _("TEXT")
    return None
