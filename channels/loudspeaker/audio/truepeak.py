"""The highest point of the wave between the samples, after ITU-R BS.1770-4, annex 2.

Only the surroundings of the largest samples are looked at, at a fourth of a sample's distance:
oversampling all of a sound gives the same number and takes three times as long.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.audio.filters import Signal
from channels.loudspeaker.audio.pcm import Samples

#: Samples to each side from which a point is computed.
_REACH = 16

#: Where, in samples around a large one, the wave is looked at: half-way to its neighbours, which
#: are looked at themselves if they are larger.
_POINTS = np.array([-0.5, -0.25, 0.25, 0.5])

#: A wave passes its samples by at most 6 dB. Known: 3.01 dB for a sine at a quarter of the
#: rate. Sounds of which more is to be expected cannot be told from noise.
_NEAR = 0.5


def true_peak(samples: Samples, before: Samples, at_least: float = 0.0) -> float:
    """Return the true peak, linear, of a stretch; ``before`` is the stretch that came before it.

    Nothing is looked for that cannot pass ``at_least``.
    """
    joined = np.concatenate([before[-_REACH:], samples])
    if not len(joined):
        return 0.0
    sizes = np.abs(joined)
    largest = float(sizes.max())
    threshold = max(largest, at_least) * _NEAR
    candidates = np.flatnonzero(sizes >= threshold)
    # The wave is highest beside a sample that is no smaller than its neighbours.
    padded = np.concatenate([[0.0], sizes, [0.0]]).astype(np.float32)
    rising = padded[candidates + 1] >= padded[candidates]
    falling = padded[candidates + 1] >= padded[candidates + 2]
    candidates = candidates[rising & falling]
    if largest == 0.0 or not len(candidates):
        return largest
    return max(largest, float(_around(joined, candidates).max()))


def cell_peaks(samples: Samples, before: Samples, cell: int) -> npt.NDArray[np.float32]:
    """Return the true peak, linear, of each ``cell`` samples; the last cell may be shorter."""
    cells = -(-len(samples) // cell)
    context = before[-_REACH:]
    joined = np.concatenate([context, samples])
    sizes = np.zeros(cells * cell, dtype=np.float32)
    np.abs(samples, out=sizes[: len(samples)])
    largest = sizes.reshape(cells, cell).argmax(axis=1) + np.arange(cells) * cell
    around = _around(joined, np.minimum(largest, len(samples) - 1) + len(context))
    peaks: npt.NDArray[np.float32] = np.maximum(around.max(axis=1), sizes[largest])
    return peaks


def _around(samples: Samples, where: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
    """Return how far the wave is from nought at each of the points around each sample."""
    padded = np.pad(samples, _REACH)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1)[where]
    # Not ``@``: for so narrow a product, BLAS wakes threads that take longer than the work.
    around: npt.NDArray[np.float32] = np.abs(np.einsum("ij,jk->ik", windows, _KERNEL))
    return around


def _kernel() -> npt.NDArray[np.float32]:
    """Return the weights of the samples around, for each of the points: a windowed sinc."""
    distance: Signal = np.arange(-_REACH, _REACH + 1)[:, None] - _POINTS[None, :]
    window = np.i0(8.0 * np.sqrt(np.maximum(0, 1 - (distance / (_REACH + 1)) ** 2))) / np.i0(8.0)
    weights: Signal = np.sinc(distance) * window
    kernel: npt.NDArray[np.float32] = (weights / weights.sum(axis=0)).astype(np.float32)
    return kernel


_KERNEL = _kernel()
