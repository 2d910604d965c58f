"""What a recording is like: how loud, how clipped, and where it is silent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.audio.filters import Signal
from channels.loudspeaker.audio.meter import STEP, Meter, loudness, loudness_of
from channels.loudspeaker.audio.pcm import RATE, Samples

#: Samples for which it is decided whether they are silent: 10 ms, ten to a STEP.
_CELL = RATE // 100
_CELLS_PER_STEP = STEP // _CELL

#: Seconds that a loudness needs at least: one gating block.
SHORTEST = 0.4

#: LU below the speech's own loudness at which it counts as silence: breath and room are louder.
_SILENT = 30.0

#: So many samples near full scale within 10 ms were cut off by the recorder. Speech that only
#: touches full scale has one or two; lossy coding lets a cut top ring, so that it is not flat any
#: more. Measured on speech 0, 3, 6 and 10 dB too loud, as WAV, MP3, M4A and Opus: 0, 3-7, 11-16
#: and 26-33 percent of it; speech mastered up to full scale: 4.
_TOP, _TOPS = 0.92, 8


@dataclass(frozen=True, eq=False, slots=True)
class Heard:
    """What was heard of a recording at RATE. ``loudness`` in LUFS, ``length`` in samples.

    ``clipped`` is the share, 0 to 1, of its audible 10 ms that are cut off at the top.
    ``silent`` says of each 10 ms whether it is silent.
    """

    loudness: float
    length: int
    clipped: float
    silent: npt.NDArray[np.bool_]

    def silences(self) -> Iterator[tuple[int, int]]:
        """Yield each silence, from and to which sample."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], self.silent, [False]])))
        for begin, end in edges.reshape(-1, 2):
            yield int(begin) * _CELL, min(int(end) * _CELL, self.length)


def listen(blocks: Iterable[Samples]) -> Heard:
    """Hear a recording out, given in consecutive stretches at RATE."""
    meter = Meter(_CELL)
    powers: list[Signal] = [np.zeros(0)]
    tops: list[npt.NDArray[np.bool_]] = [np.zeros(0, dtype=np.bool_)]
    rest = np.zeros(0, dtype=np.bool_)
    length = 0
    for block in blocks:
        length += len(block)
        powers.append(meter.feed(block))
        rest = np.concatenate([rest, np.abs(block) >= _TOP])
        whole = len(rest) // _CELL * _CELL
        tops.append(rest[:whole].reshape(-1, _CELL).sum(axis=1) >= _TOPS)
        rest = rest[whole:]
    powers.append(meter.rest())
    energies = np.concatenate(powers)
    level = _loudness(energies)
    silent = _silent(energies, level)
    audible = np.count_nonzero(~silent)
    clipped = np.count_nonzero(np.concatenate(tops)) / audible if audible else 0.0
    return Heard(level, length, clipped, silent)


def _loudness(energies: Signal) -> float:
    padded = np.pad(energies, (0, -len(energies) % _CELLS_PER_STEP))
    return loudness(padded.reshape(-1, _CELLS_PER_STEP).mean(axis=1))


def _silent(energies: Signal, level: float) -> npt.NDArray[np.bool_]:
    if math.isinf(level):
        return np.ones(len(energies), dtype=np.bool_)
    threshold = 10 ** ((level - _SILENT - loudness_of(1.0)) / 10)
    return energies < threshold
