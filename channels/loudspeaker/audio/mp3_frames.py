"""MP3 as frames: what joins without encoding again. Layer III of MPEG-1, ISO 11172-3.

A frame may borrow bytes that frames before it left over (the bit reservoir). LAME's first
frame of a sound borrows none; so sounds that were encoded by themselves play one after the
other, if what only describes a whole file is taken off: ID3 and APE tags, Xing, Info and VBRI
frames.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_KBITS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES = (44_100, 48_000, 32_000)

#: Samples for each channel that a frame holds.
SAMPLES = 1152

_HEADER = 4
_CRC = 2
_MPEG1, _LAYER3, _MONO = 3, 1, 3

#: Bytes of side information, of several channels and of one.
_SIDE, _SIDE_MONO = 32, 17

_ID3_HEADER, _ID3_FOOTER_FLAG = 10, 0x10
_ID3_V1 = 128
_VBRI_AT = _HEADER + 32
_DESCRIBING = (b"Xing", b"Info")


class BrokenMp3Error(ValueError):
    """The bytes are no whole MP3."""


@dataclass(frozen=True, slots=True)
class Header:
    """The four bytes that begin a frame. ``rate`` in Hz; ``size`` of the whole frame, in bytes."""

    guarded: bool
    rate: int
    mono: bool
    size: int

    @classmethod
    def of(cls, four: bytes) -> Header | None:
        """Return what the bytes say; None if they begin no frame of MPEG-1, layer III."""
        word = int.from_bytes(four, "big")
        bit_rate, rate = word >> 12 & 15, word >> 10 & 3
        known = word >> 21 == 0x7FF and word >> 19 & 3 == _MPEG1 and word >> 17 & 3 == _LAYER3
        if not known or bit_rate in (0, 15) or rate == 3:
            return None
        size = SAMPLES // 8 * _KBITS[bit_rate] * 1000 // _RATES[rate] + (word >> 9 & 1)
        return cls(not word >> 16 & 1, _RATES[rate], word >> 6 & 3 == _MONO, size)

    @property
    def kind(self) -> tuple[int, bool]:
        """What must be alike for two sounds to be joined: rate, and whether it is mono."""
        return self.rate, self.mono

    @property
    def side(self) -> int:
        """Where the side information begins."""
        return _HEADER + (_CRC if self.guarded else 0)

    def borrows(self, frame: bytes) -> int:
        """Return how many bytes of earlier frames it needs."""
        return int(struct.unpack_from(">H", frame, self.side)[0] >> 7)

    def describes(self, frame: bytes) -> bool:
        """Say whether it holds no sound, but the length and nature of the file."""
        begins = self.side + (_SIDE_MONO if self.mono else _SIDE)
        return frame[begins : begins + 4] in _DESCRIBING or frame[_VBRI_AT:][:4] == b"VBRI"


def frames(stream: BinaryIO) -> Iterator[tuple[Header, bytes]]:
    """Yield the frames that hold sound, tags and describing frames left out.

    Raises BrokenMp3Error for anything else between them, a frame that was cut short, a change
    of kind, and a first frame that borrows from what is not there.
    """
    begin = stream.read(_ID3_HEADER)
    while begin[:3] == b"ID3" and len(begin) == _ID3_HEADER:
        stream.seek(_id3_size(begin) - _ID3_HEADER, 1)
        begin = stream.read(_ID3_HEADER)
    stream.seek(-len(begin), 1)
    first: Header | None = None
    while (head := stream.read(_HEADER)) and not _is_tail(head):
        header = Header.of(head)
        if header is None:
            raise BrokenMp3Error(f"no frame at byte {stream.tell() - len(head)}")
        frame = head + stream.read(header.size - _HEADER)
        if len(frame) < header.size:
            raise BrokenMp3Error("the last frame was cut short")
        if first is None:
            if header.describes(frame):
                continue
            if header.borrows(frame):
                raise BrokenMp3Error("the first frame needs others before it")
            first = header
        if header.kind != first.kind:
            raise BrokenMp3Error(f"{header.kind} after {first.kind}")
        yield header, frame


def _id3_size(header: bytes) -> int:
    """Return the bytes of an ID3v2 tag, its header included; sizes have seven bits a byte."""
    size = 0
    for byte in header[6:10]:
        size = size << 7 | byte & 0x7F
    return size + _ID3_HEADER * (2 if header[5] & _ID3_FOOTER_FLAG else 1)


def _is_tail(head: bytes) -> bool:
    """Say whether an ID3v1 or APE tag begins: nothing but tags comes after the sound."""
    return head[:3] == b"TAG" or head == b"APET"
