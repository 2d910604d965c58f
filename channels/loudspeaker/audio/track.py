"""A passage on its way through mastering: shaped once to be judged, and again to be limited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from channels.loudspeaker.audio.dynamics import CELL, Cells, Cellwise, limited
from channels.loudspeaker.audio.filters import Bank, Biquad
from channels.loudspeaker.audio.meter import K_WEIGHTING, energies
from channels.loudspeaker.audio.pcm import Samples, in_stretches
from channels.loudspeaker.audio.truepeak import cell_peaks


class Track:
    """A distinct passage: heard once to be judged, and again to be limited and encoded."""

    def __init__(self, blocks: Callable[[], Iterator[Samples]], filters: Sequence[Biquad]) -> None:
        self.blocks = blocks
        self.samples = 0
        self.evened: Cellwise = np.ones(0, dtype=np.float32)
        self._filters = filters
        self._kept: list[Samples] | None = None

    def listen(self, budget: Budget) -> Cells:
        """Return what dynamics need to know; keep the shaped sound if there is room for it."""
        bank = Bank(self._filters, (*self._filters, *K_WEIGHTING))
        tops: list[Cellwise] = []
        powers: list[Cellwise] = []
        shaped: list[Samples] = []
        before = np.zeros(0, dtype=np.float32)
        keeping = True
        for block in in_stretches(self.blocks()):
            plain, weighted = bank.feed(block)
            heard_now = plain.astype(np.float32)
            tops.append(cell_peaks(heard_now, before, CELL))
            missing = -len(weighted) % CELL
            powers.append(energies(np.pad(weighted, (0, missing)), CELL).astype(np.float32))
            before = heard_now
            self.samples += len(block)
            keeping = keeping and budget.takes(heard_now.nbytes)
            if keeping:
                shaped.append(heard_now)
            else:
                shaped.clear()
        self._kept = shaped if keeping else None
        nothing = np.zeros(0, dtype=np.float32)
        return Cells(np.concatenate([nothing, *tops]), np.concatenate([nothing, *powers]))

    def limited(self, factors: Cellwise) -> Iterator[Samples]:
        """Yield the shaped sound, each cell times its factor."""
        first = 0
        for block in self._kept if self._kept is not None else self._again():
            yield limited(block, factors, first)
            first += len(block) // CELL

    def _again(self) -> Iterator[Samples]:
        bank = Bank(self._filters)
        for block in in_stretches(self.blocks()):
            yield bank.feed(block)[0].astype(np.float32)


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
