"""``loa playlog``: what went on air, by the players' own reports."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.console import Console

from engine.app import App
from engine.cli.common import commune_option, open_workspace, workspace_option
from engine.cli.days import read_day
from engine.cli.outputs import out_option, write_out
from engine.clock import local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.reports.plain import Discreet
from engine.reports.playlog import (
    PlayLog,
    finding_word,
    play_lines,
    playlog_csv,
    playlog_pdf,
    playlog_table,
)
from engine.reports.station.parts import day_bounds


def commands() -> list[click.Command]:
    return [playlog()]


def playlog() -> click.Command:
    @click.command("playlog")
    @click.option("--day", metavar=_("DAY"), help=_("Only this day: 01/12/2026."))
    @click.option("--cluster", metavar=_("CLUSTER"), help=_("Only this cluster (its id)."))
    @click.option("--campaign", metavar="ID", help=_("Only this campaign."))
    @out_option("--csv", _("Write it as a table for spreadsheets."))
    @out_option("--pdf", _("Write it as a document to sign."))
    @commune_option
    @workspace_option
    def command(
        day: str | None,
        cluster: str | None,
        campaign: str | None,
        csv_file: Path | None,
        pdf_file: Path | None,
        workspace: Path | None,
    ) -> None:
        with open_workspace(workspace) as app:
            log = log_of(app, read_day(day) if day else None, cluster, campaign)
        if log.lines:
            Console().print(playlog_table(log))
        parts = [f"{finding_word(finding)} {count}" for finding, count in log.counts.items()]
        said = _("{count} reports of players").format(count=len(log.lines))
        click.echo(": ".join([said, *([", ".join(parts)] if parts else [])]))
        if csv_file is not None:
            write_out(csv_file, playlog_csv(log))
        if pdf_file is not None:
            write_out(pdf_file, playlog_pdf(log))

    return command


def log_of(app: App, day: date | None, cluster: str | None, campaign_id: str | None) -> PlayLog:
    """Return what players reported. Raises LoaError for a campaign or a cluster that is none."""
    known = [one.id for one in app.registry.clusters]
    if cluster is not None and cluster not in known:
        message = _("there is no cluster “{cluster}”; allowed: {allowed}")
        raise LoaError(message.format(cluster=cluster, allowed=", ".join(known) or "–"))
    if campaign_id is not None:
        app.office.newest(campaign_id)
    begins, ends = day_bounds(day) if day is not None else (None, None)
    found = app.ledger.plays.of(begins, ends, cluster=cluster, campaign_id=campaign_id)
    return PlayLog(
        office=app.registry.commune.office,
        made_at=local(app.clock.now()),
        simulated=app.clock.simulated,
        day=day,
        cluster=cluster,
        campaign_id=campaign_id,
        lines=play_lines(found, app.registry, _titles(app), Discreet(app.registry.people)),
    )


def _titles(app: App) -> dict[str, str]:
    revisions = app.ledger.revisions
    latest = (revisions.latest(name) for name in revisions.campaign_ids())
    return {one.campaign_id: one.campaign.heading for one in latest if one is not None}
