"""Correcting what people were told, and withdrawing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from campaigns.schedule import parse_date
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
from engine.models import Campaign, Correction, Plan, Priority, Stated
from engine.models.correction import Document
from engine.models.wording import breach_line, channel_name
from engine.planner.alerts import Keys
from engine.planner.effects import Effect, PlaceEffect, count_of, effects_of
from engine.planner.known import Known
from engine.planner.office import Submitted


def commands() -> list[click.Command]:
    return [correct(), withdraw()]


def _amending_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what both of them ask: why, and what else is stated of it."""
    options = (
        click.option("--reason", required=True, help=_("Why; people read and hear it.")),
        click.option(
            "--reason-second", default="", help=_("The same in the flyer's second language.")
        ),
        click.option(
            "--without",
            multiple=True,
            metavar=_("CHANNEL:PART"),
            help=_("Leave a product out, as flyer:a6."),
        ),
        click.option("--plan", "only_plan", is_flag=True, help=_("Only show whom it would reach.")),
        second_option,
        by_option,
        commune_option,
        workspace_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


def correct() -> click.Command:
    @click.command("correct")
    @click.argument("campaign_id", metavar="ID")
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option(
        "--withdrawn-second",
        default="",
        help=_("In that language: it does not hold for hamlets left out."),
    )
    @_amending_options
    def command(
        campaign_id: str,
        file: Path,
        withdrawn_second: str,
        reason: str,
        reason_second: str,
        without: tuple[str, ...],
        only_plan: bool,
        second: str | None,
        by: str,
        workspace: Path | None,
    ) -> int:
        stated = Stated(reason_second, None, _parts(without), withdrawn_second)
        if in_province(workspace, file):
            _refuse_second(second)
            return province_amending.correct(
                campaign_id, file, by, reason, stated, workspace, only_plan=only_plan
            )
        with open_workspace(workspace, file, acting=not only_plan) as app:
            known = app.office.known(campaign_id)
            asked = (campaign_id, file.resolve(), by, reason, stated)
            if only_plan:
                return _show(app, known, *app.office.preview_correction(*asked))
            if second is not None:
                refuse_calm(app, campaign_id)
            keys = typed_keys(app, by, second)
            _say(app, done := app.office.correct(*asked), known)
            _approve_with(app, done, keys)
        return 0

    return command


def withdraw() -> click.Command:
    @click.command("withdraw")
    @click.argument("campaign_id", metavar="ID")
    @click.option("--number", default="", help=_("Its number, where it is an official document."))
    @click.option("--date", "dated", default=None, help=_("The day of that document."))
    @_amending_options
    def command(
        campaign_id: str,
        number: str,
        dated: str | None,
        reason: str,
        reason_second: str,
        without: tuple[str, ...],
        only_plan: bool,
        second: str | None,
        by: str,
        workspace: Path | None,
    ) -> int:
        stated = Stated(reason_second, _document(number, dated), _parts(without))
        if in_province(workspace):
            _refuse_second(second)
            return province_amending.withdraw(
                campaign_id, by, reason, stated, workspace, only_plan=only_plan
            )
        with open_workspace(workspace, acting=not only_plan) as app:
            known = app.office.known(campaign_id)
            asked = (campaign_id, by, reason, stated)
            if only_plan:
                return _show(app, known, *app.office.preview_withdrawal(*asked))
            if second is not None:
                refuse_calm(app, campaign_id)
            keys = typed_keys(app, by, second)
            _say(app, done := app.office.withdraw(*asked), known)
            _approve_with(app, done, keys)
        return 0

    return command


def _parts(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts to leave out; one option may name several, with commas between them."""
    return tuple(part.strip() for one in given for part in one.split(",") if part.strip())


def _document(number: str, dated: str | None) -> Document | None:
    """Return the document that a withdrawal is. Raises UsageError for a day that is none."""
    try:
        day = parse_date(dated) if dated is not None else None
    except ValueError as error:
        raise click.UsageError(f"--date: {error}") from error
    return Document(" ".join(number.split()), day) if number.strip() or day else None


def _show(app: App, known: Known, campaign: Campaign, plan: Plan) -> int:
    """Show what would become of each place; 1 when a rule stops it."""
    click.echo("\n".join(amendment_lines(app, plan, known, campaign.correction)))
    return 1 if plan.stops else 0


def amendment_lines(
    app: App, plan: Plan, known: Known, correction: Correction | None
) -> Iterator[str]:
    """Yield what an amendment says of itself, and what becomes of each hamlet and channel."""
    if correction is not None:
        yield from _openings(app, plan, correction)
        if correction.second:
            yield _("  in the second language: {text}").format(text=correction.second)
        if correction.second_withdrawn:
            message = _("  in the second language, where it does not hold any more: {text}")
            yield message.format(text=correction.second_withdrawn)
    effects = effects_of(plan, known, app.registry)
    names = {hamlet.id: hamlet.name for hamlet in app.registry.hamlets}
    for hamlet_id, ones in groupby(effects, key=lambda one: one.hamlet_id):
        yield ""
        yield names.get(hamlet_id, hamlet_id)
        yield from map(_effect_line, ones)
    yield ""
    counts = (f"{_summary(effect)} {count}" for effect, count in count_of(effects))
    yield _("places: {counts}").format(counts=", ".join(counts) or "–")
    if effects and all(one.effect is Effect.SAME for one in effects):
        yield _("nobody is told anything: everybody has these words already")
    yield from bulletin_lines(app, plan.campaign_id)
    if plan.doubts:
        yield from doubt_lines(plan.doubts)
    for breach in plan.breaches:
        yield f"  {'!' if breach.waived else '✗'} {breach_line(breach)}"


def _openings(app: App, plan: Plan, correction: Correction) -> Iterator[str]:
    """Yield what is amended, as it is told: not everybody knows the same of it.

    Where there is more than one way, each names its hamlets.
    """
    told: dict[tuple[str, str], set[str]] = {}
    for one in plan.deliveries:
        content = plan.contents[one.content_hash]
        facts = content.correction
        if facts is not None:
            said = facts.heading_for(content.purpose), facts.opening_for(content.purpose)
            told.setdefault(said, set()).add(one.hamlet_id)
    if not told:
        yield f"  {correction.heading}: {correction.opening}"
    for (heading, opening), hamlets in told.items():
        named = [hamlet.name for hamlet in app.registry.hamlets if hamlet.id in hamlets]
        where = f" ({', '.join(named)})" if len(told) > 1 else ""
        yield f"  {heading}{where}: {opening}"


def bulletin_lines(app: App, campaign_id: str) -> Iterator[str]:
    """Yield the bulletins that told a campaign: what is printed of them will not change."""
    made = app.ledger.bulletins.of(campaign_id)
    if not made:
        return
    from engine.reports.bulletin import command_of  # what makes paper loads when it is needed

    for one in made:
        message = _(
            "⚠ it stands in bulletin {bulletin} (made at {at}): once this is approved, make that "
            "again and replace the printed ones: {command}"
        )
        at = f"{local(one.at):%H:%M %d/%m/%Y}"
        command = command_of(one.bulletin)
        yield message.format(bulletin=one.bulletin, at=at, command=command)


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
