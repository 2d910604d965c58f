"""Gives an alert with two keys, and dies where it is told to.

``WORKSPACE [BOUNDARY]``: with a boundary it kills itself (SIGKILL) when that is passed. Run
again, it goes on where the dead process left off. The nursery forks it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from engine.app import open_app
from support.alerts import KEYS, alerts, set_passphrases, wanted


def main(arguments: Sequence[str]) -> None:
    workspace, *death = arguments

    def boundary(name: str) -> None:
        if [name] == death:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_app(Path(workspace), boundary=boundary) as app:
        set_passphrases(app)
        alerts(app).give(wanted(app), "lan", KEYS, again=False)
