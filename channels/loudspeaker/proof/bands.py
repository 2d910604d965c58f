"""What is kept of a sound for comparing it: how strong each band is, a hundred times a second.

Twenty-four bands, spaced as the ear spaces them (mel), from 120 to 5,000 Hz. Two renderings of
the same sentence agree in them after mastering, encoding and decoding; two sentences do not.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import soxr

#: Energies, linear: a row for each frame, a column for each band.
Bands = npt.NDArray[np.float32]
Signal = npt.NDArray[np.float32]

#: Samples per second on which bands are measured: a quarter of 44,100, half of 22,050.
RATE = 11_025

#: Samples from one frame to the next (10 ms), and in a frame (23 ms).
HOP = 110
_FRAME = 256

COUNT = 24

#: Level, in ``levels``' dB, below which there is no sound: the noise that an MP3 of nothing
#: decodes to lies 30 dB lower still.
NOTHING = -60.0
_LOWEST, _HIGHEST = 120.0, 5_000.0

#: Frames that are transformed at once: few enough for their arrays to be reused. Larger ones are
#: fetched from the system anew each time, which takes ten times as long as the work.
_AT_ONCE = 64


def seconds_of(frames: float) -> float:
    """Return how long ``frames`` last."""
    return frames * HOP / RATE


def frames_of(seconds: float) -> int:
    """Return the frame that begins nearest to ``seconds``."""
    return round(seconds * RATE / HOP)


class BandMeter:
    """The bands of a sound that is fed stretch by stretch, at any rate."""

    def __init__(self, rate: int) -> None:
        self._resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="LQ")
        self._rest: Signal = np.zeros(0, dtype=np.float32)
        self._parts: list[Bands] = []

    def feed(self, samples: Signal) -> None:
        """Take the next stretch, full scale at ±1."""
        self._take(self._resampler.resample_chunk(samples))

    def ended(self) -> Bands:
        """Return all frames. The last one that is not whole is left out."""
        self._take(self._resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
        return np.concatenate(self._parts) if self._parts else np.zeros((0, COUNT), np.float32)

    def _take(self, samples: Signal) -> None:
        joined = np.concatenate([self._rest, samples])
        frames = max(0, (len(joined) - _FRAME) // HOP + 1)
        if frames:
            self._parts.append(_energies(joined, frames))
        self._rest = joined[frames * HOP :]


def bands_of(samples: Signal, rate: int) -> Bands:
    """Return the bands of a whole sound."""
    meter = BandMeter(rate)
    meter.feed(samples)
    return meter.ended()


def levels(bands: Bands) -> npt.NDArray[np.float32]:
    """Return each frame's level in dB; only differences mean something."""
    found: npt.NDArray[np.float32] = 10 * np.log10(bands.sum(axis=1) + np.float32(1e-12))
    return found


def _energies(samples: Signal, frames: int) -> Bands:
    window, weights = _hann(), _mel_weights()
    views = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::HOP]
    found = np.empty((frames, COUNT), dtype=np.float32)
    for start in range(0, frames, _AT_ONCE):
        spectrum = np.fft.rfft(views[start : min(start + _AT_ONCE, frames)] * window, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        found[start : start + _AT_ONCE] = power @ weights
    return found


@cache
def _hann() -> Signal:
    return np.hanning(_FRAME).astype(np.float32)


@cache
def _mel_weights() -> npt.NDArray[np.float32]:
    """Return how much each Fourier bin counts in each band: triangles of unit area.

    The mel scale after O'Shaughnessy: 2595 log10(1 + f/700). The lowest bands are narrower
    than a bin; each takes the bin nearest to it.
    """
    edges = np.linspace(_mel(_LOWEST), _mel(_HIGHEST), COUNT + 2)
    edges = 700 * (10 ** (edges / 2595) - 1)
    bins = np.arange(_FRAME // 2 + 1) * RATE / _FRAME
    weights = np.zeros((len(bins), COUNT), dtype=np.float32)
    for band in range(COUNT):
        low, middle, high = edges[band : band + 3]
        slope = np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle))
        triangle = np.clip(slope, 0, None)
        if not triangle.any():
            triangle[np.abs(bins - middle).argmin()] = 1
        weights[:, band] = triangle / triangle.sum()
    return weights


def _mel(frequency: float) -> float:
    return float(2595 * np.log10(1 + frequency / 700))
