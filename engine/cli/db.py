"""Commands for the one who looks after the ledger: upgrade it, move a commune."""

from __future__ import annotations

from pathlib import Path

import click

from engine.app import ledger_place
from engine.cli.commands import Suggesting
from engine.cli.common import find_any_workspace, shown_path, workspace_option
from engine.cli.words import translate_placeholders
from engine.i18n import gettext as _
from engine.ledger.copying import copy_commune
from engine.ledger.tables import SCHEMA
from engine.settings import load_settings


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = Suggesting("db", subcommand_metavar=_("COMMAND [ARGS]..."))
    for command in (_upgrade(), _copy()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _upgrade() -> click.Command:
    @click.command("upgrade", help=_("Bring the ledger to the version that this Loa needs."))
    @workspace_option
    def upgrade(workspace: Path | None) -> None:
        # Alembic loads for this command alone.
        from engine.ledger.upgrading import upgrade
        from engine.upkeep.backup import backup

        folder = find_any_workspace(workspace)
        place = ledger_place(load_settings(folder), folder)
        found, kept = upgrade(place, keep=lambda: backup(folder).path)
        if found == SCHEMA:
            click.echo(_("the ledger is of version {version} already").format(version=SCHEMA))
            return
        click.echo(_("the ledger is now of version {version}").format(version=SCHEMA))
        if kept is not None:
            click.echo(_("as it was before: {path}").format(path=shown_path(kept)))

    return upgrade


def _copy() -> click.Command:
    @click.command("copy", help=_("Copy a commune from ledger SRC to ledger DST, with proof."))
    @click.argument("source", metavar=_("SRC"))
    @click.argument("destination", metavar=_("DST"))
    @click.option(
        "--commune", metavar=_("ID"), help=_("Which commune, where SRC holds more than one.")
    )
    def copy(source: str, destination: str, commune: str | None) -> None:
        copied = copy_commune(source, destination, commune)
        for table, rows in copied.rows.items():
            click.echo(f"{rows:>9}  {table}")
        click.echo(_("{commune}: copied, every count agrees").format(commune=copied.commune_id))
        if copied.renumbered:
            click.echo(_("ids were taken there: rows have new ones, in the same order"))
        click.echo(
            _("next: set [ledger] url to it, keep the same data.key, and never run Loa on both")
        )

    return copy
