"""Telling tones from speech: an alarm, a test tone."""

from __future__ import annotations

import numpy as np

from channels.loudspeaker.proof.bands import Signal

#: Seconds of a frame; how many lines of the spectrum may be a tone's (it and its overtone), and
#: the share of a frame's energy that they hold of a tone, and never of speech, clipped or not.
#: Measured: docs/proof-listening.md.
_FRAME, _LINES, _SHARE = 0.046, 2, 0.99

#: A line is as wide as a Hann window makes it: so many bins to each side.
_BESIDE = np.arange(-2, 3)

#: Power of a frame in which there is nothing to tell.
_NOTHING = 1e-9


def without_tones(samples: Signal, rate: int) -> Signal:
    """Return a sound without the frames that are tones, and without those just beside them.

    What does not fill a last frame is left out.
    """
    length = round(_FRAME * rate)
    frames = samples[: len(samples) // length * length].reshape(-1, length)
    tones = _shares(frames) > _SHARE
    dropped = tones.copy()
    dropped[1:] |= tones[:-1]
    dropped[:-1] |= tones[1:]
    return frames[~dropped].reshape(-1)


def _shares(frames: Signal) -> Signal:
    """Return which share of each frame's energy its strongest lines hold."""
    spectrum = np.fft.rfft(frames * np.hanning(frames.shape[1]), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    whole = power.sum(axis=1)
    rest = power.copy()
    for _line in range(_LINES):
        beside = rest.argmax(axis=1)[:, np.newaxis] + _BESIDE
        np.put_along_axis(rest, np.clip(beside, 0, rest.shape[1] - 1), 0, axis=1)
    share: Signal = np.where(whole > _NOTHING, 1 - rest.sum(axis=1) / (whole + _NOTHING), 0)
    return share
