"""The life of a delivery and of a bundle: the one table of allowed moves.

Everything that changes a state goes through the ledger, which refuses a move that is not here.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a delivery, or the bundle that carries it, stands."""

    HELD = "held"
    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    NOT_PLAYED = "not_played"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


#: States in which nothing more happens by itself.
SETTLED = frozenset(State) - {State.HELD, State.PLANNED, State.SENDING}

#: States in which the far side has taken nothing, so a delivery may still be stopped.
UNSENT = frozenset({State.HELD, State.PLANNED})

#: States that carry proof, or at least a receipt, that the message left.
DELIVERED = frozenset({State.SENT, State.CONFIRMED})

#: States in which people may know of the message: it left, or nobody can say that it did not.
MAY_BE_KNOWN = frozenset({State.SENDING, State.UNCERTAIN, State.NOT_PLAYED, *DELIVERED})

#: States of what was handed over, whatever came of it since.
HANDED_OVER = DELIVERED | {State.NOT_PLAYED, State.WITHDRAWN}

_STOPPED = {State.CANCELLED, State.EXPIRED, State.SUPERSEDED}

#: What may follow what for a delivery (docs: the life of a delivery). A slot is part of what a
#: delivery is, so what was not played is tried again by a delivery of its own, with a slot of its
#: own; the move from there back to `planned` is allowed and nothing makes it (docs/players.md).
MOVES: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.PLANNED, *_STOPPED}),
    State.PLANNED: frozenset({State.SENDING, State.FAILED, *_STOPPED}),
    State.SENDING: frozenset({State.SENT, State.PLANNED, State.FAILED, State.UNCERTAIN}),
    State.SENT: frozenset({State.CONFIRMED, State.NOT_PLAYED, State.WITHDRAWN}),
    State.CONFIRMED: frozenset({State.WITHDRAWN}),
    State.NOT_PLAYED: frozenset({State.PLANNED, State.CONFIRMED}),
    State.FAILED: frozenset({State.PLANNED, State.SUPERSEDED, State.CANCELLED}),
    State.UNCERTAIN: frozenset({State.SENT, State.PLANNED, State.CONFIRMED}),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
    State.SUPERSEDED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


def may_move(old: State, new: State) -> bool:
    """Say whether a delivery in ``old`` may go to ``new``."""
    return new in MOVES[old]
