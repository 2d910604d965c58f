"""What a revision changes: only what differs is stopped, and only what differs is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.ledger import Current
from engine.models import PlannedDelivery
from engine.states import UNSENT, State


@dataclass(frozen=True, slots=True)
class Changes:
    """New deliveries to write, and ids of current ones that no longer count."""

    new: tuple[PlannedDelivery, ...]
    replaced: tuple[int, ...]


def changes_between(
    current: Sequence[Current],
    planned: Sequence[PlannedDelivery],
    now: datetime,
    kept: Collection[int] = (),
) -> Changes:
    """Compare what is in the ledger with what a new revision plans.

    What was sent at a fixed slot that is past is history, and stays; so does what is ``kept``.
    """
    if not current:
        return Changes(tuple(planned), ())
    there = {one.key for one in current}
    wanted = {item.key for item in planned}
    return Changes(
        new=tuple(item for item in planned if item.key not in there),
        replaced=tuple(
            one.id
            for one in current
            if one.key not in wanted and one.id not in kept and not _is_history(one, now)
        ),
    )


def _is_history(one: Current, now: datetime) -> bool:
    unfinished = one.state in UNSENT or one.state is State.FAILED
    return not one.asap and one.slot < now and not unfinished
