"""``loa bulletin``: a week's campaigns gathered in one document."""

from __future__ import annotations

from pathlib import Path

import click

from engine.app.bulletins import publish_bulletin
from engine.cli.common import commune_option, open_workspace, workspace_option
from engine.cli.days import read_day
from engine.cli.outputs import out_option, write_out
from engine.i18n import gettext as _
from engine.reports.bulletin import Period, bulletin_pdf, days, gathered, keep, week, week_of


def commands() -> list[click.Command]:
    return [bulletin()]


def bulletin() -> click.Command:
    @click.command("bulletin")
    @click.option("--week", "week_text", metavar=_("WEEK"), help=_("As 2026-W49 (default: now)."))
    @click.option("--from", "first", metavar=_("DAY"), help=_("The first day, with --to."))
    @click.option("--to", "last", metavar=_("DAY"), help=_("The last day, with --from."))
    @click.option("--large", is_flag=True, help=_("Large print: 18 points."))
    @click.option("--publish", is_flag=True, help=_("Put it on the portal; needs --by."))
    @click.option("--by", envvar="LOA_PERSON", metavar=_("PERSON"), help=_("Who publishes it."))
    @out_option("--pdf", _("Where to (default: bulletins/ in the workspace)."))
    @commune_option
    @workspace_option
    def command(
        week_text: str | None,
        first: str | None,
        last: str | None,
        large: bool,
        publish: bool,
        by: str | None,
        pdf_file: Path | None,
        workspace: Path | None,
    ) -> None:
        asked = _asked(week_text, first, last)
        if publish and by is None:
            raise click.UsageError(_("--publish needs --by: who publishes it"))
        with open_workspace(workspace, acting=True) as app:
            now = app.clock.now()
            made = gathered(app.ledger, app.registry, asked or week_of(now), now)
            name = f"ban-tin-{made.period.name}{'-chu-lon' if large else ''}.pdf"
            target = pdf_file or app.workspace / "bulletins" / name
            written = bulletin_pdf(made, large=large)
            address = publish_bulletin(app, made, by) if publish and by is not None else ""
            keep(app.ledger, made, now, by or "loa")
        message = _("{period}: {count} campaigns")
        click.echo(message.format(period=made.period.title, count=len(made.items)))
        for item in made.items:
            click.echo(f"  {item.campaign_id}  {item.title}")
        write_out(target, written)
        if address:
            click.echo(_("✓ on the portal: {address}").format(address=address))

    return command


def _asked(week_text: str | None, first: str | None, last: str | None) -> Period | None:
    """Return the days that are asked for; None for the week that it is. Raises what is wrong."""
    if week_text is not None and (first is not None or last is not None):
        raise click.UsageError(_("give either --week, or --from and --to"))
    if (first is None) != (last is None):
        raise click.UsageError(_("--from and --to go together"))
    if week_text is not None:
        return week(week_text)
    if first is not None and last is not None:
        return days(read_day(first), read_day(last))
    return None
