"""``loa report``: a campaign's report, and the leader's page of a campaign or a period."""

from __future__ import annotations

from pathlib import Path

import click

from engine.app import App
from engine.cli import province_reports
from engine.cli.common import (
    commune_option,
    open_workspace,
    report_of,
    shown_path,
    workspace_option,
)
from engine.cli.outputs import write_out
from engine.cli.province import in_province
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.reports.leader.campaign import campaign_page
from engine.reports.leader.forms import Form, leader_in
from engine.reports.leader.overall import period_page
from engine.reports.leader.page import Page
from engine.reports.period.span import Period, read_period
from engine.reports.writing import write_page, write_report


def commands() -> list[click.Command]:
    return [report()]


def report() -> click.Command:
    @click.command("report")
    @click.argument("campaign_id", metavar="[ID]", required=False)
    @click.option(
        "--period", metavar=_("PERIOD"), help=_("All campaigns of 2026-12, 2026-Q4, 2026, A..B.")
    )
    @click.option(
        "--format", "form", type=click.Choice(list(Form)), help=_("Only the leader's page, so.")
    )
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        help=_("Where to: a folder, or with --format a file."),
    )
    @commune_option
    @workspace_option
    def command(
        campaign_id: str | None,
        period: str | None,
        form: Form | None,
        output: Path | None,
        workspace: Path | None,
    ) -> None:
        if (campaign_id is None) == (period is None):
            raise click.UsageError(_("give either a campaign's ID or --period"))
        check_output(output, form)
        asked = read_period(period) if period is not None else None
        if in_province(workspace):
            province_reports.report(campaign_id, asked, form, output, workspace)
            return
        with open_workspace(workspace) as app:
            if campaign_id is not None:
                _campaign(app, campaign_id, form, output)
            elif asked is not None:
                _period(app, asked, form, output)

    return command


def check_output(output: Path | None, form: Form | None) -> None:
    """Refuse a folder where a file is meant, and a file where a folder is. Raises LoaError."""
    if output is None or not output.exists():
        return
    if form is not None and output.is_dir():
        message = _("{path} is a folder; with --format {form} give a file")
        raise LoaError(message.format(path=output, form=form))
    if form is None and not output.is_dir():
        message = _("{path} is a file; give a folder, or --format for one file")
        raise LoaError(message.format(path=output))


def page_of(app: App, campaign_id: str) -> Page:
    """Return the leader's page of a campaign as the workspace stands. Raises LoaError."""
    return campaign_page(app.ledger, report_of(app, campaign_id), app.clock.now())


def put(page: Page, form: Form, output: Path | None, folder: Path) -> None:
    """Write the page in one form: to ``output``, or into ``folder``. Raises LoaError."""
    write_out(output or folder / f"leader.{form}", leader_in(form, page))


def said(paths: list[Path]) -> None:
    for path in paths:
        click.echo(f"  {shown_path(path)}")


def _campaign(app: App, campaign_id: str, form: Form | None, output: Path | None) -> None:
    folder = app.workspace / "reports" / campaign_id
    if form is not None:
        put(page_of(app, campaign_id), form, output, folder)
        return
    built = report_of(app, campaign_id)
    page = campaign_page(app.ledger, built, app.clock.now())
    said(write_report(built, output or folder, page))


def _period(app: App, asked: Period, form: Form | None, output: Path | None) -> None:
    page = period_page(
        app.ledger,
        app.registry,
        asked,
        app.clock.now(),
        simulated=app.clock.simulated,
        rehearsing=app.rehearsing,
    )
    folder = app.workspace / "reports" / f"period-{asked.name}"
    if form is not None:
        put(page, form, output, folder)
        return
    said(write_page(page, output or folder))
