"""What a proof accepts, as the station sets it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProofLimits:
    """Where the ear draws the line.

    ``slowest`` and ``fastest``: syllables per minute of speech, pauses not counted.
    ``silence``: the longest silence in seconds; pauses that the text itself asks for are
    allowed, however long. ``recognise``: whether speech recognition is asked about voices and
    recordings that it understands, and ``word_errors`` the share of words it may hear wrong.
    """

    slowest: float = 80.0
    fastest: float = 330.0
    silence: float = 2.5
    recognise: bool = False
    word_errors: float = 0.3
