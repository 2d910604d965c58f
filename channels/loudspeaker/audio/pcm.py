"""Plain sound: mono samples at a rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

#: Mono samples, full scale at ±1.
Samples = npt.NDArray[np.float32]

#: Samples per second of everything that leaves this channel.
RATE = 44_100

#: Sound is worked on in stretches of four seconds: what that takes does not grow with its length.
STRETCH = 4 * RATE


@dataclass(frozen=True, eq=False, slots=True)
class Pcm:
    """16-bit mono sound as an engine speaks it; ``rate`` in samples per second."""

    samples: npt.NDArray[np.int16]
    rate: int

    def at_output_rate(self) -> Samples:
        """Return the sound at RATE, full scale at ±1."""
        samples = self.samples.astype(np.float32) / np.float32(32_768)
        if self.rate == RATE:
            return samples
        resampled: Samples = soxr.resample(samples, self.rate, RATE)
        return resampled


def silence(seconds: float) -> Samples:
    """Return ``seconds`` of nothing at RATE."""
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def stretches(samples: Samples) -> Iterator[Samples]:
    """Cut ``samples`` into consecutive views of STRETCH samples."""
    for start in range(0, len(samples), STRETCH):
        yield samples[start : start + STRETCH]
