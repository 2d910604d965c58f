"""How loud: integrated loudness and true peak after ITU-R BS.1770-4, for mono at 44.1 kHz."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from channels.loudspeaker.audio.filters import Biquad, Filter, Signal, high_pass, poles
from channels.loudspeaker.audio.pcm import RATE, Samples
from channels.loudspeaker.audio.truepeak import true_peak

#: Loudness is summed in steps of 100 ms, in samples; a gating block is four of them.
STEP = RATE // 10
_STEPS_PER_BLOCK = 4

#: LUFS below which a block is silence, and LU below the average at which it stops counting.
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = 10.0


@dataclass(frozen=True, slots=True)
class Level:
    """What a meter reads: LUFS (minus infinity for silence) and dBTP."""

    loudness: float
    true_peak: float


def measure(blocks: Iterable[Samples]) -> Level:
    """Read the level of a sound given as consecutive stretches at RATE."""
    steps, peak = heard(blocks)
    return Level(loudness(steps), decibels(peak))


def heard(blocks: Iterable[Samples]) -> tuple[Signal, float]:
    """Return the energy of each STEP of a sound, and its true peak, linear.

    The last step is filled up with silence.
    """
    meter = Meter(STEP)
    energies: list[Signal] = [np.zeros(0)]
    peak, before = 0.0, np.zeros(0, dtype=np.float32)
    for block in blocks:
        energies.append(meter.feed(block))
        peak = max(peak, true_peak(block, before, at_least=peak))
        before = block
    energies.append(meter.rest())
    return np.concatenate(energies), peak


def decibels(amplitude: float) -> float:
    """Return a linear amplitude in dB of full scale."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


def amplitude(decibels: float) -> float:
    """Return decibels as a linear factor."""
    return float(10 ** (decibels / 20))


class Meter:
    """The K-weighted energy of each ``cell`` samples of a sound, fed stretch by stretch."""

    def __init__(self, cell: int) -> None:
        self._cell = cell
        self._weighting = Filter(K_WEIGHTING, np.float32)
        self._rest: Signal = np.zeros(0)

    def feed(self, samples: Samples) -> Signal:
        """Take the next stretch, of any length; return the energies of cells now complete."""
        joined = np.concatenate([self._rest, self._weighting.feed(samples)])
        whole = len(joined) // self._cell * self._cell
        self._rest = joined[whole:]
        return energies(joined[:whole], self._cell)

    def rest(self) -> Signal:
        """Return the energy of the last cell, filled up with silence, if one was begun."""
        missing = -len(self._rest) % self._cell
        return energies(np.pad(self._rest, (0, missing)), self._cell)


def energies(weighted: Signal, cell: int) -> Signal:
    """Return the mean square of each ``cell`` samples; their number divides evenly."""
    cells = weighted.reshape(-1, cell)
    found: Signal = np.einsum("ij,ij->i", cells, cells) / cell
    return found


def loudness(steps: Signal) -> float:
    """Return LUFS of a sound from the energies of its STEPs.

    Minus infinity when it is shorter than a gating block or nothing passes the gate.
    """
    if len(steps) < _STEPS_PER_BLOCK:
        return -math.inf
    blocks = np.convolve(steps, np.full(_STEPS_PER_BLOCK, 1 / _STEPS_PER_BLOCK), "valid")
    audible = blocks[blocks > _energy(_ABSOLUTE_GATE)]
    if not len(audible):
        return -math.inf
    gate = _energy(loudness_of(float(audible.mean())) - _RELATIVE_GATE)
    return loudness_of(float(audible[audible > gate].mean()))


def loudness_of(energy: float) -> float:
    """Return LUFS of a steady sound of this K-weighted energy."""
    return -0.691 + 10 * math.log10(energy)


def _energy(loudness: float) -> float:
    return float(10 ** ((loudness + 0.691) / 10))


def _k_weighting(rate: int) -> tuple[Biquad, Biquad]:
    """Return BS.1770's two filters for any rate.

    The analogue prototypes (a shelf of 4 dB at 1.68 kHz, a high-pass at 38 Hz) give the
    standard's own table at 48 kHz.
    """
    frequency, q = 1681.974450955533, 0.7071752369554196
    gain = 10 ** (3.999843853973347 / 20)
    k = math.tan(math.pi * frequency / rate)
    bend = gain**0.4996667741545416 * k / q
    zeros = (gain + bend + k * k, 2 * (k * k - gain), gain - bend + k * k)
    shelf = Biquad(zeros, poles(rate, frequency, q))
    return shelf, high_pass(rate, 38.13547087602444, 0.5003270373238773)


#: What the ear weighs, at RATE.
K_WEIGHTING = _k_weighting(RATE)
