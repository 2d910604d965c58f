"""Named boundaries between a commit and what follows it; tests die there."""

from __future__ import annotations

from collections.abc import Callable

#: Called with the name of each boundary as it is passed.
Boundary = Callable[[str], None]

#: Those of approving and sending. A test that kills at each of them fails if one is never passed.
BOUNDARIES = (
    "approved",
    "held",
    "before begin",
    "begun",
    "delivered",
    "recorded",
)

#: Those that schedulers and workers pass besides, when they share the work through a queue.
QUEUE_BOUNDARIES = (
    "leased",
    "queued",
    "claimed",
    "stranded",
)

#: That of planning what is done where a message was not passed on.
ESCALATION_BOUNDARIES = ("steps planned",)

#: That of the server, when plays are kept and the player has not heard so yet.
CONSOLE_BOUNDARIES = ("plays kept",)


def no_boundary(_name: str) -> None:
    """Pass on."""
