"""Plain sound: mono samples at a rate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr

#: Mono samples, full scale at ±1.
Samples = npt.NDArray[np.float32]

#: Samples per second at which this channel works, and leaves unless another rate is set.
RATE = 44_100

#: Sound is worked on in stretches of four seconds: what that takes does not grow with its length.
STRETCH = 4 * RATE


@dataclass(frozen=True, eq=False, slots=True)
class Pcm:
    """16-bit mono sound as an engine speaks it; ``rate`` in samples per second."""

    samples: npt.NDArray[np.int16]
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    def at_output_rate(self) -> Samples:
        """Return the sound at RATE, full scale at ±1."""
        samples = self.samples.astype(np.float32) / np.float32(32_768)
        if self.rate == RATE:
            return samples
        resampled: Samples = soxr.resample(samples, self.rate, RATE)
        return resampled


@dataclass(frozen=True, slots=True)
class Passage:
    """Sound that begins and ends in silence, and the seconds of silence before and after it.

    ``blocks`` gives the sound at RATE, each time from its beginning, in consecutive stretches of
    any length: so that a sound is never held whole. Passages with equal ``blocks`` sound the
    same, and are worked on once.
    """

    blocks: Callable[[], Iterator[Samples]]
    pause: float = 0.0
    before: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Held:
    """``Passage.blocks`` of samples that are held in memory."""

    samples: Samples

    def __call__(self) -> Iterator[Samples]:
        return stretches(self.samples)


def silence(seconds: float) -> Samples:
    """Return ``seconds`` of nothing at RATE."""
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def stretches(samples: Samples) -> Iterator[Samples]:
    """Cut ``samples`` into consecutive views of STRETCH samples."""
    for start in range(0, len(samples), STRETCH):
        yield samples[start : start + STRETCH]


def in_stretches(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """Cut a sound anew: blocks of any length into ones of STRETCH samples, the last shorter."""
    waiting: list[Samples] = []
    length = 0
    for block in blocks:
        waiting.append(block)
        length += len(block)
        if length >= STRETCH:
            joined = np.concatenate(waiting)
            whole = length // STRETCH * STRETCH
            yield from stretches(joined[:whole])
            waiting, length = [joined[whole:]], length - whole
    if length:
        yield np.concatenate(waiting)


def resampled(blocks: Iterable[Samples], rate: int, to: int) -> Iterator[Samples]:
    """Yield a sound of ``rate`` at the rate ``to``."""
    if rate == to:
        yield from blocks
        return
    stream = soxr.ResampleStream(rate, to, 1, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
