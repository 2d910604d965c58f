"""Commands that tell who got what, and take people's word for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path

import click
from rich.console import Console

from channels.flyer.products import Product
from engine.app import OPTIONS
from engine.cli import province_office
from engine.cli.common import (
    by_option,
    commune_option,
    open_workspace,
    report_of,
    workspace_option,
)
from engine.cli.days import read_day
from engine.cli.deciding import check_places
from engine.cli.province import in_province
from engine.cli.trail import event_line
from engine.dispatch.confirming import Word
from engine.dispatch.confirming import confirm as take_word
from engine.dispatch.viewing import PORTAL, Views, keep_views
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow, Which, status_word
from engine.models.wording import channel_name, state_name
from engine.reports.amended import AmendedPlace, Has, amended_hamlets, amends_words
from engine.reports.escalation import NOBODY, TOLD, StepLine
from engine.reports.remarks import Remarked
from engine.reports.report import Report
from engine.reports.screen import overview, overview_table, status_table
from engine.reports.visits import progress_lines
from engine.rules.escalation import Outlook
from engine.states import State

#: The channel of which people may say that they heard it.
LOUDSPEAKER = "loudspeaker"

#: Hamlets named with one reason; of more it says only that there are.
MOST_NAMED = 10


def commands() -> list[click.Command]:
    return [show_status(), confirm(), events()]


def status_lines(report: Report) -> Iterator[str]:
    """Yield what stands above the matrix: which revision, where it stands, what waits."""
    facts = report.facts
    over = facts.valid_until < report.made_at
    yield _("{campaign}: revision {revision}, {status}").format(
        campaign=facts.campaign_id,
        revision=facts.revision,
        status=status_word(facts.status, over=over),
    )
    if facts.drill:
        yield _("A drill: nothing of it counts as a real alert.")
    if facts.all_clear:
        yield _("All-clear of {alert}.").format(alert=facts.all_clear)
    if facts.two_keys:
        yield _("Approved with two keys: {first} and {second}.").format(
            first=facts.submitted_by, second=facts.approved_by
        )
    if facts.amends:
        yield facts.amends
    if facts.waiting_revision is not None:
        yield _("Revision {number} waits for approval.").format(number=facts.waiting_revision)


def trouble_lines(rows: Sequence[DeliveryRow]) -> Iterator[str]:
    """Yield why deliveries failed, were not played or are in doubt: a line for each reason."""
    found: dict[tuple[str, State, str], dict[str, None]] = {}
    for row in rows:
        if row.state in (State.FAILED, State.UNCERTAIN, State.NOT_PLAYED):
            hamlets = found.setdefault((row.channel, row.state, row.reason), {})
            hamlets[row.hamlet_id] = None
    for (channel, state, reason), hamlets in found.items():
        yield f"{channel_name(channel)}, {_named(hamlets)}: {state_name(state)}: {reason or '—'}"


def amended_lines(places: Sequence[AmendedPlace]) -> Iterator[str]:
    """Yield who knew the earlier text, how far the correction has come, and where it has not."""
    if not places:
        return
    hamlets = amended_hamlets(places)
    message = _(
        "{told} places knew the earlier text: {what} sent to {sent}, confirmed by {confirmed}, "
        "not yet {left}"
    )
    yield message.format(
        told=len(places),
        what=amends_words(places),
        sent=sum(one.sent for one in hamlets),
        confirmed=sum(one.confirmed for one in hamlets),
        left=sum(one.left for one in hamlets),
    )
    for one in hamlets[:MOST_NAMED]:
        words = _("  {hamlet}: told {told}, sent {sent}, confirmed {confirmed}, not yet {left}")
        yield words.format(
            hamlet=one.hamlet, told=one.told, sent=one.sent, confirmed=one.confirmed, left=one.left
        )
    yield from _and_more(len(hamlets))
    without = [one for one in places if not one.has.left]
    for place in without[:MOST_NAMED]:
        yield f"{'✗' if place.has is Has.MISSING else '○'} {place.line}"
    yield from _and_more(len(without))


def _and_more(count: int) -> Iterator[str]:
    if count > MOST_NAMED:
        yield _("and {count} more").format(count=count - MOST_NAMED)


def escalation_lines(steps: Sequence[StepLine]) -> Iterator[str]:
    """Yield what was done where it was not passed on, and the next step of each hamlet."""
    for _hamlet, ours in groupby(
        (one for one in steps if one.act != TOLD), key=lambda one: one.hamlet_id
    ):
        lines = list(ours)
        done = [one for one in lines if one.state in (State.SENT, State.CONFIRMED)]
        to_come = [one for one in lines if one.state in (State.PLANNED, Outlook.WAITS)]
        stuck = [one for one in lines if one.state in (NOBODY, State.FAILED, State.EXPIRED)]
        for one in (*done, *stuck, *to_come[:1]):
            yield f"{one.hamlet}: {one.words}"


def remark_lines(remarks: Sequence[Remarked]) -> Iterator[str]:
    """Yield what was made otherwise than chosen: a line for each remark on each channel."""
    for one in remarks:
        yield f"⚠ {channel_name(one.channel)}, {_named(one.hamlets)}: {one.text}"


def _named(hamlets: Collection[str]) -> str:
    named = ", ".join(islice(hamlets, MOST_NAMED))
    if len(hamlets) <= MOST_NAMED:
        return named
    message = _("{named} and {count} more hamlets")
    return message.format(named=named, count=len(hamlets) - MOST_NAMED)


def show_status() -> click.Command:
    @click.command("status")
    @click.argument("campaign_id", metavar="[ID]", required=False)
    @commune_option
    @workspace_option
    def command(campaign_id: str | None, workspace: Path | None) -> None:
        if in_province(workspace):
            province_office.show_status(campaign_id, workspace)
            return
        with open_workspace(workspace) as app:
            console = Console()
            if campaign_id is None:
                console.print(overview_table(overview(app.ledger, app.clock.now())))
            else:
                built = report_of(app, campaign_id)
                click.echo("\n".join(status_lines(built)))
                console.print(status_table(built.matrix))
                rows = app.ledger.views.deliveries(campaign_id)
                amended = amended_lines(built.amended)
                visits = progress_lines(built.visits)
                for line in (*amended, *visits, *trouble_lines(rows), *remark_lines(built.remarks)):
                    click.echo(line)
                for text in built.not_passed_on:
                    click.echo(f"⚠ {text}")
                for text in escalation_lines(built.escalation):
                    click.echo(text)
                if built.by_ear:
                    click.echo(f"👂 {built.by_ear}")

    return command


def confirm() -> click.Command:
    @click.command("confirm")
    @click.argument("campaign_id", metavar="[ID]", required=False)
    @click.option("--hamlet", help=_("The hamlet's id."))
    @click.option("--scan", metavar=_("CODE"), help=_("What the code on a cover sheet says."))
    @click.option("--left", type=click.IntRange(min=0), help=_("Printed copies left over."))
    @click.option("--short", type=click.IntRange(min=1), help=_("Printed copies that lacked."))
    @click.option("--channel", type=click.Choice(sorted(OPTIONS)))
    @click.option("--product", type=click.Choice([one.value for one in Product]))
    @click.option("--heard", is_flag=True, help=_("By ear, from the loudspeakers there."))
    @click.option("--households", type=click.IntRange(min=0), help=_("How many households."))
    @click.option("--views", type=click.IntRange(min=0), help=_("How often the page was opened."))
    @click.option("--received", is_flag=True, help=_("The head got it; no word of households."))
    @click.option("--target", help=_("One group or cluster only."))
    @click.option("--day", metavar=_("DAY"), help=_("Only what aired or left on this day."))
    @click.option("--note", default="", help=_("How it is known."))
    @by_option
    @commune_option
    @workspace_option
    def command(
        campaign_id: str | None,
        hamlet: str | None,
        scan: str | None,
        left: int | None,
        short: int | None,
        channel: str | None,
        product: str | None,
        heard: bool,
        households: int | None,
        views: int | None,
        received: bool,
        target: str | None,
        day: str | None,
        note: str,
        by: str,
        workspace: Path | None,
    ) -> None:
        if left is not None and short is not None:
            raise LoaError(_("give --left or --short, not both"))
        left_over = -short if short is not None else left
        if scan is not None:
            take_scan(workspace, scan, by, left_over)
            return
        if views is not None and campaign_id is not None:
            if channel not in (None, PORTAL) or households is not None:
                raise LoaError(_("--views is about the portal's page, and says no households"))
            take_views(workspace, Views(campaign_id, views, by, hamlet, note))
            return
        if campaign_id is None or hamlet is None:
            context = click.get_current_context()
            name = "campaign_id" if campaign_id is None else "hamlet"
            lacking = next(one for one in context.command.params if one.name == name)
            raise click.MissingParameter(ctx=context, param=lacking)
        if left_over is not None and channel != "flyer":
            raise LoaError(_("--left and --short are about paper: --channel flyer"))
        if product is not None and channel != "flyer":
            raise LoaError(_("--product is about paper: --channel flyer"))
        if heard and channel not in (None, LOUDSPEAKER):
            message = _("--heard is about the loudspeakers; found --channel {channel}")
            raise LoaError(message.format(channel=channel))
        channel = LOUDSPEAKER if heard else channel
        if channel is None:
            context = click.get_current_context()
            missing = next(one for one in context.command.params if one.name == "channel")
            raise click.MissingParameter(ctx=context, param=missing)
        word = Word(
            campaign_id,
            hamlet,
            channel,
            by,
            households,
            received,
            target,
            note,
            read_day(day) if day else None,
            left_over,
        )
        with open_workspace(workspace, acting=True) as app:
            check_places(app, Which(campaign_id, target=target))
            if product is not None or left_over is not None:
                from engine.app.handing_out import told_of_paper

                word = told_of_paper(app, word, Product(product) if product else None)
            count = take_word(app.ledger, app.registry, word, app.clock.now())
            click.echo(_("✓ evidence kept for {count} deliveries").format(count=count))

    return command


def take_scan(workspace: Path | None, code: str, by: str, left_over: int | None) -> None:
    """Keep what a cover sheet's code shows: its bundle was handed out."""
    from engine.app.handing_out import confirm_handout

    with open_workspace(workspace, acting=True) as app:
        count = confirm_handout(app, code, by, left_over)
        click.echo(_("✓ evidence kept for {count} deliveries").format(count=count))


def take_views(workspace: Path | None, views: Views) -> None:
    """Keep how often a campaign's page was opened, in one hamlet or for all of them."""
    with open_workspace(workspace, acting=True) as app:
        app.office.newest(views.campaign_id)
        count = keep_views(app.ledger, app.registry, views, app.clock.now())
        click.echo(_("✓ evidence kept for {count} deliveries").format(count=count))


def events() -> click.Command:
    @click.command("events")
    @click.argument("campaign_id", metavar="[ID]", required=False)
    @click.option("--last", type=click.IntRange(min=1), help=_("Only the newest N."), metavar="N")
    @commune_option
    @workspace_option
    def command(campaign_id: str | None, last: int | None, workspace: Path | None) -> None:
        if in_province(workspace):
            province_office.show_events(campaign_id, last, workspace)
            return
        with open_workspace(workspace) as app:
            if campaign_id is not None:
                app.office.newest(campaign_id)
            found = app.ledger.views.events(campaign_id)
            for event in found[-last:] if last else found:
                click.echo(event_line(event))

    return command
