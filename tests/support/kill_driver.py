"""Submits, approves and runs a workspace, and dies where it is told to.

``python -m support.kill_driver WORKSPACE [BOUNDARY N]``: without a boundary it finishes; with
one it kills itself (SIGKILL) the N-th time that boundary is passed. Run again, it goes on
where the dead process left off.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from engine.app import App, open_app
from engine.ledger import Status
from support.commune import PASSPHRASE
from workers.embedded import EmbeddedRuntime


def main() -> None:
    workspace = Path(sys.argv[1])
    fatal, left = (sys.argv[2], int(sys.argv[3])) if len(sys.argv) > 2 else ("", 0)

    def boundary(name: str) -> None:
        nonlocal left
        if name == fatal:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    with open_app(workspace, boundary=boundary) as app:
        print("open", flush=True)
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


if __name__ == "__main__":
    main()
