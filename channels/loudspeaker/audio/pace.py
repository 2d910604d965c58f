"""Speech said more slowly without becoming deeper (WSOLA: Verhelst and Roelands, 1993).

Short pieces are laid down further apart than they were. Each is taken from where, near the place
that the pace asks for, the wave goes on as the last one did.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.audio.pcm import Pcm

#: Seconds of a piece, and how far from its place it may be taken: a period of the deepest voice.
_PIECE, _SEARCH = 0.040, 0.010

#: Only every so manieth sample is compared while searching: a voice's pitch needs no more.
_STEP = 4


def paced(sound: Pcm, pace: float) -> Pcm:
    """Return ``sound`` at ``pace`` of its speed, 0.5 to 1; 1 leaves it as it is."""
    half = round(_PIECE * sound.rate / 2)
    if pace == 1.0 or len(sound.samples) < 4 * half:
        return sound
    reach = round(_SEARCH * sound.rate) // _STEP * _STEP
    source = np.pad(sound.samples.astype(np.float32), (reach, 4 * half + reach))
    window = np.hanning(2 * half + 1)[:-1].astype(np.float32)
    pieces = -(-round(len(sound.samples) / pace) // half)
    made = np.zeros((pieces + 1) * half, dtype=np.float32)
    taken = reach
    made[:half] = source[taken : taken + half] * (1 - window[:half])
    for number in range(pieces):
        if number:
            wanted = reach + round(number * half * pace)
            taken = _best(source, wanted, taken + half, half, reach)
        made[number * half : (number + 2) * half] += source[taken : taken + 2 * half] * window
    whole = np.clip(np.rint(made[: round(len(sound.samples) / pace)]), -32_768, 32_767)
    return Pcm(whole.astype(np.int16), sound.rate)


def _best(source: npt.NDArray[np.float32], wanted: int, onward: int, half: int, reach: int) -> int:
    """Return where, within ``reach`` of ``wanted``, it goes on most as it does from ``onward``."""
    goes_on = source[onward : onward + half : _STEP]
    around = source[wanted - reach : wanted + reach + half : _STEP]
    fit = np.correlate(around, goes_on)
    return wanted - reach + int(fit.argmax()) * _STEP
