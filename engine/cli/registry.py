"""Commands about the registry in the ledger: import tables, list, show, a table to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from campaigns.province_file import PROVINCE_FILE
from campaigns.tables.listed import Listed, read_tables
from campaigns.tables.template import SHEETS, made_up, template_csv, template_xlsx
from engine.app.players import known_players
from engine.app.province import ProvinceApp, no_commune_yet
from engine.cli.commands import Suggesting
from engine.cli.common import REGISTRY_FILE, find_workspace, shown_path, workspace_option
from engine.cli.province import opened_province
from engine.cli.registry_words import change_line, communes_table, hamlets_table, totals_line
from engine.cli.words import translate_placeholders
from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.ledger.registries import newest_registries
from engine.planner.importing import Change, Importer

#: Communes whose changes are told one by one, unless all are asked for.
MOST_TOLD = 40


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = Suggesting("registry", subcommand_metavar=_("COMMAND [ARGS]..."))
    for command in (_import(), _list(), _show(), _template()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _import() -> click.Command:
    @click.command(
        "import",
        help=_("Take communes and hamlets from CSV or XLSX FILES into the ledger."),
    )
    @click.argument(
        "files",
        nargs=-1,
        required=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
    )
    @click.option("--dry-run", is_flag=True, help=_("Say what would change, and write nothing."))
    @click.option("--all", "every", is_flag=True, help=_("Name every commune that changes."))
    @workspace_option
    def command(
        files: tuple[Path, ...], dry_run: bool, every: bool, workspace: Path | None
    ) -> None:
        _refuse_a_commune(workspace)
        with opened_province(workspace) as desk:
            listed = read_tables(files, known_players(desk.house.settings))
            importer = Importer(desk.house.database, desk.house.seal, desk.province)
            changes = importer.changes(listed)
            if not dry_run:
                changes = _write(importer, listed, changes, desk, files)
            _tell(listed, changes, every=every)
            click.echo(totals_line(changes, written=not dry_run))

    return command


def _refuse_a_commune(workspace: Path | None) -> None:
    """A commune with a file of its own edits that file: two truths would be none."""
    folder = find_workspace(workspace, names=(PROVINCE_FILE, REGISTRY_FILE))
    if not (folder / PROVINCE_FILE).is_file():
        message = _(
            "{folder}: the registry here is {file}, and it stays the truth: edit it, and Loa"
            " takes it in by itself. Tables are imported in a province's workspace ({province})"
        )
        raise LoaError(message.format(folder=folder, file=REGISTRY_FILE, province=PROVINCE_FILE))


def _write(
    importer: Importer,
    listed: Listed,
    changes: Sequence[Change],
    desk: ProvinceApp,
    files: Sequence[Path],
) -> list[Change]:
    origin = ", ".join(file.name for file in files)
    with click.progressbar(  # type: ignore[var-annotated]  # a bar of no items has no type
        length=len(listed.communes), label=_("Communes"), file=click.get_text_stream("stderr")
    ) as bar:
        return importer.write(
            listed, changes, desk.clock.now(), origin, lambda _change: bar.update(1)
        )


def _tell(listed: Listed, changes: Sequence[Change], *, every: bool) -> None:
    for sheet in listed.unread:
        click.echo(_("⚠ {sheet}: no headings, not read").format(sheet=sheet), err=True)
    for warning in made_up(listed):
        click.echo(f"⚠ {warning}", err=True)
    for change in changes:
        if change.own_file:
            message = _("⚠ {commune}: kept in its own {file}; its rows were left out")
            click.echo(message.format(commune=change.commune_id, file=REGISTRY_FILE), err=True)
    differing = [change for change in changes if change.anything]
    told = differing if every else differing[:MOST_TOLD]
    for change in told:
        click.echo(change_line(change))
    if len(told) < len(differing):
        message = _("  … and {count} more communes; name all of them: --all")
        click.echo(message.format(count=len(differing) - len(told)))


def _list() -> click.Command:
    @click.command("list", help=_("List the province's communes and their newest registries."))
    @workspace_option
    def command(workspace: Path | None) -> None:
        with opened_province(workspace) as desk:
            if desk.commune_ids:
                Console().print(communes_table(_summaries(desk)))
            else:
                click.echo(no_commune_yet())

    return command


def _summaries(desk: ProvinceApp) -> Iterator[tuple[str, str, int, int, int, str]]:
    """Yield each commune's id, name, hamlets, households, revision and origin."""
    newest = newest_registries(desk.house.database)
    for area in desk.areas.communes():
        number, origin = newest[area.id].revision, newest[area.id].origin
        registry = desk.ledger(area.id).registries.load(number)
        households = sum(hamlet.households for hamlet in registry.hamlets)
        yield area.id, area.name, len(registry.hamlets), households, number, origin


def _show() -> click.Command:
    @click.command("show", help=_("Show a commune's hamlets as the ledger has them."))
    @click.argument("commune")
    @workspace_option
    def command(commune: str, workspace: Path | None) -> None:
        with opened_province(workspace) as desk:
            registries = desk.ledger(commune).registries
            number = registries.latest()
            registry = registries.load(number)
            said = _("{id} — {name}: revision {revision}, {office}")
            click.echo(
                said.format(
                    id=commune,
                    name=registry.commune.name,
                    revision=number,
                    office=registry.commune.office,
                )
            )
            table: Table = hamlets_table(registry)
            Console().print(table)

    return command


def _template() -> click.Command:
    @click.command(
        "template", help=_("Write an empty table (.xlsx or .csv) with its headings to FILE.")
    )
    @click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
    def command(file: Path) -> None:
        for path, data in _templates(file).items():
            if path.exists():
                message = _("{path}: it is there already; nothing was written")
                raise LoaError(message.format(path=path))
            write_atomic(path, data)
            click.echo(f"  {shown_path(path.resolve())}")
        click.echo(_("the row in it is made up: write yours over it"))

    return command


def _templates(file: Path) -> dict[Path, bytes]:
    """Return the files of a template; CSV holds one table, so each gets a file of its own."""
    match file.suffix.lower():
        case ".xlsx":
            return {file: template_xlsx()}
        case ".csv":
            names = (file.name, f"{file.stem}-xa.csv", f"{file.stem}-to.csv")
            return {
                file.with_name(name): template_csv(columns)
                for name, (_title, columns) in zip(names, SHEETS, strict=True)
            }
        case found:
            message = _("found {found}; a table is a .csv or .xlsx file")
            raise LoaError(message.format(found=found or file.name))
