"""Chimes that Loa makes itself: bells for a programme, and an alarm that nobody takes for one.

Nothing is recorded: no rights, no file to lose, the same sound on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from channels.loudspeaker.audio.pcm import RATE, Samples
from channels.loudspeaker.audio.terms import Chime

#: Four notes of the scale that Vietnamese folk songs share (C, E, G, C), in Hz (equal
#: temperament, A = 440), each begun while the last still rings.
_NOTES = (523.25, 659.26, 783.99, 1046.50)
_APART, _RING = 0.34, 1.3

#: Between two items: the third note and the first, as if the bells were touched once more.
_BRIDGE = (783.99, 523.25)

#: A struck bar's partials: how many times the note's frequency, how loud, how fast they fade.
_PARTIALS = ((1.0, 1.0, 3.0), (2.0, 0.35, 5.0), (3.0, 0.15, 8.0), (5.4, 0.08, 14.0))

#: The alarm: two tones in turn, where a horn is loudest and ears are sharpest.
_HIGH, _LOW, _TONE, _TURNS = 1_250.0, 940.0, 0.28, 4

#: Seconds in which a tone begins and ends, so that it does not click; and a chime's own silence.
_EDGE, _TAIL = 0.012, 0.1


def chime(which: Chime) -> Samples:
    """Return a chime at RATE, below full scale, with silence at its end."""
    notes = _NOTES if which is Chime.BELLS else _BRIDGE
    made = _alarm() if which is Chime.ALARM else _bells(notes)
    tail = np.zeros(round(_TAIL * RATE))
    return np.concatenate([0.5 * made / np.abs(made).max(), tail]).astype(np.float32)


def _bells(notes: Sequence[float]) -> Samples:
    starts = [round(number * _APART * RATE) for number in range(len(notes))]
    ring = np.arange(round(_RING * RATE)) / RATE
    sound = np.zeros(starts[-1] + len(ring))
    for start, note in zip(starts, notes, strict=True):
        for times, loud, fades in _PARTIALS:
            wave = loud * np.exp(-fades * ring) * np.sin(2 * np.pi * note * times * ring)
            sound[start : start + len(ring)] += wave * _edges(len(ring))
    return sound.astype(np.float32)


def _alarm() -> Samples:
    time = np.arange(round(_TONE * RATE)) / RATE
    high, low = (
        np.sin(2 * np.pi * tone * time) + 0.3 * np.sin(6 * np.pi * tone * time)
        for tone in (_HIGH, _LOW)
    )
    edges = _edges(len(time))
    return np.concatenate([high * edges, low * edges] * _TURNS).astype(np.float32)


def _edges(length: int) -> Samples:
    """Return what lets a tone of ``length`` samples begin and end softly."""
    from_end = np.minimum(np.arange(length), np.arange(length)[::-1])
    return np.minimum(1.0, from_end / (_EDGE * RATE)).astype(np.float32)
