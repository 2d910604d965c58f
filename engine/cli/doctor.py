"""``loa doctor``: one line for each thing that Loa needs, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from engine.cli.common import find_any_workspace, workspace_option
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.upkeep.doctor import Examined, examine, is_ill
from engine.upkeep.findings import Level

MARKS = {Level.FINE: "✓", Level.LOOK: "⚠", Level.BAD: "✗"}


def commands() -> list[click.Command]:
    return [doctor()]


def doctor() -> click.Command:
    @click.command("doctor")
    @click.option("--json", "as_json", is_flag=True, help=_("For programs: one JSON document."))
    @workspace_option
    def command(as_json: bool, workspace: Path | None) -> int:
        folder = _folder(workspace)
        found: list[Examined] = []
        for one in examine(folder):
            found.append(one)
            if not as_json:
                click.echo(line(one))
        if as_json:
            click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
        elif is_ill(found):
            ill = sum(one.finding.level is Level.BAD for one in found)
            click.echo(_("✗ {count} things must be mended").format(count=ill), err=True)
        return 1 if is_ill(found) else 0

    return command


def _folder(given: Path | None) -> Path:
    """Return the workspace; where nothing says that it is one, the folder itself is looked at."""
    try:
        return find_any_workspace(given)
    except LoaError:
        return (given or Path.cwd()).resolve()


def line(one: Examined) -> str:
    """Return one finding as people read it."""
    return f"{MARKS[one.finding.level]} {check_name(one.check)}: {one.finding.words}"


def check_name(check: str) -> str:
    """Return what a check looks at, in the reader's language."""
    return {
        "settings": _("settings"),
        "registry": _("registry"),
        "rights": _("secrets"),
        "disk": _("disk"),
        "store": _("artifacts"),
        "ledger": _("ledger"),
        "queue": _("queue"),
        "clock": _("clock"),
        "fonts": _("fonts"),
        "voice": _("voice"),
        "programme": _("programme"),
        "channels": _("channels"),
        "running": _("at work"),
        "machines": _("machines"),
        "boot": _("at boot"),
        "backups": _("backups"),
    }[check]


def _plain(one: Examined) -> dict[str, str]:
    return {"check": one.check, "level": one.finding.level, "words": one.finding.words}
