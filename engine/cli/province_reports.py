"""``loa report`` in a province's workspace: each commune's report, and one page for all."""

from __future__ import annotations

from pathlib import Path

import click

from engine.app.province import ProvinceApp
from engine.cli.common import shown_path
from engine.cli.outputs import write_out
from engine.cli.province import opened_province
from engine.ledger import Revision
from engine.models.targets import campaign_id_below
from engine.reports.leader.forms import Form, leader_in
from engine.reports.leader.page import Page
from engine.reports.leader.provincial import Asked, Commune, province_page
from engine.reports.period.span import Period
from engine.reports.report import build_report
from engine.reports.writing import write_page, write_report


def report(
    campaign_id: str | None,
    period: Period | None,
    form: Form | None,
    output: Path | None,
    given: Path | None,
) -> None:
    """Write the province's page; without ``form`` each commune's report beside it."""
    with opened_province(given) as desk:
        page = page_of(desk, campaign_id, period)
        name = campaign_id if campaign_id is not None else f"period-{page.name}"
        folder = desk.workspace / "reports" / name
        if form is not None:
            write_out(output or folder / f"leader.{form}", leader_in(form, page))
            return
        folder = output or folder
        if campaign_id is not None:
            _each_commune(desk, campaign_id, folder)
        for path in write_page(page, folder):
            click.echo(f"  {shown_path(path.resolve())}")


def page_of(desk: ProvinceApp, campaign_id: str | None, period: Period | None) -> Page:
    """Return the page of one of the province's campaigns, or of all in a period.

    Raises LoaError for a campaign that it does not have.
    """
    revisions = desk.fanout.revisions
    with desk.office() as office:
        wanted = revisions.campaign_ids() if campaign_id is None else [campaign_id]
        newest = [office.newest(one) for one in wanted]
    names = {area.id: area.name for area in desk.areas.communes()}
    return province_page(
        desk.province,
        (Commune(one, names.get(one, one), desk.ledger(one)) for one in desk.commune_ids),
        Asked(_by_name(desk, newest), period),
        desk.clock.now(),
        simulated=desk.clock.simulated,
        rehearsing=desk.rehearsing,
    )


def _by_name(desk: ProvinceApp, newest: list[Revision]) -> dict[str, Revision]:
    """Return revisions by the names under which communes have their campaigns."""
    return {campaign_id_below(desk.province.id, one.campaign_id): one for one in newest}


def _each_commune(desk: ProvinceApp, campaign_id: str, folder: Path) -> None:
    """Write a report for each commune, in a folder of its own."""
    name = campaign_id_below(desk.province.id, campaign_id)
    for part in desk.fanout.parts(campaign_id):
        built = build_report(
            desk.ledger(part.commune_id),
            desk.registry(part.commune_id),
            name,
            desk.clock.now(),
            simulated=desk.clock.simulated,
            rehearsing=desk.rehearsing,
        )
        write_report(built, folder / part.commune_id)
        click.echo(f"  {shown_path((folder / part.commune_id).resolve())}")
