"""WAV: 16-bit mono, for players that take no MP3; tags lie behind the sound, as ``id3 ``."""

from __future__ import annotations

import io
import shutil
import struct
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import numpy as np

from channels.loudspeaker.audio.encoded import Encoded
from channels.loudspeaker.audio.pcm import RATE, STRETCH, Samples, resampled
from channels.loudspeaker.audio.terms import MEDIA_TYPES, Chapter, Format, Tags, chapters
from engine.models import File

_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<4sI4s4sIHHIIHH4sI")
_PCM, _MONO, _BITS, _FORMAT_BYTES = 1, 1, 16, 16
_WIDTH = _BITS // 8


class Wav:
    """A ``Carrier``. ``rate`` in Hz. A passage is bare samples, 16 bits, little-endian."""

    media_type = MEDIA_TYPES[Format.WAV]
    loss = 0.0
    overshoot = 0.1

    def __init__(self, rate: int = RATE) -> None:
        self._rate = rate

    def encode(self, blocks: Iterable[Samples]) -> Encoded:
        made = Encoded()
        for block in resampled(blocks, RATE, self._rate):
            whole = np.clip(np.rint(block * np.float32(32_767)), -32_768, 32_767)
            made.write(whole.astype("<i2").tobytes())
        return made

    def decode(self, passage: Encoded) -> Iterator[Samples]:
        return resampled(_heard(passage.opened()), self._rate, RATE)

    def silence(self, seconds: float) -> Encoded:
        return Encoded(bytes(max(0, round(seconds * self._rate)) * _WIDTH))

    def seconds(self, passage: Encoded) -> float:
        return passage.size / _WIDTH / self._rate

    def plays(self, file: File) -> float:
        with file.opened() as stream:
            return seconds(stream)

    def file(self, passages: Iterable[Encoded], tags: Tags) -> bytes:
        parts, tail = list(passages), self._tail(tags)
        out = io.BytesIO()
        out.write(self._head(sum(part.size for part in parts), len(tail)))
        for part in parts:
            out.writelines(part.pieces())
        out.write(tail)
        return out.getvalue()

    def join(
        self, files: Iterable[BinaryIO], tags: Tags, out: BinaryIO, titles: Sequence[str] = ()
    ) -> tuple[float, ...]:
        # How long it gets stands at the beginning: the sound waits on disk until that is known.
        with tempfile.TemporaryFile() as sound:
            at = [0]
            for file in files:
                self._copy(file, sound)
                at.append(sound.tell())
            begins = tuple(one / _WIDTH / self._rate for one in at)
            length, tail = at[-1], self._tail(tags, chapters(titles, begins))
            out.write(self._head(length, len(tail)))
            sound.seek(0)
            shutil.copyfileobj(sound, out, STRETCH)
            out.write(tail)
        return begins

    def _copy(self, file: BinaryIO, out: BinaryIO) -> None:
        """Write the samples of one of Loa's own files. Raises ValueError for any other."""
        head = file.read(_FORMAT.size)
        length = _FORMAT.unpack(head)[-1] if len(head) == _FORMAT.size else 0
        if head[: _FORMAT.size - 4][8:] != self._head(length, 0)[: _FORMAT.size - 4][8:]:
            raise ValueError("not a WAV of this rate by Loa")
        while length:
            part = file.read(min(length, STRETCH))
            if not part:
                raise ValueError("the WAV was cut short")
            out.write(part)
            length -= len(part)

    def _head(self, length: int, tail: int) -> bytes:
        """Return everything before ``length`` bytes of samples and ``tail`` behind them."""
        whole = _FORMAT.size - _CHUNK.size + length + tail
        return _FORMAT.pack(
            b"RIFF", whole, b"WAVE",
            b"fmt ", _FORMAT_BYTES, _PCM, _MONO, self._rate, self._rate * _WIDTH, _WIDTH, _BITS,
            b"data", length,
        )  # fmt: skip

    @staticmethod
    def _tail(tags: Tags, named: Sequence[Chapter] = ()) -> bytes:
        from channels.loudspeaker.audio.mp3 import tag

        id3 = tag(tags, named)
        return _CHUNK.pack(b"id3 ", len(id3)) + id3 + bytes(len(id3) % 2)


def _heard(stream: BinaryIO) -> Iterator[Samples]:
    while block := stream.read(STRETCH * _WIDTH):
        yield np.frombuffer(block, dtype="<i2").astype(np.float32) / np.float32(32_768)


def seconds(stream: BinaryIO) -> float:
    """Return how long one of Loa's WAV files plays. Raises ValueError for any other file."""
    head = stream.read(_FORMAT.size)
    if len(head) < _FORMAT.size or head[:4] != b"RIFF":
        raise ValueError("not a WAV by Loa")
    fields = _FORMAT.unpack(head)
    return float(fields[-1] / fields[8])
