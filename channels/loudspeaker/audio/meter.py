"""How loud: integrated loudness and true peak after ITU-R BS.1770-4, for mono at 44.1 kHz."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr
from scipy.signal import sosfilt

from channels.loudspeaker.audio.pcm import RATE, Samples

#: Loudness is summed in steps of 100 ms; a gating block is four of them.
_STEP = RATE // 10
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
    meter = Meter()
    oversampler = soxr.ResampleStream(RATE, RATE * _OVERSAMPLING, 1, dtype="float32")
    peak = 0.0
    for block in blocks:
        meter.feed(block)
        peak = max(peak, _largest(block), _largest(oversampler.resample_chunk(block)))
    tail = oversampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
    return Level(meter.integrated(), decibels(max(peak, _largest(tail))))


def integrated(blocks: Iterable[Samples]) -> float:
    """Return LUFS alone, at a third of the cost of ``measure``."""
    meter = Meter()
    for block in blocks:
        meter.feed(block)
    return meter.integrated()


def peaks(samples: Samples, cell: int) -> npt.NDArray[np.float64]:
    """Return the true peak, linear, of each ``cell`` samples; the last cell may be shorter."""
    cells = -(-len(samples) // cell)
    oversampled = np.abs(soxr.resample(samples, 1, _OVERSAMPLING))
    padded = np.zeros(cells * cell * _OVERSAMPLING, dtype=np.float32)
    fitting = min(len(padded), len(oversampled))
    padded[:fitting] = oversampled[:fitting]
    found: npt.NDArray[np.float64] = padded.reshape(cells, -1).max(axis=1).astype(np.float64)
    return found


def decibels(amplitude: float) -> float:
    """Return a linear amplitude in dB of full scale."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


def amplitude(decibels: float) -> float:
    """Return decibels as a linear factor."""
    return float(10 ** (decibels / 20))


class Meter:
    """Integrated loudness of a sound that is fed stretch by stretch."""

    def __init__(self) -> None:
        self._filters = _k_weighting(RATE)
        self._state = np.zeros((len(self._filters), 2))
        self._rest: npt.NDArray[np.float64] = np.zeros(0)
        self._energies: list[npt.NDArray[np.float64]] = []

    def feed(self, samples: Samples) -> None:
        """Take the next stretch, of any length."""
        weighted, self._state = sosfilt(self._filters, samples.astype(np.float64), zi=self._state)
        joined = np.concatenate([self._rest, weighted])
        steps = len(joined) // _STEP
        whole = joined[: steps * _STEP].reshape(steps, _STEP)
        self._energies.append(np.mean(np.square(whole), axis=1))
        self._rest = joined[steps * _STEP :]

    def integrated(self) -> float:
        """Return LUFS of all that was fed; minus infinity when nothing passes the gate."""
        steps = np.concatenate(self._energies) if self._energies else np.zeros(0)
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


def _k_weighting(rate: int) -> npt.NDArray[np.float64]:
    """Return BS.1770's two filters for any rate, as second-order sections.

    The analogue prototypes (a shelf of 4 dB at 1.68 kHz, a high-pass at 38 Hz) give the
    standard's own table at 48 kHz.
    """
    shelf, high_pass = (
        (1681.974450955533, 0.7071752369554196),
        (38.13547087602444, 0.5003270373238773),
    )
    gain = 10 ** (3.999843853973347 / 20)
    k, a0, poles = _prototype(rate, *shelf)
    bend = gain**0.4996667741545416 * k / shelf[1]
    zeros = [(gain + bend + k * k) / a0, 2 * (k * k - gain) / a0, (gain - bend + k * k) / a0]
    _, _, slow_poles = _prototype(rate, *high_pass)
    return np.array([[*zeros, *poles], [1.0, -2.0, 1.0, *slow_poles]])


def _prototype(rate: int, frequency: float, q: float) -> tuple[float, float, list[float]]:
    k = math.tan(math.pi * frequency / rate)
    a0 = 1 + k / q + k * k
    return k, a0, [1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
