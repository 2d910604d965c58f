"""Submits, approves and runs a workspace, and dies where it is told to.

``WORKSPACE [BOUNDARY N]``: without a boundary it finishes; with one it kills itself (SIGKILL)
the N-th time that boundary is passed. Run again, it goes on where the dead process left off.
The nursery forks it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from engine.app import App, open_app
from engine.ledger import Status
from support.commune import PASSPHRASE
from workers.embedded import EmbeddedRuntime

#: Printed when everything is open and the work begins.
OPEN = "open"


def main(arguments: Sequence[str]) -> None:
    workspace, *death = arguments
    fatal, left = (death[0], int(death[1])) if death else ("", 0)

    def boundary(name: str) -> None:
        nonlocal left
        if name == fatal:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    with open_app(Path(workspace), boundary=boundary) as app:
        print(OPEN, flush=True)
        _approve(app)
        EmbeddedRuntime(app).run()


def _approve(app: App) -> None:
    if app.ledger.credentials.get("minh") is None:
        app.office.set_passphrase("minh", PASSPHRASE, None)
    for file in sorted((app.workspace / "campaigns").glob("*.yaml")):
        latest = app.ledger.revisions.latest(file.stem)
        if latest is None:
            latest = app.office.submit(file, "lan").revision
        if latest.status is Status.SUBMITTED:
            app.office.approve(file.stem, "minh", PASSPHRASE)
