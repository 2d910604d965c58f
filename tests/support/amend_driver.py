"""Corrects or withdraws what was sent, approves that and sends it; tests kill it meanwhile.

``WORKSPACE correct|withdraw``. Run again, it goes on where the dead process left off. The
nursery forks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.app import App, open_app
from engine.ledger import Status
from support.commune import PASSPHRASE
from workers.embedded import EmbeddedRuntime

#: Printed when everything is open and the work begins.
OPEN = "open"

#: The notice, and what an official makes of it.
ID = "hop-ap"
REASON = "ghi nhầm giờ"
NOTICE = f"""\
id: {ID}
title: Họp ấp
valid: {{from: 2026-12-01, until: 2026-12-05}}
contact: Văn phòng xã
hamlets:
  ap-1: {{gio: 7 giờ}}
  ap-2: {{gio: 8 giờ}}
text: Họp lúc {{{{ gio }}}}.
schedule: now
channels: {{portal: {{}}, chat: {{}}, flyer: {{}}}}
"""
CORRECTED = NOTICE.replace("7 giờ", "9 giờ").replace("8 giờ", "10 giờ")


def main(arguments: Sequence[str]) -> None:
    workspace, what = arguments
    with open_app(Path(workspace)) as app:
        print(OPEN, flush=True)
        amend(app, what)
        EmbeddedRuntime(app).run()


def amend(app: App, what: str) -> None:
    """Submit and approve it, unless that is done already."""
    latest = app.ledger.revisions.latest(ID)
    assert latest is not None
    if latest.revision == 1:
        if what == "withdraw":
            app.office.withdraw(ID, "lan", REASON)
        else:
            file = app.workspace / "campaigns" / f"{ID}.yaml"
            file.write_text(CORRECTED, "utf-8")
            app.office.correct(ID, file, "lan", REASON)
    waiting = app.ledger.revisions.latest(ID)
    assert waiting is not None
    if waiting.status is Status.SUBMITTED:
        app.office.approve(ID, "minh", PASSPHRASE)
