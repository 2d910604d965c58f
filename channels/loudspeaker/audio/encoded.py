"""Encoded sound on its way to a file: in memory while it is small, else on disk."""

from __future__ import annotations

import io
import tempfile
import weakref
from collections.abc import Iterator
from typing import BinaryIO

#: Bytes that are held in memory: four minutes of MP3. Half an hour is 29 MB, and it would be
#: there several times over.
_IN_MEMORY = 4_000_000

_PIECE = 1 << 20


class Encoded:
    """An encoded passage. Written once, then read as often as is wanted, by one at a time."""

    def __init__(self, data: bytes = b"") -> None:
        self._file: BinaryIO = io.BytesIO()
        self._on_disk = False
        self.size = 0
        self.write(data)

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self.size > _IN_MEMORY and not self._on_disk:
            self._move_to_disk()
        self._file.write(data)

    def opened(self) -> BinaryIO:
        """Return it as a stream at its beginning; the next call takes it away again."""
        self._file.seek(0)
        return self._file

    def pieces(self) -> Iterator[bytes]:
        stream = self.opened()
        while piece := stream.read(_PIECE):
            yield piece

    def __bytes__(self) -> bytes:
        return self.opened().read()

    def _move_to_disk(self) -> None:
        # A file without a name, which goes with the last reference to this object.
        file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this object, and closes with it
        weakref.finalize(self, file.close)
        file.writelines(self.pieces())
        self._file, self._on_disk = file, True
