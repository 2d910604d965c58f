"""``loa run``: the embedded runtime with its progress on the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from engine.app import App
from engine.cli.common import open_workspace, workspace_option
from engine.cli.province import in_province
from engine.cli.services import listen_option
from engine.cli.stopping import stopped_by_signals
from engine.clock import local
from engine.i18n import gettext as _
from engine.models.wording import channel_name
from engine.states import DELIVERED, SETTLED, State
from workers.embedded import EmbeddedRuntime, Ended

#: What a person must look at.
_TROUBLE = (State.FAILED, State.UNCERTAIN)


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
    app: App, *, watch: bool = False, on_turn: Callable[[], None] = lambda: None
) -> Ended:
    """Run the workspace with a bar for each channel. Raises LoaError."""
    runtime = EmbeddedRuntime(app)

    progress = Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[words]}"),
        console=Console(stderr=True),
    )
    with stopped_by_signals(runtime.stop), progress:
        bars = _Bars(app, progress)

        def turn() -> None:
            on_turn()
            bars.refresh()

        return runtime.run(watch=watch, on_progress=turn)


class _Bars:
    """One bar per channel: deliveries settled out of all that count."""

    def __init__(self, app: App, progress: Progress) -> None:
        self._app = app
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def refresh(self) -> None:
        counts = self._app.ledger.views.counts()
        for channel in self._app.channels:
            states = {state: n for (name, state), n in counts.items() if name == channel}
            if not states:
                continue
            if channel not in self._tasks:
                self._tasks[channel] = self._progress.add_task(channel_name(channel), words="")
            done = sum(n for state, n in states.items() if state in SETTLED)
            self._progress.update(
                self._tasks[channel],
                completed=done,
                total=sum(states.values()),
                words=_words(states),
            )


def _words(states: dict[State, int]) -> str:
    sent = sum(n for state, n in states.items() if state in DELIVERED)
    trouble = sum(n for state, n in states.items() if state in _TROUBLE)
    words = _("{sent} sent").format(sent=sent)
    return words + (" · " + _("{count} need a person").format(count=trouble) if trouble else "")


def delivered(app: App) -> int:
    """Return how many deliveries have been sent so far."""
    counts = app.ledger.views.counts()
    return sum(n for (_name, state), n in counts.items() if state in DELIVERED)


def say_how_it_ended(app: App, ended: Ended, before: int = 0) -> int:
    """Print what this run sent and what comes next; return 1 when something needs a person.

    ``before`` is how many deliveries had been sent when it began.
    """
    counts = app.ledger.views.counts()
    trouble = sum(n for (_name, state), n in counts.items() if state in _TROUBLE)
    sent = delivered(app)
    click.echo(
        _("{now} deliveries sent in this run; {sent} so far").format(now=sent - before, sent=sent)
    )
    if trouble:
        click.echo(_("{count} deliveries need a person: loa status").format(count=trouble))
    if ended.next_moment is not None:
        shown = f"{local(ended.next_moment):%H:%M %d/%m/%Y}"
        click.echo(_("next work at {moment}").format(moment=shown))
    return 1 if trouble else 0
