"""A sound drawn with characters, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.proof.listening import Sound

#: Blocks from nothing to a whole character, in eighths.
_BLOCKS = " ▁▂▃▄▅▆▇█"

#: Lines of the outline; LUFS at the ends of the loudness line.
_LINES = 4
_QUIETEST, _LOUDEST = -48.0, -8.0


def sketch(sound: Sound, moments: Sequence[float], width: int) -> Iterator[str]:
    """Yield lines of ``width`` characters: outline, loudness, and marks at ``moments``."""
    outline = _means(sound.heard.outline, width)
    yield from _bars(np.clip(outline, 0, 1), _LINES)
    loud = _means(np.nan_to_num(sound.loudness.moments, neginf=_QUIETEST), width)
    yield from _bars(np.clip((loud - _QUIETEST) / (_LOUDEST - _QUIETEST), 0, 1), 1)
    marks = [" "] * width
    for at in moments:
        share = at / max(sound.heard.seconds, 0.1)
        marks[min(width - 1, max(0, int(share * width)))] = "▲"
    if moments:
        yield "".join(marks).rstrip()


def _means(values: npt.NDArray[Any], width: int) -> npt.NDArray[np.float64]:
    """Return ``width`` values: the mean of each stretch, or each as often as it fits."""
    if not len(values):
        return np.zeros(width)
    places = np.arange(width) * len(values) / width
    starts = places.astype(int)
    if len(values) < width:
        return np.array(values[starts], dtype=np.float64)
    counts = np.diff(np.append(starts, len(values)))
    means: npt.NDArray[np.float64] = np.add.reduceat(values.astype(np.float64), starts) / counts
    return means


def _bars(shares: npt.NDArray[np.float64], lines: int) -> Iterator[str]:
    eighths = np.rint(shares * lines * 8).astype(int)
    for line in reversed(range(lines)):
        yield "".join(_BLOCKS[min(8, max(0, eighth - line * 8))] for eighth in eighths)
