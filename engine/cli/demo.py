"""``loa demo``: the example commune's day, from YAML to proof, on a simulated clock."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console

from campaigns.workspace import EXAMPLE
from engine.app import App, open_app
from engine.app.station import day_of
from engine.cli import demo_correction, demo_visits
from engine.cli.common import report_of, shown_path, state_conditions
from engine.cli.demo_player import play_all, said_of
from engine.cli.run import run_with_progress, say_how_it_ended
from engine.cli.wrapping import marked_lines
from engine.clock import local
from engine.dispatch.confirming import Word, confirm
from engine.errors import LoaError
from engine.files import write_atomic
from engine.i18n import gettext as _
from engine.models.wording import breach_line
from engine.reports.leader.campaign import campaign_page
from engine.reports.screen import status_table
from engine.reports.station.picture import png
from engine.reports.station.table import day_table
from engine.reports.station.timeline import svg
from engine.reports.writing import write_report

#: The flood warning, an emergency, comes after the routine campaigns of the day.
EMERGENCY = "canh-bao-lu"

#: Who acts in the example commune (made-up people).
AUTHOR, APPROVER = "lan", "minh"


def commands() -> list[click.Command]:
    return [demo()]


def demo() -> click.Command:
    @click.command("demo")
    @click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
    def command(folder: Path | None) -> int:
        workspace = _copy_example(folder)
        with open_app(workspace) as app:
            begins = local(app.clock.now()).date()
            click.echo(_("Workspace: {folder}").format(folder=shown_path(workspace)))
            state_conditions(app)
            passphrase, heads = _approve_all(app), _Heads(app)
            run_with_progress(app, until=demo_correction.SEEN_AT, on_turn=heads.look)
            for line in demo_correction.correct(app, AUTHOR, APPROVER, passphrase):
                click.echo(line)
            ended = run_with_progress(app)
            outcome = say_how_it_ended(app, ended)
            heads.tell()
            click.echo(said_of(*play_all(app)))
            _show(app, begins)
        return outcome

    return command


def _copy_example(folder: Path | None) -> Path:
    """Copy the example workspace; an existing folder must be empty. Raises LoaError."""
    target = folder or Path(tempfile.mkdtemp(prefix="loa-demo-"))
    if target.exists() and any(target.iterdir()):
        raise LoaError(_("{folder}: the folder is not empty").format(folder=target))
    shutil.copytree(EXAMPLE, target, dirs_exist_ok=True)
    return target.resolve()


def _approve_all(app: App) -> str:
    """Submit and approve every example campaign, the emergency last, by two people.

    Returns the passphrase that the second of them was given.
    """
    passphrase = secrets.token_urlsafe(12)
    app.office.set_passphrase(APPROVER, passphrase, None)
    files = sorted((app.workspace / "campaigns").glob("*.yaml"))
    for file in sorted(files, key=lambda path: path.stem == EMERGENCY):
        submitted = app.office.submit(file, AUTHOR)
        campaign = submitted.revision.campaign_id
        done = app.office.approve(campaign, APPROVER, passphrase)
        click.echo(
            _(
                "✓ {campaign}: submitted by {author}, approved by {approver}, {count} deliveries"
            ).format(
                campaign=campaign,
                author=AUTHOR,
                approver=APPROVER,
                count=len(done.plan.deliveries),
            )
        )
        for breach in done.plan.breaches:
            for line in marked_lines("!", breach_line(breach)):
                click.echo(line)
    return passphrase


class _Heads:
    """All heads but the last relay the warning, so that somebody is left to be reached."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._at: datetime | None = None

    def look(self) -> None:
        """Relay it as soon as they have it."""
        app, now = self._app, self._app.clock.now()
        if self._at is not None or not app.ledger.escalations.steps(EMERGENCY):
            return
        self._at = now
        for hamlet in app.registry.hamlets[:-1]:
            assert hamlet.head is not None
            word = Word(
                campaign_id=EMERGENCY,
                hamlet_id=hamlet.id,
                channel="chat",
                by=hamlet.head,
                households=hamlet.households * 3 // 4,
                note=_("made up for the demonstration"),
            )
            confirm(app.ledger, app.registry, word, now)

    def tell(self) -> None:
        """Say what they did, and what was done about the one who did not."""
        if self._at is None:
            return
        words = _("{moment}: the heads relay the flood warning; one does not:")
        click.echo(words.format(moment=f"{local(self._at):%H:%M %d/%m/%Y}"))
        missing = self._app.registry.hamlets[-1].id
        for one in report_of(self._app, EMERGENCY).escalation:
            if one.hamlet_id == missing:
                click.echo(f"  {one.hamlet}: {one.when}  {one.what}")


def _show(app: App, day: date) -> None:
    """Show how the warning fared, what the loudspeakers played on ``day``, and where all is."""
    built = report_of(app, EMERGENCY)
    Console().print(status_table(built.matrix))
    page = campaign_page(app.ledger, built, app.clock.now())
    files = write_report(built, app.workspace / "reports" / EMERGENCY, page)
    corrected = report_of(app, demo_correction.CAMPAIGN)
    files += write_report(corrected, app.workspace / "reports" / demo_correction.CAMPAIGN)[:1]
    for line in (*demo_correction.outcome(corrected), *demo_visits.visit(app)):
        click.echo(line)
    Console().print(day_table(day_of(app, day, cluster=app.registry.clusters[0].id)))
    picture = app.workspace / "reports" / f"station-{day}.png"
    write_atomic(picture, png(svg(day_of(app, day))))
    places = [
        (_("audio"), app.outbox / "loudspeaker"),
        (_("flyers"), app.outbox / "flyer"),
        (_("portal"), app.outbox / "portal" / "index.html"),
        (_("chat kits"), app.outbox / "chat"),
        (_("visit sheets"), app.outbox / "team"),
        (_("station's day"), picture),
        *((_("report"), file) for file in files),
    ]
    click.echo(_("Where to look:"))
    for name, place in places:
        click.echo(f"  {name:<14} {shown_path(place)}")
    click.echo(
        _("Go on from here: loa status -w {folder}").format(folder=shown_path(app.workspace))
    )
