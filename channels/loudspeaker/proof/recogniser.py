"""Speech recognition, offline: the package viet-asr (the extra ``loa[proof]``).

Its model lies inside its wheel, and it is built without any way to fetch another. It understands
people and neural voices; espeak-ng's voice it does not (docs/proof-listening.md).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from channels.base import ChannelError
from channels.loudspeaker.proof.bands import Signal
from engine.i18n import gettext as _

#: Samples per second that it hears.
_RATE = 16_000

#: Sound goes to it in pieces of about so many seconds, cut where it is quietest within the last
#: so many: it takes memory with the length of a piece.
_PIECE, _CUT_WITHIN = 30, 10

#: Seconds over which quietness is judged.
_QUIET = 0.3

#: What it tells on the error stream: faults only.
_LOG_LEVEL = 3


def is_installed() -> bool:
    """Say whether the extra is there, without loading it."""
    return find_spec("vietasr") is not None


class Recogniser:
    """Writes down what is said. Takes 250 MB once it has heard something."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._pipeline: Any = None

    def words(self, blocks: Iterable[Signal], rate: int) -> list[str]:
        """Return the words that are said in a sound. Raises ChannelError if it is not there."""
        with self._guard:
            pipeline = self._loaded()
            return [
                word
                for piece in _pieces(_heard(blocks, rate))
                for word in str(pipeline.transcribe(piece, _RATE).text).split()
            ]

    def _loaded(self) -> Any:
        if self._pipeline is None:
            if not is_installed():
                raise ChannelError(
                    _(
                        "Speech recognition is not installed: install loa[proof], or set"
                        " [proof] recognise = false"
                    )
                )
            # The ONNX runtime inside reports its use to its maker unless it is told not to.
            os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
            import vietasr
            from vietasr.ffi import native

            native.lib.vietasr_set_log_level(_LOG_LEVEL)
            self._pipeline = vietasr.Pipeline.preset("transcribe")
        return self._pipeline


def word_errors(wanted: list[str], heard: list[str]) -> float:
    """Return the share of words that were changed, left out or added: the word error rate.

    By the fewest such changes (Levenshtein); may be above 1.
    """
    numbers = {word: number for number, word in enumerate({*wanted, *heard})}
    columns = np.array([numbers[word] for word in heard], dtype=np.int64)
    places = np.arange(len(heard) + 1)
    row = places.copy()
    for count, word in enumerate(wanted, start=1):
        left_out, changed = row[1:] + 1, row[:-1] + (columns != numbers[word])
        row = np.concatenate([[count], np.minimum(left_out, changed)])
        # What was added: the cheapest place to the left, and one for each word from there on.
        row = np.minimum.accumulate(row - places) + places
    return float(row[-1]) / max(1, len(wanted))


def _heard(blocks: Iterable[Signal], rate: int) -> Iterator[Signal]:
    stream = soxr.ResampleStream(rate, _RATE, 1, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True)


def _pieces(blocks: Iterable[Signal]) -> Iterator[npt.NDArray[np.int16]]:
    """Cut a sound into pieces, each at a quiet place."""
    waiting: Signal = np.zeros(0, dtype=np.float32)
    for block in blocks:
        waiting = np.concatenate([waiting, block])
        while len(waiting) >= _PIECE * _RATE:
            cut = _quietest(waiting[: _PIECE * _RATE])
            yield _sixteen_bits(waiting[:cut])
            waiting = waiting[cut:]
    if len(waiting):
        yield _sixteen_bits(waiting)


def _quietest(samples: Signal) -> int:
    """Return the middle of the quietest moment near the end."""
    width = round(_QUIET * _RATE)
    begin = len(samples) - _CUT_WITHIN * _RATE
    late = np.square(samples[begin:].astype(np.float64)).cumsum()
    energy = late[width:] - late[:-width]
    return begin + int(energy.argmin()) + width // 2


def _sixteen_bits(samples: Signal) -> npt.NDArray[np.int16]:
    return np.clip(np.rint(samples * 32_767), -32_768, 32_767).astype(np.int16)
