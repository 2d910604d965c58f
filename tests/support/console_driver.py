"""``loa console`` forked from a process that has loaded everything.

``WORKSPACE LISTEN WATCH [BOUNDARY]``: with a boundary it kills itself when that is passed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

# Loaded before the fork: everything that the server needs.
import engine.cli.console as command
from engine.app import open_communes
from engine.cli.main import build
from engine.cli.services import readiness
from engine.cli.stopping import stopped_by_signals
from engine.console.server import ConsoleService


def main(arguments: Sequence[str]) -> None:
    workspace, listen, watch, *fatal = arguments
    if not fatal:
        assert command
        options = ["-w", workspace, "--listen", listen, "--watch", watch]
        build().main(["console", *options], standalone_mode=False)
        return

    def boundary(name: str) -> None:
        if name in fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_communes(Path(workspace), boundary=boundary) as communes:
        service = ConsoleService(communes, readiness(communes.house))
        with stopped_by_signals(service.stop):
            service.run(listen)
