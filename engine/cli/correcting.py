"""Correcting what people were told, and withdrawing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from engine.app import App
from engine.cli import province_amending
from engine.cli.alert import second_option, typed_keys
from engine.cli.common import (
    by_option,
    commune_option,
    open_workspace,
    said_commune,
    workspace_option,
)
from engine.cli.planned import doubt_lines
from engine.cli.progress import shown_progress
from engine.cli.province import in_province
from engine.clock import local
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.models import Correction, Plan, Priority
from engine.models.wording import breach_line, channel_name
from engine.planner.alerts import Keys
from engine.planner.effects import Effect, PlaceEffect, count_of, effects_of
from engine.planner.known import Known
from engine.planner.office import Submitted


def commands() -> list[click.Command]:
    return [correct(), withdraw()]


def _reason_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--reason", required=True, help=_("Why; people read and hear it."))(command)


def correct() -> click.Command:
    @click.command("correct")
    @click.argument("campaign_id", metavar="ID")
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @_reason_option
    @click.option("--plan", "only_plan", is_flag=True, help=_("Only show whom it would reach."))
    @second_option
    @by_option
    @commune_option
    @workspace_option
    def command(
        campaign_id: str,
        file: Path,
        reason: str,
        only_plan: bool,
        second: str | None,
        by: str,
        workspace: Path | None,
    ) -> int:
        if in_province(workspace, file):
            _refuse_second(second)
            province_amending.correct(campaign_id, file, by, reason, workspace, only_plan=only_plan)
            return 0
        with open_workspace(workspace, file, acting=not only_plan) as app:
            known = app.office.known(campaign_id)
            if only_plan:
                campaign, plan = app.office.preview_correction(campaign_id, file.resolve(), reason)
                click.echo("\n".join(amendment_lines(app, plan, known, campaign.correction)))
                return 1 if plan.stops else 0
            if second is not None:
                refuse_calm(app, campaign_id)
            keys = typed_keys(app, by, second)
            done = app.office.correct(campaign_id, file.resolve(), by, reason)
            _say(app, done, known)
            _approve_with(app, done, keys)
        return 0

    return command


def withdraw() -> click.Command:
    @click.command("withdraw")
    @click.argument("campaign_id", metavar="ID")
    @_reason_option
    @second_option
    @by_option
    @commune_option
    @workspace_option
    def command(
        campaign_id: str, reason: str, second: str | None, by: str, workspace: Path | None
    ) -> None:
        if in_province(workspace):
            _refuse_second(second)
            province_amending.withdraw(campaign_id, by, reason, workspace)
            return
        with open_workspace(workspace, acting=True) as app:
            known = app.office.known(campaign_id)
            if second is not None:
                refuse_calm(app, campaign_id)
            keys = typed_keys(app, by, second)
            done = app.office.withdraw(campaign_id, by, reason)
            _say(app, done, known)
            _approve_with(app, done, keys)

    return command


def amendment_lines(
    app: App, plan: Plan, known: Known, correction: Correction | None
) -> Iterator[str]:
    """Yield what an amendment says of itself, and what becomes of each hamlet and channel."""
    if correction is not None:
        yield f"  {correction.heading}: {correction.opening}"
    effects = effects_of(plan, known, app.registry)
    names = {hamlet.id: hamlet.name for hamlet in app.registry.hamlets}
    for hamlet_id, ones in groupby(effects, key=lambda one: one.hamlet_id):
        yield ""
        yield names.get(hamlet_id, hamlet_id)
        yield from map(_effect_line, ones)
    yield ""
    counts = (f"{_summary(effect)} {count}" for effect, count in count_of(effects))
    yield _("places: {counts}").format(counts=", ".join(counts) or "–")
    if plan.doubts:
        yield from doubt_lines(plan.doubts)
    for breach in plan.breaches:
        yield f"  {'!' if breach.waived else '✗'} {breach_line(breach)}"


def _effect_line(one: PlaceEffect) -> str:
    shown = ", ".join(f"{local(at):%H:%M %d/%m}" for at in one.slots[:3])
    more = " …" if len(one.slots) > 3 else ""
    when = f"  {shown}{more}" if shown else ""
    return f"  {channel_name(one.channel):<16}  {one.target:<20}  {effect_words(one.effect)}{when}"


def effect_words(effect: Effect) -> str:
    """Return what becomes of one place."""
    return {
        Effect.CORRECTED: _("has the earlier text: gets the amendment"),
        Effect.WITHDRAWN: _("has it: is told that it does not hold"),
        Effect.OUT_OF_REACH: _("has it, and cannot be reached any more: tell them yourselves"),
        Effect.INSTEAD: _("not yet sent: gets the new text in its place"),
        Effect.NEW: _("new here: gets a plain notice"),
        Effect.STOPPED: _("not yet sent: will not be"),
        Effect.SAME: _("the same text: nothing"),
    }[effect]


def _summary(effect: Effect) -> str:
    return {
        Effect.CORRECTED: _("amended"),
        Effect.WITHDRAWN: _("told that it does not hold"),
        Effect.OUT_OF_REACH: _("out of reach"),
        Effect.INSTEAD: _("new text in place of the old"),
        Effect.NEW: _("new"),
        Effect.STOPPED: _("stopped"),
        Effect.SAME: _("unchanged"),
    }[effect]


def _say(app: App, done: Submitted, known: Known) -> None:
    revision = done.revision
    message = _("✓ {campaign}: revision {revision} waits for approval")
    click.echo(message.format(campaign=revision.campaign_id, revision=revision.revision))
    lines = amendment_lines(app, done.plan, known, revision.campaign.correction)
    click.echo("\n".join(lines))
    if done.unproved:
        click.echo(f"  ✗ {done.unproved}")
    click.echo(_("  content {hash}").format(hash=revision.content_hash[:16]))
    name = revision.campaign_id + said_commune()
    click.echo(_("  look at it: loa preview {id}").format(id=name))
    click.echo(_("  approve it: loa approve {id} --by PERSON").format(id=name))


def _approve_with(app: App, done: Submitted, keys: Keys | None) -> None:
    """Approve what two people gave their passphrases for, in an emergency."""
    if keys is None:
        return
    revision = done.revision
    with shown_progress(_("listening to what will be heard")) as progress:
        app.office.approve(
            revision.campaign_id, keys.approver, keys.second, progress, first_key=keys.first
        )
    message = _("✓ {campaign}: revision {revision} approved by {person}")
    click.echo(
        message.format(
            campaign=revision.campaign_id, revision=revision.revision, person=keys.approver
        )
    )


def refuse_calm(app: App, campaign_id: str) -> None:
    """Raise LoaError for two keys where there is no emergency: it is previewed and approved."""
    if app.office.newest(campaign_id).campaign.priority is not Priority.EMERGENCY:
        message = _("{campaign} is no emergency: it is approved by loa approve, without --with")
        raise LoaError(message.format(campaign=campaign_id))


def _refuse_second(second: str | None) -> None:
    if second is not None:
        raise click.UsageError(_("--with is a commune's: a province approves by loa approve"))
