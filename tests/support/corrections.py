"""A commune whose notice is corrected or withdrawn: each step as an official takes it."""

from __future__ import annotations

import re
from pathlib import Path

from engine.app import App
from engine.clock import SimulatedClock, local
from engine.ledger import DeliveryRow
from engine.models import Purpose
from support.builders import NOW
from support.commune import NOTICE, PASSPHRASE
from workers.embedded import EmbeddedRuntime

ID = "tiem-phong"
WRONG_HOUR = "gõ nhầm giờ tiêm"
#: Ấp 1's hour was wrong; Ấp 2's stays.
RIGHT = NOTICE.replace("ap-1: {gio: 7 giờ}", "ap-1: {gio: 9 giờ}")


def write(app: App, text: str) -> Path:
    path = app.workspace / "campaigns" / f"{ID}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def release(app: App, text: str = NOTICE) -> None:
    app.office.submit(write(app, text), "lan")
    app.office.approve(ID, "minh", PASSPHRASE)


def correct(app: App, text: str = RIGHT, reason: str = WRONG_HOUR) -> None:
    app.office.correct(ID, write(app, text), "lan", reason)
    app.office.approve(ID, "minh", PASSPHRASE)


def withdraw(app: App, reason: str = "buổi tiêm bị hoãn") -> None:
    app.office.withdraw(ID, "lan", reason)
    app.office.approve(ID, "minh", PASSPHRASE)


def send(app: App, until: str | None = None) -> None:
    """Send what is due; with ``until`` (day hour:minute) at that time."""
    clock = app.clock
    assert isinstance(clock, SimulatedClock)
    if until is None:
        EmbeddedRuntime(app).run()
        return
    day, hour, minute = (int(part) for part in re.split("[ :]", until))
    at = local(NOW).replace(month=12, day=day, hour=hour, minute=minute, second=0, microsecond=0)
    EmbeddedRuntime(app).run(until=at)
    clock.advance_to(at)


def rows(app: App, purpose: Purpose, *, replaced: bool = False) -> list[DeliveryRow]:
    every = app.ledger.views.deliveries(ID, replaced=replaced)
    return [row for row in every if row.purpose is purpose]


def places(found: list[DeliveryRow]) -> set[tuple[str, str, str]]:
    return {(row.hamlet_id, row.channel, row.target) for row in found}
