"""How loud each millisecond may be: compression for evenness, limiting for the peaks.

Both are worked out on cells of 45 samples, from what is known about each: its true peak and
its energy. Samples are touched once, when the factors are known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.audio.filters import Signal
from channels.loudspeaker.audio.meter import STEP, amplitude
from channels.loudspeaker.audio.pcm import STRETCH, Samples

#: Samples for which one decision holds: about a millisecond. Divides STEP and STRETCH.
CELL = STRETCH // 3920
_CELLS_PER_STEP = STEP // CELL

#: LU above the sound's own loudness from which it is compressed.
_KNEE = -3.0

#: Cells over which a level is taken, and over which a factor glides to the next: a syllable's
#: 50 ms, and 100 ms. Both look ahead as far as back, so that no loud onset slips through.
_LEVEL, _GLIDE = 45, 101

Cellwise = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """What dynamics need to know of a passage: each cell's true peak (linear) and energy."""

    peaks: Cellwise
    energies: Cellwise

    @property
    def steps(self) -> Signal:
        """Return the energy of each STEP, the last one filled up with silence."""
        missing = -len(self.energies) % _CELLS_PER_STEP
        padded = np.pad(self.energies, (0, missing)).astype(np.float64)
        steps: Signal = padded.reshape(-1, _CELLS_PER_STEP).mean(axis=1)
        return steps

    def compressed(self, natural: float, ratio: float) -> Cellwise:
        """Return each cell's factor that makes a sound of ``natural`` LUFS more even."""
        if ratio == 1.0:
            return np.ones(len(self.energies), dtype=np.float32)
        level = -0.691 + 10 * np.log10(np.maximum(_mean(self.energies, _LEVEL), 1e-12))
        over = np.maximum(0.0, level - (natural + _KNEE))
        factors = np.power(10.0, over * (1 / ratio - 1) / 20).astype(np.float32)
        return _mean(factors, _GLIDE)

    def times(self, factors: Cellwise) -> Cells:
        """Return what they would be if each cell were so much louder."""
        return Cells(self.peaks * factors, self.energies * np.square(factors))


@dataclass(frozen=True, slots=True)
class Limiter:
    """``gain`` in dB, and then no true peak above a ceiling.

    ``reach``: cells over which it turns down before and after a peak.
    """

    gain: float
    reach: int

    def factors(self, peaks: Cellwise, ceiling: float) -> Cellwise:
        """Return each cell's factor that keeps it below ``ceiling`` dBTP.

        It reaches what a peak needs before the peak comes. The lowest factor is held one cell
        further than smoothing looks, so that neither the average nor the line between two
        cells can lie above what a peak needs.
        """
        loud = np.maximum(peaks * np.float32(amplitude(self.gain)), np.float32(1e-9))
        allowed = np.minimum(np.float32(1.0), np.float32(amplitude(ceiling)) / loud)
        del loud
        held = _lowest(allowed, 2 * (self.reach + 1) + 1)
        # Odd, so that the average is centred: the two together look no further than the reach.
        width = self.reach | 1
        return _mean(_mean(held, width), width) * np.float32(amplitude(self.gain))

    def steps(self, cells: Cells, ceiling: float) -> Signal:
        """Return the energies of the STEPs that limiting would give, without making it.

        The factors move slowly against what the ear weighs, so that weighting first and
        limiting then gives the same within a few hundredths.
        """
        return cells.times(self.factors(cells.peaks, ceiling)).steps


def limited(samples: Samples, factors: Cellwise, first: int) -> Samples:
    """Return ``samples``, whose first lies at the beginning of cell ``first``, times the factors.

    Between the middles of two cells the factor goes in a straight line.
    """
    cells = math.ceil(len(samples) / CELL)
    lastly = len(factors) - 1
    around = factors[np.clip(np.arange(first - 1, first + cells + 1), 0, lastly)]
    middle = CELL // 2
    ramp = around[:-1, None] + np.diff(around)[:, None] * _LINE
    line = ramp.ravel()[CELL - middle : CELL - middle + len(samples)]
    return np.multiply(samples, line, dtype=np.float32)


#: From one middle of a cell to the next.
_LINE = (np.arange(CELL, dtype=np.float32) / CELL)[None, :]


def _mean(values: Cellwise, width: int) -> Cellwise:
    """Return the average of the ``width`` values around each, an odd number."""
    if width == 1:
        return values
    padded = np.pad(values, width // 2, mode="edge")
    sums = np.concatenate([[0.0], np.cumsum(padded, dtype=np.float64)])
    means: Cellwise = ((sums[width:] - sums[:-width]) / width).astype(np.float32)
    return means


def _lowest(values: Cellwise, width: int) -> Cellwise:
    """Return the lowest of the ``width`` values around each; the ends count on beyond the edges.

    Of twice as many values each time: few passes over all of them.
    """
    lowest = np.pad(values, width // 2, mode="edge")
    known = 1
    while known < width:
        more = min(known, width - known)
        lowest = np.minimum(lowest[:-more], lowest[more:])
        known += more
    return lowest
