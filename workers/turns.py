"""Who may run a workspace: one ``loa run`` alone, or any number of workers and schedulers."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.app import Communes
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.watched_clock import WatchedClock


@contextmanager
def only_one(workspace: Path) -> Iterator[None]:
    """Hold the workspace alone. The lock dies with the process, however it dies.

    Raises LoaError when another process runs the workspace.
    """
    message = _("{workspace}: another `loa run`, `loa worker` or `loa scheduler` is at work here")
    with _locked(workspace, fcntl.LOCK_EX, message):
        yield


@contextmanager
def shared(communes: Communes) -> Iterator[None]:
    """Share the workspace with other workers and schedulers.

    Raises LoaError when a `loa run` of this machine has it, which believes that it is alone,
    or when the clock is a simulated one, which stands still in each process. A machine's clock
    is watched while they work.
    """
    if communes.clock.simulated:
        raise LoaError(_("a simulated clock works in one process only: use `loa run`"))
    if not isinstance(communes.clock, WatchedClock):
        communes.check_clock()
    message = _("{workspace}: `loa run` is at work here; stop it before starting workers")
    with _locked(communes.workspace, fcntl.LOCK_SH, message):
        yield


@contextmanager
def _locked(workspace: Path, kind: int, message: str) -> Iterator[None]:
    with (workspace / ".loa-run.lock").open("w") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LoaError(message.format(workspace=workspace)) from None
        yield
