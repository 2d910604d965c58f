"""The audit trail, a line for each thing that happened."""

from __future__ import annotations

from engine.clock import local
from engine.ledger import EventRow
from engine.models.plain import plain
from engine.reports.words import event_word


def event_line(event: EventRow) -> str:
    """Return when, who, what, to which delivery, and the rest, in the order that people read.

    Somebody wrote the rest: nothing in it steers the terminal.
    """
    where = event.campaign_id or ""
    if event.delivery_id is not None:
        where += f" #{event.delivery_id}"
    when = f"{local(event.at):%d/%m/%Y %H:%M:%S}"
    parts = (when, f"{event.actor:<4}", event_word(event.to_state), where, event.detail)
    return plain("  ".join(part for part in parts if part))
