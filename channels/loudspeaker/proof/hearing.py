"""Hearing a sound once, from beginning to end: all that a proof needs to know of it.

Memory stays small: an hour leaves 35 MB behind, whatever its samples took.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.proof.bands import (
    NOTHING,
    BandMeter,
    Bands,
    Signal,
    frames_of,
    levels,
    seconds_of,
)
from channels.loudspeaker.proof.tones import without_tones

#: Points of the outline in a second.
OUTLINE = 50

#: Sound is judged for squeezed tops in stretches of so many seconds, on every third sample,
#: where at least a quarter of them is louder than a whisper.
_JUDGED, _EVERY, _WHISPER, _ENOUGH = 4, 3, 0.003, 0.25

#: How far the loudest samples lie above those that are loud, in dB, as two pairs of quantiles
#: and the least that speech has between them. Where tops were cut off they lie close together.
#: Measured: docs/proof-listening.md.
_TOPS = ((0.9995, 0.95, 1.8), (0.98, 0.90, 2.0))

#: dB below the loud parts at which a frame counts as silent.
_SILENT_BELOW = 40.0

#: The level of loud parts: a frame louder than so many of a hundred.
_LOUD_PERCENTILE = 95


@dataclass(frozen=True, eq=False)
class Heard:
    """What was heard. ``outline`` is the largest amplitude of each fiftieth of a second.

    ``squeezed`` are the moments, in seconds, from which on tops are cut off.
    """

    seconds: float
    bands: Bands
    outline: npt.NDArray[np.float32]
    squeezed: tuple[float, ...]

    @property
    def peak(self) -> float:
        """The largest amplitude."""
        return float(self.outline.max(initial=0))

    def part(self, begin: float, end: float) -> Heard:
        """Return what was heard between two moments, in seconds, as if it were all there is."""
        bands = self.bands[frames_of(begin) : frames_of(end)]
        outline = self.outline[round(begin * OUTLINE) : round(end * OUTLINE)]
        squeezed = tuple(at - begin for at in self.squeezed if begin <= at < end)
        return Heard(min(end, self.seconds) - begin, bands, outline, squeezed)

    def silences(self, longest: float) -> Iterator[tuple[float, float]]:
        """Yield (from, to), in seconds, of every silence that is longer than ``longest``."""
        silent = ~self.sounding()
        edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]])))
        for start, end in edges.reshape(-1, 2):
            if seconds_of(end - start) > longest:
                yield seconds_of(int(start)), seconds_of(int(end))

    def sounding(self) -> npt.NDArray[np.bool_]:
        """Say for each frame whether it is no silence."""
        found = levels(self.bands)
        if not len(found):
            return np.zeros(0, dtype=np.bool_)
        loud = max(float(np.percentile(found, _LOUD_PERCENTILE)), NOTHING + _SILENT_BELOW)
        sounding: npt.NDArray[np.bool_] = found > loud - _SILENT_BELOW
        return sounding


def hear(blocks: Iterable[Signal], rate: int) -> Heard:
    """Hear a sound that is given as consecutive stretches, full scale at ±1."""
    meter, outline, squeezes = BandMeter(rate), _Outline(rate), _Squeezes(rate)
    samples = 0
    for block in blocks:
        meter.feed(block)
        outline.feed(np.abs(block))
        squeezes.feed(block)
        samples += len(block)
    return Heard(samples / rate, meter.ended(), outline.ended(), tuple(squeezes.ended()))


class _Cells:
    """Cuts what is fed into cells of a fixed length."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._rest: Signal = np.zeros(0, dtype=np.float32)

    def cut(self, samples: Signal) -> npt.NDArray[np.float32]:
        """Return the cells that are complete now, one a row."""
        joined = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(joined) // self._length * self._length
        self._rest = joined[whole:]
        return joined[:whole].reshape(-1, self._length)

    def rest(self) -> Signal:
        return self._rest


class _Outline:
    def __init__(self, rate: int) -> None:
        self._cells = _Cells(rate // OUTLINE)
        self._found: list[npt.NDArray[np.float32]] = []

    def feed(self, loud: Signal) -> None:
        self._found.append(self._cells.cut(loud).max(axis=1, initial=0))

    def ended(self) -> npt.NDArray[np.float32]:
        rest = self._cells.rest()
        return np.concatenate([*self._found, [rest.max()]] if len(rest) else self._found)


class _Squeezes:
    """Looks for stretches whose tops are cut off, wherever the ceiling lay."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._cells = _Cells(rate * _JUDGED)
        self._done = 0
        self._found: list[float] = []

    def feed(self, samples: Signal) -> None:
        for cell in self._cells.cut(samples):
            self._judge(cell)

    def ended(self) -> list[float]:
        self._judge(self._cells.rest())
        return self._found

    def _judge(self, cell: Signal) -> None:
        """Judge a stretch; a tone's loudest samples crowd of themselves, so it does not count."""
        if _crowded(cell) and _crowded(without_tones(cell, self._rate)):
            self._found.append(float(self._done))
        self._done += _JUDGED


def _crowded(samples: Signal) -> bool:
    """Say whether the loudest samples lie too close together; too few say nothing."""
    picked = np.abs(samples[::_EVERY])
    audible = np.sort(picked[picked > _WHISPER])
    telling = len(audible) > max(1_000, len(picked) * _ENOUGH)
    return telling and any(_apart(audible, high, low) < least for high, low, least in _TOPS)


def _apart(ordered: Signal, high: float, low: float) -> float:
    """Return how many dB lie between two quantiles of samples in order."""
    last = len(ordered) - 1
    return float(20 * np.log10(ordered[int(high * last)] / ordered[int(low * last)]))
