"""Corrections and withdrawals of a province: of what its communes were told by it."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.progress import shown_progress
from engine.cli.province import opened_province
from engine.cli.province_words import part_lines, plan_lines
from engine.i18n import gettext as _
from engine.ledger import Revision
from engine.models import Stated
from engine.planner.communes import ProvincePlan


def correct(
    campaign_id: str,
    file: Path,
    by: str,
    reason: str,
    stated: Stated,
    given: Path | None,
    *,
    only_plan: bool,
) -> int:
    asked = (campaign_id, file.resolve(), by, reason, stated)
    with opened_province(given, file, acting=not only_plan) as desk, desk.office() as office:
        with shown_progress(_("Communes")) as progress:
            if only_plan:
                planned = office.preview_correction(*asked, progress=progress)
                click.echo("\n".join(plan_lines(planned)))
                return 1 if planned.blocked else 0
            revision, planned = office.correct(*asked, progress=progress)
        _say(revision, planned)
    return 0


def withdraw(
    campaign_id: str, by: str, reason: str, stated: Stated, given: Path | None, *, only_plan: bool
) -> int:
    asked = (campaign_id, by, reason, stated)
    with opened_province(given, acting=not only_plan) as desk, desk.office() as office:
        if only_plan:
            campaign, parts = office.preview_withdrawal(*asked)
            assert campaign.correction is not None
            click.echo(f"  {campaign.correction.heading}: {campaign.correction.opening}")
            click.echo("\n".join(part_lines(parts)))
            return 1 if any(part.stops for part in parts) else 0
        revision, parts = office.withdraw(*asked)
        _told(revision, len(parts))
    return 0


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
