"""What is done to a voice for the place where it is heard: tone, and evenness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.loudspeaker.audio.filters import Biquad, high_pass, peak
from channels.loudspeaker.audio.pcm import RATE
from channels.loudspeaker.audio.terms import Profile


@dataclass(frozen=True, slots=True)
class Shape:
    """``filters`` in a chain. ``ratio``: how many LU louder speech must be, above its own
    average, to come out one louder; 1 leaves it as uneven as it is.
    """

    filters: Sequence[Biquad]
    ratio: float


#: A horn gives nothing below some 200 Hz, but what is sent there heats its driver and takes
#: room from the voice: 24 dB an octave, Butterworth's fourth order as two sections.
_HORN_FROM, _FIRST_Q, _SECOND_Q = 200, 0.5412, 1.3066

#: Consonants are told apart at 2–4 kHz, which wind, distance and the next street swallow first.
_PRESENCE, _PRESENCE_DB, _PRESENCE_Q = 2_800, 4.0, 0.8

#: Indoors only rumble goes: tables that are knocked, engines, wind.
_RUMBLE = 80

SHAPES = {
    Profile.HORN: Shape(
        filters=(
            high_pass(RATE, _HORN_FROM, _FIRST_Q),
            high_pass(RATE, _HORN_FROM, _SECOND_Q),
            peak(RATE, _PRESENCE, _PRESENCE_DB, _PRESENCE_Q),
        ),
        ratio=2.5,
    ),
    Profile.INDOOR: Shape(filters=(high_pass(RATE, _RUMBLE),), ratio=1.0),
}
