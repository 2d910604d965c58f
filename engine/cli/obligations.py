"""``loa obligations``: what the law asks of campaigns, and how far that has come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console

from engine.app import App
from engine.cli.common import commune_option, open_workspace, workspace_option
from engine.cli.outputs import out_option, write_out
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Revision, Status
from engine.planner.newest import newest_revision
from engine.reports.obligations import obligation_report, obligation_table, record

#: Revisions that set something going.
_IN_FORCE = (Status.APPROVED, Status.OPEN)


def commands() -> list[click.Command]:
    return [obligations()]


def obligations() -> click.Command:
    @click.command("obligations")
    @click.argument("campaign_id", metavar="ID", required=False)
    @out_option("--pdf", _("Write the record for signature into this file."))
    @commune_option
    @workspace_option
    def command(campaign_id: str | None, pdf_file: Path | None, workspace: Path | None) -> None:
        if pdf_file is not None and campaign_id is None:
            raise click.UsageError(_("--pdf needs a campaign"))
        with open_workspace(workspace) as app:
            found = list(_revisions(app, campaign_id))
            reports = [
                obligation_report(app.ledger, one, app.clock.now(), simulated=app.clock.simulated)
                for one in found
            ]
        for report in reports:
            Console().print(obligation_table(report))
            for one in report.bases:
                click.echo(f"  {one.obligation.name}, {one.obligation.place}")
        if not reports:
            click.echo(_("no campaign that is open cites a law (legal_basis)"))
        if pdf_file is not None:
            write_out(pdf_file, record(reports[0]))

    return command


def _revisions(app: App, campaign: str | None) -> Iterator[Revision]:
    """Yield the revisions that cite a law. Raises LoaError for a campaign that cites none."""
    if campaign is None:
        for revision in app.ledger.revisions.with_status(*_IN_FORCE):
            if revision.campaign.legal_basis:
                yield revision
        return
    revision = newest_revision(app.ledger.revisions, campaign)
    if not revision.campaign.legal_basis:
        message = _("{campaign} cites no law: write legal_basis into its file")
        raise LoaError(message.format(campaign=campaign))
    yield revision
