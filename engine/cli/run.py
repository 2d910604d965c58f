"""``loa run``: the embedded runtime with its progress on the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from engine.app import App
from engine.cli.bars import TROUBLE, Bars, progress_bars
from engine.cli.common import open_workspace, workspace_option
from engine.cli.idle import idle_line, standing_line
from engine.cli.province import in_province
from engine.cli.services import listen_option
from engine.cli.stopping import stopped_by_signals
from engine.clock import local
from engine.i18n import gettext as _
from engine.states import HANDED_OVER
from workers.embedded import EmbeddedRuntime, Ended


def commands() -> list[click.Command]:
    return [run()]


def run() -> click.Command:
    @click.command("run")
    @click.option("--watch", is_flag=True, help=_("Go on until stopped (Ctrl-C)."))
    @listen_option
    @workspace_option
    def command(watch: bool, listen: str | None, workspace: Path | None) -> int:
        if in_province(workspace):
            from engine.cli.province_run import run_province

            if listen:
                message = _("--listen is for loa scheduler and loa worker here")
                raise click.UsageError(message)
            return run_province(workspace, watch=watch)
        if watch:
            from engine.cli.watching import run_as_service  # what it needs, a short run does not

            return run_as_service(workspace, listen)
        if listen:
            raise click.UsageError(_("--listen belongs to --watch"))
        with open_workspace(workspace) as app:
            before = delivered(app)
            ended = run_with_progress(app)
            return say_how_it_ended(app, ended, before)

    return command


def run_with_progress(
    app: App,
    *,
    watch: bool = False,
    until: datetime | None = None,
    on_turn: Callable[[], None] = lambda: None,
) -> Ended:
    """Run the workspace with a bar for each channel. Raises LoaError.

    ``until``: a simulated clock goes no further.
    """
    runtime = EmbeddedRuntime(app)

    with stopped_by_signals(runtime.stop), progress_bars() as progress:
        bars = Bars(app, progress)

        def turn() -> None:
            on_turn()
            bars.refresh()

        ended = runtime.run(watch=watch, until=until, on_progress=turn)
        bars.draw()
        return ended


def delivered(app: App) -> int:
    """Return how many deliveries have been sent so far, also what was amended since."""
    counts = app.ledger.views.counts(replaced=True)
    return sum(n for (_name, state), n in counts.items() if state in HANDED_OVER)


def say_how_it_ended(app: App, ended: Ended, before: int = 0) -> int:
    """Print what this run sent and what comes next; return 1 when something needs a person.

    ``before`` is how many deliveries had been sent when it began.
    """
    counts = app.ledger.views.counts()
    trouble = sum(n for (_name, state), n in counts.items() if state in TROUBLE)
    sent = delivered(app)
    click.echo(
        _("{now} deliveries sent in this run; {sent} so far").format(now=sent - before, sent=sent)
    )
    idle = sent == before and ended.next_moment is None
    line = idle_line(app.ledger.revisions, app.workspace) if idle else None
    for said in (line, standing_line(app.clock) if idle else None):
        if said:
            click.echo(said)
    if trouble:
        click.echo(_("{count} deliveries need a person: loa status").format(count=trouble))
    if ended.next_moment is not None:
        shown = f"{local(ended.next_moment):%H:%M %d/%m/%Y}"
        click.echo(_("next work at {moment}").format(moment=shown))
    return 1 if trouble else 0
