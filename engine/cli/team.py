"""Commands about visits: private lists, sheets to print, links, and results from paper."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from channels.team.options import TeamOptions
from engine.app import App
from engine.cli.commands import Suggesting
from engine.cli.common import (
    by_option,
    commune_option,
    open_workspace,
    shown_path,
    workspace_option,
)
from engine.cli.words import translate_placeholders
from engine.clock import local
from engine.dispatch.private_lists import import_list
from engine.dispatch.visiting import MoreThanPlannedError, Visiting
from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models import Person, Registry, Right
from engine.models.visit import Visits
from engine.planner.people import People
from engine.reports.visits import progress_lines, progress_of


def commands() -> list[click.Command]:
    """Return the commands of this module, built in the reader's language."""
    group = Suggesting("team", subcommand_metavar=_("COMMAND [ARGS]..."))
    lists = Suggesting("list", subcommand_metavar=_("COMMAND [ARGS]..."))
    lists.help = _("The private list of a campaign: import it.")
    translate_placeholders(lists)
    for command in (_import(),):
        translate_placeholders(command)
        lists.add_command(command)
    group.add_command(lists)
    for command in (_show(), _sheet(), _links(), _revoke(), _result()):
        translate_placeholders(command)
        group.add_command(command)
    return [group]


def _import() -> click.Command:
    @click.command(
        "import",
        help=_("Import a private list for campaign ID (CSV, XLSX), in place of the earlier one."),
    )
    @click.argument("campaign_id", metavar="ID")
    @click.argument(
        "file",
        metavar="[FILE]",
        required=False,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
    )
    @click.option("--remove", is_flag=True, help=_("Remove FILE once its data are in the ledger."))
    @by_option
    @commune_option
    @workspace_option
    def command(
        campaign_id: str, file: Path | None, remove: bool, by: str, workspace: Path | None
    ) -> int:
        with open_workspace(workspace, acting=True) as app:
            person = app.office.person(by)
            revision = app.office.newest(campaign_id)
            source = file or _named_list(app, campaign_id)
            found = import_list(
                app.ledger,
                app.registry,
                campaign_id,
                source,
                ends_at=revision.campaign.valid_until,
                by=person.id,
                now=app.clock.now(),
                boundary=app.house.boundary,
            )
            done = _("✓ {campaign}: {count} households for {teams} teams, sealed in the ledger")
            if not found.new:
                done = _("✓ {campaign}: the same {count} households as before, nothing changed")
            click.echo(done.format(campaign=campaign_id, count=found.households, teams=found.teams))
            days = app.settings.privacy.list_days
            goes = revision.campaign.valid_until + timedelta(days=days)
            click.echo(_("  removed by itself after {day:%d/%m/%Y}").format(day=local(goes)))
            if remove:
                source.unlink()
                click.echo(_("  {file} was removed").format(file=shown_path(source)))
            else:
                message = _("⚠ {file} still holds these data for anybody to read: remove it")
                click.echo(message.format(file=shown_path(source)), err=True)
            for team in Visiting(app.ledger, app.registry).told_otherwise(campaign_id):
                message = _("  {team} has a sheet from before the list: loa team sheet {id}")
                click.echo(message.format(team=team, id=campaign_id))
        return 0

    return command


def _show() -> click.Command:
    @click.command("show", help=_("Show who goes where for campaign ID, and what came of it."))
    @click.argument("campaign_id", metavar="ID")
    @commune_option
    @workspace_option
    def command(campaign_id: str, workspace: Path | None) -> int:
        with open_workspace(workspace) as app:
            app.office.newest(campaign_id)
            goings = Visiting(app.ledger, app.registry).goings(campaign_id)
            for line in progress_lines(progress_of(goings, app.registry)):
                click.echo(line)
        return 0

    return command


def _sheet() -> click.Command:
    @click.command("sheet", help=_("Make a team's visit sheet for campaign ID as PDF, now."))
    @click.argument("campaign_id", metavar="ID")
    @click.option("--team", required=True, metavar=_("TEAM"), help=_("Whose sheet."))
    @click.option(
        "-o",
        "--output",
        required=True,
        metavar=_("FILE"),
        type=click.Path(dir_okay=False, path_type=Path),
        help=_("Where to write it."),
    )
    @click.option("--list", "listed", is_flag=True, help=_("With the private list; on record."))
    @by_option
    @commune_option
    @workspace_option
    def command(
        campaign_id: str, team: str, output: Path, listed: bool, by: str, workspace: Path | None
    ) -> int:
        with open_workspace(workspace, acting=True) as app:
            person = app.office.person(by) if not listed else _may_see(app, by)
            app.office.newest(campaign_id)
            visiting = Visiting(app.ledger, app.registry)
            _known_team(app.registry, team)
            address = app.house.visit_address(app.ledger, campaign_id, team)
            visiting.sheet(campaign_id, team, address)  # refused before anything is shown
            rows = []
            if listed:
                how = _("printed by loa team sheet")
                rows = visiting.listed(campaign_id, team, app.clock.now(), by=person.id, how=how)
                if not rows:
                    message = _("{campaign}: {team} has no private list")
                    raise LoaError(message.format(campaign=campaign_id, team=team))
            write_atomic(output, visiting.sheet(campaign_id, team, address, listed=rows))
            click.echo(f"  {shown_path(output)}")
            if rows:
                message = _("⚠ {file} holds personal data: print it, then remove it")
                click.echo(message.format(file=shown_path(output)), err=True)
        return 0

    return command


def _links() -> click.Command:
    @click.command("links", help=_("List every team's own link for campaign ID, made if missing."))
    @click.argument("campaign_id", metavar="ID")
    @commune_option
    @workspace_option
    def command(campaign_id: str, workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            app.office.newest(campaign_id)
            console = app.settings.console
            base = console.public_url or f"http://{console.listen}"
            names = {team.id: team.name for team in app.registry.teams}
            life = timedelta(days=console.link_days)
            visiting = Visiting(app.ledger, app.registry)
            for link in visiting.links(campaign_id, app.clock.now(), life):
                click.echo(f"{names.get(link.team_id, link.team_id)} ({link.team_id})")
                click.echo(f"  {base}/t/{app.ledger.visits.token(link)}")
                click.echo(_("  until {moment}").format(moment=f"{local(link.until):%d/%m/%Y}"))
            if not console.public_url:
                message = _(
                    "⚠ [console] public_url is not set: these links open only where {listen} does"
                )
                click.echo(message.format(listen=console.listen), err=True)
        return 0

    return command


def _revoke() -> click.Command:
    @click.command("revoke", help=_("End a team's link for campaign ID: lost, or in wrong hands."))
    @click.argument("campaign_id", metavar="ID")
    @click.option("--team", required=True, metavar=_("TEAM"), help=_("Whose link."))
    @by_option
    @commune_option
    @workspace_option
    def command(campaign_id: str, team: str, by: str, workspace: Path | None) -> int:
        with open_workspace(workspace, acting=True) as app:
            app.office.newest(campaign_id)
            person = app.office.entitled(by)
            now = app.clock.now()
            if not app.ledger.visits.revoke(campaign_id, team, at=now, by=person.id):
                message = _("{campaign}: {team} has no open link")
                raise LoaError(message.format(campaign=campaign_id, team=team))
            message = _("✓ the link opens nothing any more; a new one: loa team links {id}")
            click.echo(message.format(id=campaign_id))
        return 0

    return command


def _result() -> click.Command:
    @click.command(
        "result", help=_("Enter what a team brought back on paper, counted from the beginning.")
    )
    @click.argument("campaign_id", metavar="ID")
    @click.option("--team", required=True, metavar=_("TEAM"), help=_("Which team."))
    @click.option("--hamlet", required=True, metavar=_("HAMLET"), help=_("Where."))
    @click.option("--visited", type=click.IntRange(0), default=0, help=_("Households met."))
    @click.option("--absent", type=click.IntRange(0), default=0, help=_("Nobody at home."))
    @click.option("--refused", type=click.IntRange(0), default=0, help=_("Did not want to."))
    @click.option("--needs-help", type=click.IntRange(0), default=0, help=_("Of these, need help."))
    @click.option("--note", default="", metavar=_("TEXT"), help=_("Who needs what; sealed."))
    @click.option("--more-than-planned", is_flag=True, help=_("The number is right; kept with it."))
    @by_option
    @commune_option
    @workspace_option
    def command(
        campaign_id: str,
        team: str,
        hamlet: str,
        visited: int,
        absent: int,
        refused: int,
        needs_help: int,
        note: str,
        more_than_planned: bool,
        by: str,
        workspace: Path | None,
    ) -> int:
        with open_workspace(workspace, acting=True) as app:
            app.office.newest(campaign_id)
            visits = Visits(visited, absent, refused, needs_help)
            visiting, now = Visiting(app.ledger, app.registry), app.clock.now()
            sure = visits.tried if more_than_planned else None
            try:
                new = visiting.report(
                    campaign_id, team, hamlet, by, visits, now, note=note, sure_of=sure
                )
            except MoreThanPlannedError as error:
                message = _("{error} If the number is right: --more-than-planned")
                raise LoaError(message.format(error=error)) from None
            click.echo(_("✓ kept") if new else _("✓ nothing new: it was said before"))
        return 0

    return command


def _may_see(app: App, by: str) -> Person:
    """Return who may see private lists. Raises LoaError for anybody else."""
    return People(app.registry.people, app.ledger.credentials).with_right(by, Right.CONFIRM)


def _known_team(registry: Registry, team: str) -> None:
    known = [one.id for one in registry.teams]
    if team not in known:
        message = _('no team "{team}" (there are: {known})')
        raise LoaError(message.format(team=team, known=", ".join(known) or "–"))


def _named_list(app: App, campaign_id: str) -> Path:
    """Return the file that a campaign names for its private list. Raises LoaError."""
    revision = app.office.newest(campaign_id)
    section = revision.campaign.sections.get("team")
    options = section.options if section is not None else None
    name = options.list if isinstance(options, TeamOptions) else ""
    if not name:
        message = _("{campaign} names no private list (channels.team.list): give FILE")
        raise LoaError(message.format(campaign=campaign_id))
    path = app.workspace / "campaigns" / name
    if not path.is_file():
        raise LoaError(_("{path}: there is no such file").format(path=shown_path(path)))
    return path
