"""How loud a file is, as a whole and from moment to moment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from channels.loudspeaker.audio.meter import decibels, loudness
from channels.loudspeaker.audio.meter import heard as measured
from channels.loudspeaker.audio.pcm import RATE
from channels.loudspeaker.proof.bands import Signal

#: A moment is four steps of a tenth of a second (EBU R 128's momentary loudness).
_STEPS = 4


@dataclass(frozen=True, eq=False)
class Loudness:
    """LUFS and dBTP of the whole; ``moments`` are LUFS at each tenth of a second.

    Minus infinity is silence.
    """

    integrated: float
    true_peak: float
    moments: npt.NDArray[np.float64]


def loudness_of(blocks: Iterable[Signal], rate: int) -> Loudness:
    """Measure a sound that is given as consecutive stretches."""
    steps, peak = measured(_at_rate(blocks, rate))
    return Loudness(loudness(steps), decibels(peak), _moments(steps))


def _moments(steps: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    if len(steps) < _STEPS:
        return np.full(len(steps), -math.inf)
    energy = np.convolve(steps, np.full(_STEPS, 1 / _STEPS), "same")
    with np.errstate(divide="ignore"):
        found: npt.NDArray[np.float64] = -0.691 + 10 * np.log10(energy)
    return found


def _at_rate(blocks: Iterable[Signal], rate: int) -> Iterator[Signal]:
    if rate == RATE:
        yield from blocks
        return
    stream = soxr.ResampleStream(rate, RATE, 1, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
