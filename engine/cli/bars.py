"""What a run does while it runs: a bar for each channel."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from engine.app import App
from engine.i18n import gettext as _
from engine.models.wording import channel_name
from engine.states import DELIVERED, SETTLED, State

#: What a person must look at.
TROUBLE = (State.FAILED, State.UNCERTAIN)

#: A look at the ledger is followed by a rest of so many times as long as it took.
REST = 10


def progress_bars() -> Progress:
    return Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[words]}"),
        console=Console(stderr=True),
    )


class Bars:
    """One bar per channel: what this run has settled, out of that and what it has yet to do.

    What was sent before, and what is due after the run, is in none of them. Where the clock is
    simulated nothing is due after: it jumps to whatever comes.
    """

    def __init__(self, app: App, progress: Progress) -> None:
        self._app = app
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._before = self._states()
        self._rested_at = 0.0

    def refresh(self) -> None:
        """Draw anew, unless that would cost more than it is worth."""
        if time.monotonic() >= self._rested_at:
            self.draw()

    def draw(self) -> None:
        began = time.monotonic()
        states, left = self._states(), self._left()
        for channel in self._app.channels:
            done = {state: self._since(states, channel, state) for state in State}
            settled = max(0, sum(done[state] for state in SETTLED))
            total = settled + left.get(channel, 0)
            if not total:
                continue
            if channel not in self._tasks:
                self._tasks[channel] = self._progress.add_task(channel_name(channel), words="")
            words = _words(done)
            self._progress.update(self._tasks[channel], completed=settled, total=total, words=words)
        now = time.monotonic()
        self._rested_at = now + REST * (now - began)

    def _states(self) -> Mapping[tuple[str, State], int]:
        return self._app.ledger.views.counts()

    def _since(self, states: Mapping[tuple[str, State], int], channel: str, state: State) -> int:
        return states.get((channel, state), 0) - self._before.get((channel, state), 0)

    def _left(self) -> Mapping[str, int]:
        clock = self._app.clock
        until = None if clock.simulated else clock.now()
        return self._app.ledger.views.due(until, rehearse=self._app.rehearsing)


def _words(done: Mapping[State, int]) -> str:
    counted = Counter(done)
    sent = max(0, sum(counted[state] for state in DELIVERED))
    trouble = max(0, sum(counted[state] for state in TROUBLE))
    words = _("{sent} sent").format(sent=sent)
    return words + (" · " + _("{count} need a person").format(count=trouble) if trouble else "")
