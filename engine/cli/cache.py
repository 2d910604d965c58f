"""``loa cache``: how much is kept of what was spoken, and what of it may go."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from channels.loudspeaker.speech.kept import Amount, Kept, Trimmed, kept, trim
from engine.app import speech_folder
from engine.cli.amounts import Age, Size
from engine.cli.common import find_any_workspace, shown_path, workspace_option
from engine.cli.words import translate_placeholders
from engine.clock import local
from engine.errors import LoaError
from engine.files import BACKUP_LOCK, alone
from engine.i18n import gettext as _
from engine.reports.words import number


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = _showing()
    command = _trim()
    translate_placeholders(command)
    group.add_command(command)
    return [group]


def _showing() -> click.Group:
    @click.group("cache", invoke_without_command=True, subcommand_metavar=_("[COMMAND] [ARGS]..."))
    @click.option("--json", "as_json", is_flag=True, help=_("For programs: one JSON document."))
    @workspace_option
    @click.pass_context
    def group(context: click.Context, as_json: bool, workspace: Path | None) -> None:
        if context.invoked_subcommand is not None:
            return
        folder = speech_folder(find_any_workspace(workspace))
        found = kept(folder)
        if as_json:
            click.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))
            return
        click.echo(f"{shown_path(folder)}: {amount_words(found.amount)}")
        if found.oldest is not None and found.newest is not None:
            click.echo(
                _("last used between {oldest} and {newest}; the oldest {days} days ago").format(
                    oldest=_day(found.oldest),
                    newest=_day(found.newest),
                    days=number((datetime.now(UTC) - found.oldest).days),
                )
            )

    return group


def _trim() -> click.Command:
    @click.command(
        "trim", help=_("Remove sentences that nobody used for long; they can be made again.")
    )
    @click.option(
        "--older-than", type=Age(), metavar=_("AGE"), help=_("Last used so long ago: 90d, 4w, 12h.")
    )
    @click.option(
        "--max-size",
        type=Size(),
        metavar=_("SIZE"),
        help=_("The oldest, until so much is left: 500MB."),
    )
    @click.option("--dry-run", is_flag=True, help=_("Say how much would go; remove nothing."))
    @workspace_option
    def command(
        older_than: timedelta | None, max_size: int | None, dry_run: bool, workspace: Path | None
    ) -> None:
        if older_than is None and max_size is None:
            raise click.UsageError(
                _("say what may go: --older-than 90d, --max-size 500MB, or both")
            )
        folder = _folder(workspace)
        try:
            with alone(folder / BACKUP_LOCK):
                done = trim(
                    speech_folder(folder), older_than=older_than, max_size=max_size, dry_run=dry_run
                )
        except BlockingIOError:
            raise LoaError(_("a backup is being made; wait until it is done")) from None
        _say(done, dry_run=dry_run)

    return command


def _folder(given: Path | None) -> Path:
    """Return the workspace, which may have been named before or after the subcommand."""
    context = click.get_current_context().parent
    before: Path | None = context.params.get("workspace") if context is not None else None
    return find_any_workspace(given or before)


def _say(done: Trimmed, *, dry_run: bool) -> None:
    words = _("would go: {amount}") if dry_run else _("removed: {amount}")
    click.echo(words.format(amount=amount_words(done.gone)))
    click.echo(_("left: {amount}").format(amount=amount_words(done.left)))
    if done.in_use.sentences:
        click.echo(
            _("of these in use, and therefore not removed: {amount}").format(
                amount=amount_words(done.in_use)
            )
        )


def amount_words(amount: Amount) -> str:
    return _("{count} sentences, {size:.1f} MB").format(
        count=number(amount.sentences), size=amount.size / 1e6
    )


def _day(moment: datetime) -> str:
    return f"{local(moment):%d/%m/%Y}"


def _plain(found: Kept) -> dict[str, object]:
    return {
        "sentences": found.amount.sentences,
        "bytes": found.amount.size,
        "oldest": found.oldest.isoformat() if found.oldest else None,
        "newest": found.newest.isoformat() if found.newest else None,
    }
