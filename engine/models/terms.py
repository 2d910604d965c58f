"""Small words that several models share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Priority(StrEnum):
    """Three priorities, each its own queue (thông thường, ưu tiên, khẩn cấp)."""

    ROUTINE = "routine"
    IMPORTANT = "important"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for the most urgent, so that sorting puts it first."""
        return {"emergency": 0, "important": 1, "routine": 2}[self.value]


class Purpose(StrEnum):
    """Why a delivery exists."""

    NOTICE = "notice"
    REMINDER = "reminder"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    ALL_CLEAR = "all_clear"
    DRILL = "drill"


@dataclass(frozen=True, slots=True)
class Repeat:
    """Saying it again after each ``every``, counted from the first time, up to ``until``."""

    every: timedelta
    until: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a channel acts: at given moments, or as soon as the campaign is approved.

    ``repeat``: the loudspeakers say it again and again after that; only with ``asap``.
    """

    asap: bool
    moments: tuple[datetime, ...] = ()
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a campaign. Its bytes lie in the artifact store under ``sha256``.

    ``seconds`` is how long a recording lasts as its header says; None for anything else.
    """

    name: str
    media_type: str
    sha256: str
    size: int
    seconds: float | None = None
