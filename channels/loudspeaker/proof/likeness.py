"""How alike two stretches of sound are, whatever was done to their level and their colour.

A frame becomes a direction: the logarithms of its bands, less their mean (its level) and less
the mean of all audible frames (the colour that filters, loudspeakers and codecs give). Two
frames are as alike as their directions: 1 for the same, about 0 for two that have nothing to
do with each other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.proof.bands import COUNT, Bands

#: A row of unit length for each frame; rows of zeros count for nothing.
Directions = npt.NDArray[np.float32]

#: Frames within which a likeness that has become enough reaches its peak.
_PEAK = 20

_TINY = np.float32(1e-10)


def shapes(bands: Bands) -> Directions:
    """Return each frame's bands as logarithms without its level."""
    logs: Directions = np.log(bands + _TINY)
    logs -= logs.mean(axis=1, keepdims=True)
    return logs


def directions(shaped: Directions, colour: Directions) -> Directions:
    """Turn ``shapes`` into directions, in place, once the mean ``colour`` is taken away."""
    shaped -= colour
    shaped /= np.sqrt(np.einsum("ij,ij->i", shaped, shaped))[:, None] + _TINY
    return shaped


class Track:
    """The directions of a whole file, in which sentences are looked for."""

    def __init__(self, found: Directions) -> None:
        self.directions = np.ascontiguousarray(found)

    def __len__(self) -> int:
        return len(self.directions)

    def alike_at(self, wanted: Directions, at: int) -> float:
        """Return the sum of all frames' likeness where ``wanted`` is laid at frame ``at``."""
        start, end = max(0, at), min(len(self), at + len(wanted))
        if start >= end:
            return 0.0
        here = self.directions[start:end].reshape(-1)
        return float(here @ wanted[start - at : end - at].reshape(-1))

    def frames_alike(self, wanted: Directions, at: int) -> npt.NDArray[np.float32]:
        """Return each frame's likeness; 0 where the file has no frame."""
        found = np.zeros(len(wanted), dtype=np.float32)
        start, end = max(0, at), min(len(self), at + len(wanted))
        if start < end:
            here, there = self.directions[start:end], wanted[start - at : end - at]
            found[start - at : end - at] = np.einsum("ij,ij->i", here, there)
        return found

    def best(self, wanted: Directions, first: int, last: int) -> tuple[int, float]:
        """Return where from ``first`` to ``last`` ``wanted`` is most alike, and its sum."""
        sums = [self.alike_at(wanted, at) for at in range(first, last + 1)]
        place = int(np.argmax(sums))
        return first + place, sums[place]

    def best_anywhere(self, wanted: Directions, first: int, last: int) -> tuple[int, float]:
        """Do the same over a long way."""
        first = max(first, 0)
        sums = self._sums(wanted, first, last)
        if not len(sums):
            return first, 0.0
        place = int(np.argmax(sums))
        return first + place, float(sums[place])

    def next_from(self, wanted: Directions, first: int, enough: float) -> int | None:
        """Return the first place from ``first`` on with a sum of ``enough``; None without one."""
        first = max(first, 0)
        sums = self._sums(wanted, first, len(self) - 1)
        places = np.flatnonzero(sums >= enough)
        if not len(places):
            return None
        begin = int(places[0])
        return first + begin + int(np.argmax(sums[begin : begin + _PEAK]))

    def _sums(self, wanted: Directions, first: int, last: int) -> npt.NDArray[np.float32]:
        """Return the sum of likenesses at each place, by Fourier transforms."""
        last = min(last, len(self) - 1)
        if last < first:
            return np.zeros(0, dtype=np.float32)
        stretch = self.directions[first : last + len(wanted)]
        size = 1 << (len(stretch) + len(wanted) - 1).bit_length()
        total = np.zeros(size // 2 + 1, dtype=np.complex64)
        for band in range(COUNT):
            spectrum = np.fft.rfft(stretch[:, band], size)
            total += spectrum * np.conj(np.fft.rfft(wanted[:, band], size))
        sums = np.fft.irfft(total, size)[: last - first + 1]
        return sums.astype(np.float32)
