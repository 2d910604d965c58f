"""Imports a private list or reports visits, and dies before the N-th change it makes.

``WORKSPACE import|report N``: the commits count as well. The nursery forks it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import event

from engine.app import App, open_app
from engine.dispatch.private_lists import import_list
from engine.dispatch.visiting import Visiting
from engine.models.visit import Visits
from support.visits import CAMPAIGN

#: How statements begin that change something.
CHANGES = ("INSERT", "UPDATE", "DELETE", "WITH")


def main(arguments: Sequence[str]) -> None:
    workspace, what, at = arguments
    with open_app(Path(workspace)) as app:
        left = int(at)

        def change(*_more: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def asked(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if statement.startswith(CHANGES):
                change()

        event.listen(app.house.database.engine, "before_cursor_execute", asked)
        event.listen(app.house.database.engine, "commit", change)
        _import(app) if what == "import" else _report(app)


def _import(app: App) -> None:
    until = app.office.newest(CAMPAIGN).campaign.valid_until
    path = app.workspace.parent / "rieng.csv"
    now = app.clock.now()
    import_list(app.ledger, app.registry, CAMPAIGN, path, ends_at=until, by="lan", now=now)


def _report(app: App) -> None:
    visits, now = Visits(5, 2, 1, 1), app.clock.now()
    Visiting(app.ledger, app.registry).report(
        CAMPAIGN, "to-1", "ap-1", "to-1-1", visits, now, note="thuốc", sure_of=visits.tried
    )
