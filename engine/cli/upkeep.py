"""Commands for the one who keeps a workspace alive: backups and restoring them."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click

from engine.app import open_house
from engine.cli.common import find_any_workspace, shown_path, workspace_option
from engine.dispatch.retention import Pruned
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.upkeep.archive import Manifest, verify
from engine.upkeep.backup import Made
from engine.upkeep.backup import backup as make_backup
from engine.upkeep.moments import shown
from engine.upkeep.restore import Key, Restored
from engine.upkeep.restore import restore as bring_back
from workers.pruning import prune as remove_old


def commands() -> list[click.Command]:
    return [backup(), restore(), prune()]


def backup() -> click.Command:
    @click.command("backup")
    @click.argument("dest", required=False, type=click.Path(path_type=Path))
    @click.option(
        "--with-key",
        is_flag=True,
        help=_("Put data.key in as well: whoever has the file can then read personal data."),
    )
    @click.option(
        "--verify",
        "archive",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar=_("ARCHIVE"),
        help=_("Make none: read this one back and check every file and every count."),
    )
    @workspace_option
    def command(
        dest: Path | None, with_key: bool, archive: Path | None, workspace: Path | None
    ) -> None:
        if archive is not None:
            say_what_it_holds(archive, verify(archive))
            return
        say_made(make_backup(find_any_workspace(workspace), dest, with_key=with_key))

    return command


def restore() -> click.Command:
    @click.command("restore")
    @click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.argument("folder", required=False, type=click.Path(path_type=Path))
    @click.option(
        "--key",
        "key_file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar=_("FILE"),
        help=_("Your copy of data.key, when it is not in the archive."),
    )
    @click.option(
        "--without-key",
        is_flag=True,
        help=_("The key is lost: give up the names and numbers that it sealed."),
    )
    def command(
        archive: Path, folder: Path | None, key_file: Path | None, without_key: bool
    ) -> None:
        say_restored(bring_back(archive, folder, key=Key(key_file, lost=without_key)))

    return command


def prune() -> click.Command:
    @click.command("prune")
    @click.option("--dry-run", is_flag=True, help=_("Say how much would go; remove nothing."))
    @click.option(
        "--days",
        type=click.IntRange(7, 36_500),
        help=_("Days without use (default: [artifacts] keep_days)."),
    )
    @workspace_option
    def command(dry_run: bool, days: int | None, workspace: Path | None) -> None:
        with closing(open_house(find_any_workspace(workspace))) as house:
            keep = days or house.settings.artifacts.keep_days
            if keep is None:
                message = _("say how long to keep: --days, or [artifacts] keep_days in loa.toml")
                raise LoaError(message)
            try:
                pruned = remove_old(house, timedelta(days=keep), dry_run=dry_run)
            except BlockingIOError:
                raise LoaError(_("a backup is being made; wait until it is done")) from None
        say_pruned(pruned, dry_run=dry_run)

    return command


def say_pruned(pruned: Pruned, *, dry_run: bool) -> None:
    words = (
        _("would go: {artifacts} artifacts, {other} previews and other files, {size:.1f} MB")
        if dry_run
        else _("removed: {artifacts} artifacts, {other} previews and other files, {size:.1f} MB")
    )
    size = pruned.artifact_bytes + pruned.other_bytes
    click.echo(words.format(artifacts=pruned.artifacts, other=pruned.other, size=size / 1e6))


def say_restored(restored: Restored) -> None:
    """Print where the workspace is, what the ledger cannot know, and what a person does next."""
    saved, now = shown(restored.manifest.taken_at), shown(restored.at)
    click.echo(_("✓ {folder}: as it was at {saved}").format(folder=restored.folder, saved=saved))
    if restored.server is not None:
        click.echo(_("  the ledger is on {place}").format(place=restored.server))
    click.echo(
        _(
            "From {saved} to {now} this ledger knows nothing: approvals, cancellations and"
            " confirmations of that time must be given again, before Loa runs."
        ).format(saved=saved, now=now)
    )
    if restored.doubted:
        click.echo(
            _(
                "{count} deliveries were due in that time and may have been sent: look, then"
                " loa resolve ID --sent, or --resend"
            ).format(count=restored.doubted)
        )
    click.echo(_("Next: loa status -w {folder}").format(folder=restored.folder))


def say_made(made: Made) -> None:
    """Print where a backup is, what it holds, and that it lacks the key if so."""
    say_what_it_holds(made.path, made.manifest)
    for path in made.removed:
        click.echo(_("removed, being too old: {path}").format(path=shown_path(path)))
    if not made.manifest.with_key:
        click.echo(
            _(
                "⚠ data.key is not in it: without that key nobody can read personal data again;"
                " keep a copy of it elsewhere"
            ),
            err=True,
        )


def say_what_it_holds(path: Path, manifest: Manifest) -> None:
    moment = shown(manifest.taken_at)
    size = sum(entry.size for entry in manifest.files.values())
    words = _("✓ {path}: as of {moment}; {files} files, {size:.1f} MB, every one read back")
    click.echo(
        words.format(
            path=shown_path(path), moment=moment, files=len(manifest.files), size=size / 1e6
        )
    )
    ledger = manifest.ledger
    events = ledger.rows.get("events", 0)
    words = _("  ledger of version {version}: {communes}; {deliveries} deliveries, {events} events")
    click.echo(
        words.format(
            version=ledger.version,
            communes=", ".join(ledger.communes),
            deliveries=ledger.rows.get("deliveries", 0),
            events=events,
        )
    )
