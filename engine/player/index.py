"""Which programme is in force for each slot, kept beside the programmes themselves.

So that one whose file is damaged or gone is known to lack, and is taken again although its number
was taken before: the same bytes, and no others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.files import write_atomic
from engine.player.history import Slot


@dataclass(frozen=True, slots=True)
class Held:
    """What was taken for a slot: its number and the SHA-256 of what was signed."""

    sequence: int
    digest: str


class Index:
    """A small file. What the disk refuses of it costs only the knowledge of what would lack."""

    def __init__(self, path: Path, key: str) -> None:
        """Read it; one that is spoilt, or another key's, says nothing."""
        self._path, self._key = path, key
        self.held: dict[Slot, Held] = _load(path, key)

    def hold(self, slot: Slot, held: Held) -> None:
        self.held[slot] = held
        self._write()

    def drop(self, slots: Iterable[Slot]) -> None:
        for slot in slots:
            self.held.pop(slot, None)
        self._write()

    def _write(self) -> None:
        """Not forced onto the disk: after a power cut an older one says a little less."""
        rows = [
            [cluster, moment.isoformat(), one.sequence, one.digest]
            for (cluster, moment), one in sorted(self.held.items())
        ]
        with suppress(OSError):
            plain = json.dumps({"key": self._key, "held": rows})
            write_atomic(self._path, plain.encode(), durable=False)


def _load(path: Path, key: str) -> dict[Slot, Held]:
    try:
        found = json.loads(path.read_bytes())
        if found["key"] != key:
            return {}
        return {
            (str(cluster), datetime.fromisoformat(moment)): Held(int(sequence), str(digest))
            for cluster, moment, sequence, digest in found["held"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}
