"""A passage on its way through mastering: shaped once to be judged, and again to be encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from channels.loudspeaker.audio.carrier import Carrier
from channels.loudspeaker.audio.dynamics import CELL, Cells, Cellwise, Limiter, limited
from channels.loudspeaker.audio.encoded import Encoded
from channels.loudspeaker.audio.filters import Bank, Biquad, Signal
from channels.loudspeaker.audio.meter import K_WEIGHTING, energies, heard
from channels.loudspeaker.audio.pcm import RATE, Samples, in_stretches
from channels.loudspeaker.audio.truepeak import cell_peaks

_NOTHING = np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class Take:
    """An encoded passage, and what a player hears of it: STEPs' energies, and the true peak.

    ``late`` is by how many seconds it is longer than what was encoded.
    """

    encoded: Encoded
    steps: Signal
    peak: float
    late: float


class Track:
    """A distinct passage. ``cells`` are known once it was listened to.

    ``ceiling`` in dBTP is what its limiter keeps to.
    """

    def __init__(
        self, blocks: Callable[[], Iterator[Samples]], filters: Sequence[Biquad], ceiling: float
    ) -> None:
        self.blocks = blocks
        self.ceiling = ceiling
        self.cells = Cells(_NOTHING, _NOTHING)
        self._samples = 0
        self._evened: Cellwise = _NOTHING
        self._filters = filters
        self._kept: list[Samples] | None = None

    def listen(self, budget: Budget) -> None:
        """Learn what dynamics need to know; keep the shaped sound if there is room for it."""
        bank = Bank(self._filters, (*self._filters, *K_WEIGHTING))
        tops: list[Cellwise] = [_NOTHING]
        powers: list[Cellwise] = [_NOTHING]
        shaped: list[Samples] = []
        before, keeping = _NOTHING, True
        for block in in_stretches(self.blocks()):
            plain, weighted = bank.feed(block)
            heard_now = plain.astype(np.float32, copy=False)
            tops.append(cell_peaks(heard_now, before, CELL))
            missing = -len(weighted) % CELL
            powers.append(energies(np.pad(weighted, (0, missing)), CELL).astype(np.float32))
            before = heard_now
            self._samples += len(block)
            keeping = keeping and budget.takes(heard_now.nbytes)
            if keeping:
                shaped.append(heard_now)
            else:
                shaped.clear()
        self._kept = shaped if keeping else None
        self.cells = Cells(np.concatenate(tops), np.concatenate(powers))
        self._evened = np.ones(len(self.cells.peaks), dtype=np.float32)

    def even(self, natural: float, ratio: float) -> None:
        """Compress it; ``natural`` is the loudness, LUFS, of the whole that it belongs to."""
        self._evened = self.cells.compressed(natural, ratio)
        self.cells = self.cells.times(self._evened)

    def take(self, limiter: Limiter, carrier: Carrier) -> Take:
        """Return it limited and encoded."""
        factors = limiter.factors(self.cells.peaks, self.ceiling)
        factors *= self._evened
        encoded = carrier.encode(self._limited(factors))
        steps, peak = heard(carrier.decode(encoded))
        return Take(encoded, steps, peak, carrier.seconds(encoded) - self._samples / RATE)

    def _limited(self, factors: Cellwise) -> Iterator[Samples]:
        first = 0
        for block in self._shaped():
            yield limited(block, factors, first)
            first += len(block) // CELL

    def _shaped(self) -> Iterator[Samples]:
        if self._kept is not None:
            yield from self._kept
            return
        bank = Bank(self._filters)
        for block in in_stretches(self.blocks()):
            yield bank.feed(block)[0].astype(np.float32, copy=False)


class Budget:
    """Bytes that may still be kept."""

    def __init__(self, left: int) -> None:
        self._left = left

    def takes(self, size: int) -> bool:
        """Say whether there is room, and if so, take it."""
        if size > self._left:
            return False
        self._left -= size
        return True
