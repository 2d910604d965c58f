"""Commands about the station: what its loudspeakers play on a day."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from engine.app.packages import package_uploaded, packages_of
from engine.app.station import day_of
from engine.cli.common import commune_option, open_workspace, workspace_option
from engine.cli.days import read_day
from engine.cli.outputs import out_option, write_out
from engine.cli.packages_words import show_packages
from engine.cli.words import translate_placeholders
from engine.cli.wrapping import marked_lines
from engine.clock import local
from engine.i18n import gettext as _
from engine.reports.station.calendar import ics
from engine.reports.station.picture import png
from engine.reports.station.table import day_table
from engine.reports.station.timeline import svg
from engine.reports.station.wording import breach_words


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = click.Group("station", subcommand_metavar=_("COMMAND [ARGS]..."))
    for command in (_day(), _packages()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _packages() -> click.Command:
    @click.command(
        "packages",
        help=_("List the packages for the province's system, or say that one was uploaded."),
    )
    @click.option(
        "--uploaded",
        metavar=_("PACKAGE"),
        help=_("This package (its file or name) is on the province's system now."),
    )
    @click.option("--by", help=_("Who says so: a person's id in the registry."))
    @commune_option
    @workspace_option
    def command(uploaded: str | None, by: str | None, workspace: Path | None) -> None:
        if uploaded is None:
            with open_workspace(workspace) as app:
                show_packages(packages_of(app))
            return
        if by is None:
            raise click.UsageError(_("say who uploaded it: --by"))
        with open_workspace(workspace, acting=True) as app:
            count = package_uploaded(app, Path(uploaded).name.removesuffix(".zip"), by)
            click.echo(_("✓ evidence kept for {count} deliveries").format(count=count))

    return command


def _day() -> click.Command:
    @click.command(
        "day",
        help=_("Show what the loudspeakers play on DAY (default: today), cluster by cluster."),
    )
    @click.argument("day", required=False)
    @click.option("--cluster", metavar=_("CLUSTER"), help=_("Only this cluster (its id)."))
    @click.option(
        "--with",
        "proposed",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar=_("FILE"),
        help=_("Show also what this campaign's file would add if it were approved now."),
    )
    @out_option("--svg", _("Draw the day into this file, as SVG."))
    @out_option("--png", _("Draw the day into this file, as PNG."))
    @out_option("--ics", _("Write the day into this file, as iCalendar."))
    @commune_option
    @workspace_option
    def command(
        day: str | None,
        cluster: str | None,
        proposed: Path | None,
        svg_file: Path | None,
        png_file: Path | None,
        ics_file: Path | None,
        workspace: Path | None,
    ) -> None:
        with open_workspace(workspace, proposed) as app:
            now = app.clock.now()
            found = day_of(app, read_day(day) if day else local(now).date(), proposed, cluster)
        Console().print(day_table(found))
        for mark, told in (("✗", found.clashes), ("!", found.moves)):
            for one in told:
                for line in marked_lines(mark, breach_words(one), indent=""):
                    click.echo(line)
        if svg_file is not None:
            write_out(svg_file, svg(found).encode())
        if png_file is not None:
            write_out(png_file, png(svg(found)))
        if ics_file is not None:
            write_out(ics_file, ics(found, now))

    return command
