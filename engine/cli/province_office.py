"""What a province's office does with the commands of the office: each for all its communes."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from engine.app.province import ProvinceApp
from engine.cli.cancelled import cancelled_line
from engine.cli.common import passphrase
from engine.cli.progress import shown_progress
from engine.cli.province import opened_province
from engine.cli.province_words import overview_lines, parts_table, plan_lines
from engine.cli.trail import event_line
from engine.i18n import gettext as _
from engine.ledger import Revision, Status, status_word


def plan(file: Path, given: Path | None) -> int:
    """Show what a file would send, commune by commune; 1 when a rule forbids it somewhere."""
    with (
        opened_province(given, file) as desk,
        desk.office() as office,
        shown_progress(_("Communes")) as progress,
    ):
        planned = office.plan(file.resolve(), progress)
    click.echo("\n".join(plan_lines(planned)))
    return 1 if planned.blocked else 0


def set_passphrase(person: str, given: Path | None) -> None:
    with opened_province(given, acting=True) as desk, desk.office() as office:
        office.people.entitled(person)
        old = None
        if office.people.has_passphrase(person):
            old = passphrase(_("Old passphrase"), variable="LOA_OLD_PASSPHRASE")
        new = passphrase(_("New passphrase"), confirm=True)
        office.people.set_passphrase(person, new, old, desk.clock.now())
        click.echo(_("✓ passphrase of {person} is set").format(person=person))


def submit(file: Path, by: str, given: Path | None, *, leave_out: bool) -> None:
    with opened_province(given, file, acting=True) as desk, desk.office() as office:
        with shown_progress(_("Communes")) as progress:
            revision, planned = office.submit(
                file.resolve(), by, leave_out=leave_out, progress=progress
            )
        for line in plan_lines(planned):
            click.echo(line)
        message = _("✓ {campaign}: revision {revision} waits for approval, for {count} communes")
        click.echo(
            message.format(
                campaign=revision.campaign_id,
                revision=revision.revision,
                count=len(planned.parts),
            )
        )
        click.echo(_("  content {hash}").format(hash=revision.content_hash[:16]))
        click.echo(_("  approve it: loa approve {id} --by PERSON").format(id=revision.campaign_id))


def approve(campaign_id: str, by: str, given: Path | None) -> None:
    with opened_province(given, acting=True) as desk, desk.office() as office:
        office.waiting(campaign_id)
        secret = passphrase(_("Passphrase of {person}").format(person=by))
        with shown_progress(_("Heard in communes")) as progress:
            revision = office.approve(campaign_id, by, secret, progress)
        message = _("✓ {campaign}: revision {revision} approved by {person}")
        click.echo(message.format(campaign=campaign_id, revision=revision.revision, person=by))
        with shown_progress(_("Communes")) as progress:
            office.open_all(campaign_id, progress)
        parts = desk.fanout.parts(campaign_id)
        for part in parts:
            if part.status is Status.REFUSED:
                click.echo(f"  ✗ {part.commune_id}: {part.reason}", err=True)
        planned = sum(part.status is Status.OPEN for part in parts)
        message = _("  planned in {count} communes; their workers send it")
        click.echo(message.format(count=planned))


def cancel(campaign_id: str, by: str, reason: str, given: Path | None) -> None:
    with (
        opened_province(given, acting=True) as desk,
        desk.office() as office,
        shown_progress(_("Communes")) as progress,
    ):
        newest = office.newest(campaign_id)
        stopped = office.cancel(campaign_id, by, reason, progress)
    click.echo(cancelled_line(newest, stopped))


def show_status(campaign_id: str | None, given: Path | None) -> None:
    with opened_province(given) as desk:
        if campaign_id is None:
            click.echo("\n".join(overview_lines(desk.fanout)))
            return
        newest = _newest(desk, campaign_id)
        message = _("{campaign}: revision {revision}, {status}")
        click.echo(
            message.format(
                campaign=campaign_id,
                revision=newest.revision,
                status=status_word(
                    newest.status, over=newest.campaign.valid_until < desk.clock.now()
                ),
            )
        )
        fanout = desk.fanout
        names = {area.id: area.name for area in desk.areas.communes()}
        table = parts_table(fanout.parts(campaign_id), fanout.counts(campaign_id), names)
        Console().print(table)


def show_events(campaign_id: str | None, last: int | None, given: Path | None) -> None:
    with opened_province(given) as desk:
        if campaign_id is not None:
            _newest(desk, campaign_id)
        found = desk.views.events(campaign_id)
        for event in found[-last:] if last else found:
            click.echo(event_line(event))


def _newest(desk: ProvinceApp, campaign_id: str) -> Revision:
    with desk.office() as office:
        return office.newest(campaign_id)
