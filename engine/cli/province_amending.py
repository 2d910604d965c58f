"""Corrections and withdrawals of a province: of what its communes were told by it."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.progress import shown_progress
from engine.cli.province import opened_province
from engine.cli.province_words import plan_lines
from engine.i18n import gettext as _
from engine.ledger import Revision
from engine.planner.communes import ProvincePlan


def correct(
    campaign_id: str, file: Path, by: str, reason: str, given: Path | None, *, only_plan: bool
) -> None:
    with opened_province(given, file, acting=not only_plan) as desk, desk.office() as office:
        with shown_progress(_("Communes")) as progress:
            if only_plan:
                planned = office.preview_correction(campaign_id, file.resolve(), reason, progress)
                click.echo("\n".join(plan_lines(planned)))
                return
            revision, planned = office.correct(
                campaign_id, file.resolve(), by, reason, progress=progress
            )
        _say(revision, planned)


def withdraw(campaign_id: str, by: str, reason: str, given: Path | None) -> None:
    with opened_province(given, acting=True) as desk, desk.office() as office:
        revision, communes = office.withdraw(campaign_id, by, reason)
        _told(revision, len(communes))


def _say(revision: Revision, planned: ProvincePlan) -> None:
    for line in plan_lines(planned):
        click.echo(line)
    _told(revision, len(planned.parts))


def _told(revision: Revision, communes: int) -> None:
    correction = revision.campaign.correction
    assert correction is not None
    click.echo(f"  {correction.heading}: {correction.opening}")
    message = _("✓ {campaign}: revision {revision} waits for approval, for {count} communes")
    click.echo(
        message.format(campaign=revision.campaign_id, revision=revision.revision, count=communes)
    )
    click.echo(_("  content {hash}").format(hash=revision.content_hash[:16]))
    click.echo(_("  approve it: loa approve {id} --by PERSON").format(id=revision.campaign_id))
