"""How loud: integrated loudness and true peak after ITU-R BS.1770-4, for mono at 44.1 kHz."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import soxr

from channels.loudspeaker.audio.filters import Biquad, Filter, Signal, high_pass, poles
from channels.loudspeaker.audio.pcm import RATE, Samples

#: Loudness is summed in steps of 100 ms, in samples; a gating block is four of them.
STEP = RATE // 10
_STEPS_PER_BLOCK = 4

#: LUFS below which a block is silence, and LU below the average at which it stops counting.
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = 10.0

_OVERSAMPLING = 4


@dataclass(frozen=True, slots=True)
class Level:
    """What a meter reads: LUFS (minus infinity for silence) and dBTP."""

    loudness: float
    true_peak: float


def measure(blocks: Iterable[Samples]) -> Level:
    """Read the level of a sound given as consecutive stretches at RATE."""
    meter, energies = Meter(STEP), []
    oversampler = soxr.ResampleStream(RATE, RATE * _OVERSAMPLING, 1, dtype="float32")
    peak = 0.0
    for block in blocks:
        energies.append(meter.feed(block))
        peak = max(peak, _largest(block), _largest(oversampler.resample_chunk(block)))
    tail = oversampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
    return Level(loudness(np.concatenate(energies)), decibels(max(peak, _largest(tail))))


def peaks(samples: Samples, cell: int) -> Signal:
    """Return the true peak, linear, of each ``cell`` samples; the last cell may be shorter."""
    cells = -(-len(samples) // cell)
    oversampled = np.abs(soxr.resample(samples, 1, _OVERSAMPLING))
    padded = np.zeros(cells * cell * _OVERSAMPLING, dtype=np.float32)
    fitting = min(len(padded), len(oversampled))
    padded[:fitting] = oversampled[:fitting]
    found: Signal = padded.reshape(cells, -1).max(axis=1).astype(np.float64)
    return found


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
        self._weighting = Filter(_k_weighting(RATE))
        self._rest: Signal = np.zeros(0)

    def feed(self, samples: Samples) -> Signal:
        """Take the next stretch, of any length; return the energies of cells now complete."""
        joined = np.concatenate([self._rest, self._weighting.feed(samples)])
        whole = joined[: len(joined) // self._cell * self._cell].reshape(-1, self._cell)
        self._rest = joined[whole.size :]
        energies: Signal = np.einsum("ij,ij->i", whole, whole) / self._cell
        return energies


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
    gate = _energy(_loudness(float(audible.mean())) - _RELATIVE_GATE)
    return _loudness(float(audible[audible > gate].mean()))


def _loudness(energy: float) -> float:
    return -0.691 + 10 * math.log10(energy)


def _energy(loudness: float) -> float:
    return float(10 ** ((loudness + 0.691) / 10))


def _largest(samples: Samples) -> float:
    return float(np.abs(samples).max()) if len(samples) else 0.0


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
