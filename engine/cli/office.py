"""Commands of the office: passphrases, submitting, previewing, approving, cancelling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from channels.loudspeaker.proof.wording import figures_in_words
from engine.app import App, preview
from engine.app.previewing import STEPS
from engine.cli import province_office
from engine.cli.cancelled import cancelled_line
from engine.cli.common import (
    by_option,
    commune_option,
    open_workspace,
    passphrase,
    said_commune,
    shown_path,
    workspace_option,
)
from engine.cli.correcting import bulletin_lines
from engine.cli.planned import doubt_lines
from engine.cli.progress import shown_progress
from engine.cli.province import in_province
from engine.cli.wrapping import marked_lines
from engine.clock import local
from engine.dispatch.preview import Previewed
from engine.i18n import gettext as _
from engine.models import Plan
from engine.models.wording import breach_line, channel_name
from engine.planner.effects import Effect, effects_of
from engine.planner.office import Submitted


def commands() -> list[click.Command]:
    return [set_passphrase(), submit(), show_preview(), approve(), cancel()]


def set_passphrase() -> click.Command:
    @click.command("passphrase")
    @click.argument("person")
    @commune_option
    @workspace_option
    def command(person: str, workspace: Path | None) -> None:
        if in_province(workspace):
            province_office.set_passphrase(person, workspace)
            return
        with open_workspace(workspace, acting=True) as app:
            app.office.entitled(person)
            old = None
            if app.ledger.credentials.get(person) is not None:
                old = passphrase(_("Old passphrase"), variable="LOA_OLD_PASSPHRASE")
            new = passphrase(_("New passphrase"), confirm=True)
            app.office.set_passphrase(person, new, old)
            click.echo(_("✓ passphrase of {person} is set").format(person=person))

    return command


def submit() -> click.Command:
    @click.command("submit")
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option(
        "--leave-out",
        is_flag=True,
        help=_("A province's: send it to the other communes where some one's rules forbid it."),
    )
    @by_option
    @commune_option
    @workspace_option
    def command(file: Path, leave_out: bool, by: str, workspace: Path | None) -> None:
        if in_province(workspace, file):
            province_office.submit(file, by, workspace, leave_out=leave_out)
            return
        if leave_out:
            raise click.UsageError(_("--leave-out is for a province's campaign"))
        with open_workspace(workspace, file, acting=True) as app:
            done = app.office.submit(file.resolve(), by)
            revision = done.revision
            click.echo(
                _("✓ {campaign}: revision {revision} waits for approval").format(
                    campaign=revision.campaign_id, revision=revision.revision
                )
            )
            _say_waived(done.plan)
            _say_doubts(done.plan.doubts)
            _say_update(app, done)
            if done.unproved:
                click.echo(f"  ✗ {done.unproved}")
            click.echo(_("  content {hash}").format(hash=revision.content_hash[:16]))
            name = revision.campaign_id + said_commune()
            click.echo(_("  look at it: loa preview {id}").format(id=name))
            click.echo(_("  approve it: loa approve {id} --by PERSON").format(id=name))

    return command


def show_preview() -> click.Command:
    @click.command("preview")
    @click.argument("campaign_id", metavar="ID")
    @commune_option
    @workspace_option
    def command(campaign_id: str, workspace: Path | None) -> int:
        with open_workspace(workspace) as app:
            shown = preview(app, campaign_id)
            faults = sum(bool(one.fault) for one in (*shown.bundles, *shown.steps))
            for one in shown.bundles:
                click.echo("\n".join(_previewed(one)))
            if shown.steps:
                click.echo(_("Where nobody says that it was passed on:"))
            for one in shown.steps:
                click.echo("\n".join(_previewed(one, STEPS)))
            _say_doubts(shown.doubts)
            for breach in shown.breaches:
                click.echo(f"  {'!' if breach.waived else '✗'} {breach_line(breach)}")
            click.echo(
                _("{campaign} revision {revision}, content {hash}: {folder}").format(
                    campaign=campaign_id,
                    revision=shown.revision.revision,
                    hash=shown.revision.content_hash[:16],
                    folder=shown_path(shown.folder),
                )
            )
        return 1 if faults else 0

    return command


def _previewed(one: Previewed, folder: str = "") -> Iterator[str]:
    """Yield what a bundle of a preview is, and where it lies or why it could not be made."""
    slot = f"{local(one.slot):%H:%M %d/%m/%Y}"
    yield f"  {slot}  {channel_name(one.channel):<16}  {one.target}"
    place = "/".join(filter(None, (folder, one.reference)))
    yield f"      ✗ {one.fault}" if one.fault else f"      {place}"
    for proof in one.proofs:
        yield _("      ✓ heard by machine: {figures}").format(figures=figures_in_words(proof))
    yield from (f"      ⚠ {remark}" for remark in one.remarks)


def approve() -> click.Command:
    @click.command("approve")
    @click.argument("campaign_id", metavar="ID")
    @by_option
    @commune_option
    @workspace_option
    def command(campaign_id: str, by: str, workspace: Path | None) -> None:
        if in_province(workspace):
            province_office.approve(campaign_id, by, workspace)
            return
        with open_workspace(workspace, acting=True) as app:
            app.office.waiting(campaign_id)
            secret = passphrase(_("Passphrase of {person}").format(person=by))
            with shown_progress(_("listening to what will be heard")) as progress:
                done = app.office.approve(campaign_id, by, secret, progress)
            click.echo(
                _("✓ {campaign}: revision {revision} approved by {person}").format(
                    campaign=campaign_id, revision=done.revision.revision, person=by
                )
            )
            _say_waived(done.plan)
            _say_next(app)

    return command


def cancel() -> click.Command:
    @click.command("cancel")
    @click.argument("campaign_id", metavar="ID")
    @click.option("--reason", required=True, help=_("Why; kept in the audit trail."))
    @by_option
    @commune_option
    @workspace_option
    def command(campaign_id: str, reason: str, by: str, workspace: Path | None) -> None:
        if in_province(workspace):
            province_office.cancel(campaign_id, by, reason, workspace)
            return
        with open_workspace(workspace, acting=True) as app:
            newest = app.office.newest(campaign_id)
            stopped = app.office.cancel(campaign_id, by, reason)
            click.echo(cancelled_line(newest, stopped))

    return command


def _say_update(app: App, done: Submitted) -> None:
    """Say that people know the earlier text already, and what to do if that was wrong."""
    known = app.office.known(done.revision.campaign_id)
    effects = effects_of(done.plan, known, app.registry)
    amended = {
        one.hamlet_id for one in effects if one.effect in (Effect.CORRECTED, Effect.WITHDRAWN)
    }
    if amended:
        message = _(
            "  ⚠ {count} hamlets have the earlier text: they are told that this is an update."
            " If the earlier text was wrong: loa correct {campaign} FILE --reason WHY --by PERSON"
        )
        click.echo(message.format(count=len(amended), campaign=done.revision.campaign_id))
        for line in bulletin_lines(app, done.revision.campaign_id):
            click.echo(f"  {line}")


def _say_waived(plan: Plan) -> None:
    for breach in plan.breaches:
        for line in marked_lines("!", breach_line(breach)):
            click.echo(line)


def _say_doubts(found: Sequence[str]) -> None:
    if found:
        for line in doubt_lines(found):
            click.echo(f"  {line}")


def _say_next(app: App) -> None:
    moment = app.ledger.bundles.next_moment(rehearse=app.rehearsing)
    if moment is not None:
        words = _("  work starts at {moment}: loa run")
        if app.settings.queue.url:
            words = _("  work starts at {moment}, by loa scheduler and loa worker")
        shown = f"{local(max(moment, app.clock.now())):%H:%M %d/%m/%Y}"
        click.echo(words.format(moment=shown))
