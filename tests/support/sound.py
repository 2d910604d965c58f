"""Sound for tests: made-up signals, and a second opinion on loudness and true peak."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from scipy.signal import lfilter, resample_poly

Signal = npt.NDArray[np.float64]

#: ITU-R BS.1770-4, tables 1 and 2: the K-weighting filters at 48 kHz, as printed there.
_SHELF = (
    [1.53512485958697, -2.69169618940638, 1.19839281085285],
    [1.0, -1.69065929318241, 0.73248077421585],
)
_HIGH_PASS = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])


def decoded(mp3: bytes) -> Signal:
    """Return what a player hears of a mono MP3 at 44.1 kHz."""
    samples, rate = soundfile.read(io.BytesIO(mp3), dtype="float64")
    assert rate == 44_100
    assert samples.ndim == 1
    return samples


def loudness(samples: Signal, rate: int = 44_100) -> float:
    """Return integrated LUFS, the plain way: the whole signal, at 48 kHz, block by block."""
    signal = soxr.resample(samples, rate, 48_000)
    weighted = lfilter(*_HIGH_PASS, lfilter(*_SHELF, signal))
    starts = range(0, len(weighted) - 19_200 + 1, 4_800)
    energies = np.array([np.mean(weighted[n : n + 19_200] ** 2) for n in starts])
    levels = -0.691 + 10 * np.log10(np.maximum(energies, 1e-12))
    gate = -0.691 + 10 * np.log10(energies[levels > -70].mean()) - 10
    counted = energies[(levels > -70) & (levels > gate)]
    return float(-0.691 + 10 * np.log10(counted.mean()))


def true_peak(samples: Signal) -> float:
    """Return dBTP at eightfold oversampling, twice what the standard asks for."""
    oversampled = resample_poly(samples, 8, 1, window=("kaiser", 9.0))
    return float(20 * np.log10(np.abs(oversampled).max()))


def murmur(seconds: float, level: float = 0.1, rate: int = 44_100) -> Signal:
    """Return something like speech: noise with a voice's spectrum, in syllables with pauses."""
    random = np.random.default_rng(7)
    time = np.arange(round(seconds * rate)) / rate
    noise = lfilter([1.0], [1.0, -0.95], random.standard_normal(len(time)))
    syllables = np.clip(np.sin(2 * np.pi * 2.7 * time), 0, None) ** 2
    voice: Signal = noise * syllables
    return level * voice / np.abs(voice).max()


def sound_file(path: Path, samples: Any, rate: int = 44_100, **how: str) -> Path:
    """Write ``samples``; the ending of ``path`` decides the kind of file."""
    soundfile.write(path, samples, rate, **how)
    return path
