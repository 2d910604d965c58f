"""Which queue a bundle waits in: one for each priority, and those of the machine with the outbox.

What goes into a folder can only be laid there by the machine that has it; what goes over the
network, by any.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from engine.ledger.leases import sent_by, sent_by_others
from engine.models import Priority
from engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Lane:
    """One queue. ``where`` narrows the bundles that wait in it; None takes all."""

    priority: Priority
    machine: str = ""
    where: ColumnElement[bool] | None = None

    @property
    def name(self) -> str:
        return f"{self.priority}.{self.machine}" if self.machine else str(self.priority)


def machine_name(settings: Settings) -> str:
    """Return what this machine is called; only letters that a queue's name may have."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", settings.machine.known_as)


def owns_outbox(settings: Settings) -> bool:
    """Say whether this machine may lay files into the outbox."""
    return settings.outbox.machine in ("", machine_name(settings))


def lanes(settings: Settings, networked: Collection[str]) -> Iterator[Lane]:
    """Yield every queue that a scheduler fills, the most urgent first."""
    owner = settings.outbox.machine
    for priority in sorted(Priority, key=lambda one: one.rank):
        if not owner:
            yield Lane(priority)
            continue
        yield Lane(priority, where=sent_by(networked))
        yield Lane(priority, owner, where=sent_by_others(networked))


def served(settings: Settings, priority: Priority) -> list[Lane]:
    """Return the queues of one priority that this machine's workers serve."""
    owner = settings.outbox.machine
    mine = [Lane(priority, owner)] if owner and owns_outbox(settings) else []
    return [Lane(priority), *mine]
