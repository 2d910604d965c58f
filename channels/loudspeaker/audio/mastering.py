"""Bring a sound to the station's loudness, and keep its peaks below what equipment can take.

What counts is what a player hears: the encoded MP3 is decoded and measured, and made again
with a corrected gain until it is right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from channels.base import ChannelError
from channels.loudspeaker.audio import mp3
from channels.loudspeaker.audio.filters import Filter, Signal, high_pass
from channels.loudspeaker.audio.meter import STEP, Meter, amplitude, loudness, measure, peaks
from channels.loudspeaker.audio.pcm import RATE, STRETCH, Samples, stretches
from engine.i18n import gettext as _

#: dBTP that the decoded MP3 never passes, and what a meter at fourfold oversampling may miss.
TRUE_PEAK = -1.0
_METER_ERROR = 0.1

#: LU by which the decoded MP3 may miss the target before it is made again.
_TOLERANCE = 0.2
_ROUNDS = 6

#: LU by which LAME's MP3s decode quieter than they went in (measured: 0.44–0.47).
_ENCODER_LOSS = 0.45

#: The limiter decides once per cell, about a millisecond.
_CELL = STRETCH // 3920

#: Cells over which the limiter turns down before and after a peak, best first. Longer is
#: smoother; shorter crackles a little and gets louder (measured on a single word: from -15.7
#: LUFS at five cells to -12 at none). The next is tried only where one is not loud enough.
_REACHES = (5, 2, 1, 0)

#: Hz below which a horn loudspeaker gives nothing, while rumble there would take the room
#: that the voice needs.
_RUMBLE = 80

#: dB by which one step towards the target may change the gain, and dB of limiting beyond which
#: more gain no longer makes a sound louder.
_LONGEST_STEP = 12.0
_MOST_LIMITING = 30.0


@dataclass(frozen=True, eq=False)
class _Limiter:
    """A sound, and each of its cells' true peak and energy: all that limiting needs to know."""

    samples: Samples
    cell_peaks: Signal
    cell_energies: Signal
    reach: int = _REACHES[0]

    @classmethod
    def of(cls, samples: Samples) -> _Limiter:
        meter = Meter(_CELL)
        return cls(
            samples,
            np.concatenate([peaks(part, _CELL) for part in stretches(samples)]),
            np.concatenate([meter.feed(part) for part in stretches(samples)]),
        )

    def loudness(self, gain: float = 0.0, ceiling: float = math.inf) -> float:
        """Return LUFS of ``limited`` without making it.

        The factors move slowly against what the ear weighs, so that weighting first and
        limiting then gives the same within a few hundredths.
        """
        factors = self._factors(gain, ceiling)[: len(self.cell_energies)]
        energies = self.cell_energies * np.square(factors)
        per_step = STEP // _CELL
        whole = len(energies) // per_step * per_step
        return loudness(energies[:whole].reshape(-1, per_step).mean(axis=1))

    def limited(self, gain: float, ceiling: float) -> Iterator[Samples]:
        """Yield the sound ``gain`` dB louder with no true peak above ``ceiling`` dBTP."""
        factors = self._factors(gain, ceiling)
        start = 0
        for part in stretches(self.samples):
            positions = (np.arange(start, start + len(part)) + 0.5) / _CELL - 0.5
            yield part * np.interp(positions, np.arange(len(factors)), factors).astype(np.float32)
            start += len(part)

    def _factors(self, gain: float, ceiling: float) -> Signal:
        """Return each cell's factor. It reaches what a peak needs before the peak comes.

        The lowest factor is held one cell further than smoothing looks, so that neither the
        average nor the line between two cells can lie above what a peak needs.
        """
        loud = self.cell_peaks * amplitude(gain)
        allowed = np.minimum(1.0, amplitude(ceiling) / np.maximum(loud, 1e-9))
        held = _windows(allowed, 2 * (self.reach + 1) + 1).min(axis=1)
        # Odd, so that the average is centred: the two together look no further than the reach.
        width = self.reach | 1
        once = _windows(held, width).mean(axis=1)
        factors: Signal = _windows(once, width).mean(axis=1) * amplitude(gain)
        return factors


def _windows(values: Signal, width: int) -> Signal:
    """Return for each value the ``width`` values around it; the ends count on beyond the edges."""
    padded = np.pad(values, width // 2, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, width)


def master(samples: Samples, target: float) -> bytes:
    """Return MP3 frames whose decoding measures ``target`` LUFS and at most TRUE_PEAK dBTP.

    ``samples`` is used up: half an hour of sound is 300 MB, and there is no room for two.

    Raises ChannelError, permanent: the sound is silent, or so spiky that it cannot be made
    that loud.
    """
    _cut_rumble(samples)
    limiter = _Limiter.of(samples)
    natural = limiter.loudness()
    if math.isinf(natural):
        raise ChannelError(_("The sound is silent: there is nothing to play."), permanent=True)
    for reach in _REACHES:
        frames = _on_target(replace(limiter, reach=reach), target, target - natural)
        if frames is not None:
            return frames
    raise ChannelError(
        _(
            "The sound cannot be brought to {target} LUFS without distortion: "
            "its loud and quiet parts lie too far apart."
        ).format(target=target),
        permanent=True,
    )


def _on_target(limiter: _Limiter, target: float, first_gain: float) -> bytes | None:
    """Encode, listen and correct until it is right; None when it does not get there."""
    aim, ceiling, gain = target + _ENCODER_LOSS, TRUE_PEAK - 0.2, first_gain
    for _round in range(_ROUNDS):
        found = _gain_for(limiter, aim, ceiling, gain, most=first_gain + _MOST_LIMITING)
        if found is None:
            return None
        frames = mp3.encode(limiter.limited(found, ceiling))
        heard = measure(mp3.decode(frames))
        excess = heard.true_peak + _METER_ERROR - TRUE_PEAK
        if abs(heard.loudness - target) <= _TOLERANCE and excess <= 0:
            return frames
        gain = found
        aim += target - heard.loudness
        ceiling -= max(0.0, excess + 0.1)
    return None


def _gain_for(
    limiter: _Limiter, aim: float, ceiling: float, gain: float, most: float
) -> float | None:
    """Return the gain, dB, at which the limited sound measures ``aim`` LUFS; None above ``most``.

    The harder the limiter works, the less it gives back: each step is sized by what the last
    one brought.
    """
    cost, last_gain, last_reached = 1.0, gain, -math.inf
    for _round in range(_ROUNDS * 3):
        reached = limiter.loudness(gain, ceiling)
        missing = aim - reached
        if abs(missing) < _TOLERANCE / 4:
            return gain
        if gain != last_gain and reached != last_reached:
            cost = min(max((gain - last_gain) / (reached - last_reached), 1.0), 20.0)
        last_gain, last_reached = gain, reached
        gain += min(max(missing * cost, -_LONGEST_STEP), _LONGEST_STEP)
        if gain > most:
            return None
    return None


def _cut_rumble(samples: Samples) -> None:
    rumble = Filter([high_pass(RATE, _RUMBLE)])
    for part in stretches(samples):
        part[:] = rumble.feed(part)
