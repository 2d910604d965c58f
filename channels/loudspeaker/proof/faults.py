"""What a proof may find wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """One way in which a file is not what it should be."""

    OTHER_TEXT = "other_text"
    MISSING = "missing"
    MISPLACED = "misplaced"
    PAUSE = "pause"
    EXTRA = "extra"
    SILENCE = "silence"
    CLIPPED = "clipped"
    PEAK = "peak"
    LEVEL = "level"
    DURATION = "duration"
    TOO_FAST = "too_fast"
    TOO_SLOW = "too_slow"
    SCRIPT = "script"
    VOICE = "voice"
    VOICE_LENGTH = "voice_length"
    VOICE_SILENT = "voice_silent"
    MISHEARD = "misheard"
    EMPTY = "empty"


#: Faults of the voice, not of the file.
OF_VOICE = frozenset({Kind.VOICE, Kind.VOICE_LENGTH, Kind.VOICE_SILENT})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``at`` is its moment in seconds; None where it is the whole file's.

    ``text`` is what should be said there. ``found`` and ``allowed`` are figures whose unit
    the kind decides: seconds, syllables per minute, words, shares of words.
    """

    kind: Kind
    at: float | None = None
    text: str = ""
    found: float = 0.0
    allowed: float = 0.0
