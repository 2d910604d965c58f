"""Bad habits of far sides, given to the coming requests one each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Habit(StrEnum):
    """What a request meets in place of a plain answer."""

    PLAIN = "plain"  # taken and answered: lets a later request meet the next habit
    DROP_BEFORE = "drop_before"  # the line drops, nothing was taken
    DROP_AFTER = "drop_after"  # taken, then the line drops
    HALF_BODY = "half_body"  # taken, then half of the answer
    NOT_JSON = "not_json"  # taken, then a page of some proxy
    NO_RESULT = "no_result"  # taken, but the answer names no message
    HANG_AFTER = "hang_after"  # taken, and no answer until the server closes
    HOLD_BEFORE = "hold_before"  # not taken until it is let go
    HOLD_AFTER = "hold_after"  # taken, and answered when it is let go
    REFUSE = "refuse"  # not taken: the given error, with HTTP 200 as Zalo does
    BREAK = "break"  # not taken: the given HTTP status, as a gateway does


@dataclass(frozen=True, slots=True)
class Script:
    """One scripted answer. ``number`` is the error, or the HTTP status of ``BREAK``.

    ``path`` is the end of the address that it is for; "" is whatever is asked next.
    """

    habit: Habit
    number: int = 0
    path: str = ""


def refuse(number: int, path: str = "") -> Script:
    return Script(Habit.REFUSE, number, path)
