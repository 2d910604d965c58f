"""The fonts of every printed product (OFL), and which characters they have.

Noto Sans for Vietnamese and whatever else is written in Latin, Cyrillic or Greek letters; Noto
Sans Khmer beside it, for the second language of a flyer alone.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import fontpkg_noto_sans
import fontpkg_noto_sans_khmer

#: Variable fonts: Typst takes every weight, bold too, out of them.
FOLDERS: tuple[Path, ...] = (
    fontpkg_noto_sans.ROOT / "files",
    fontpkg_noto_sans_khmer.ROOT / "files",
)
UPRIGHT = FOLDERS[0] / "NotoSans[wdth,wght].ttf"
KHMER = FOLDERS[1] / "NotoSansKhmer[wdth,wght].ttf"

_LAST = 0xFFFF  # closes the list of segments in a subtable of format 4


@cache
def characters(font: Path = UPRIGHT) -> frozenset[int]:
    """Return the code points that have a glyph (OpenType, table cmap, formats 4 and 12)."""
    data = font.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * i) for i in range(tables))
    cmap = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    subtables = struct.unpack_from(">H", data, cmap + 2)[0]
    found: set[int] = set()
    for i in range(subtables):
        table = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * i)[0]
        for first, last in _RANGES.get(struct.unpack_from(">H", data, table)[0], _none)(
            data, table
        ):
            found.update(range(first, last + 1))
    return frozenset(found - {_LAST})


def _segments(data: bytes, table: int) -> Iterator[tuple[int, int]]:
    """Yield format 4: (first, last) of each segment of the basic plane."""
    count = struct.unpack_from(">H", data, table + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, table + 14)
    firsts = struct.unpack_from(f">{count}H", data, table + 16 + 2 * count)
    yield from zip(firsts, ends, strict=True)


def _groups(data: bytes, table: int) -> Iterator[tuple[int, int]]:
    """Yield format 12: (first, last) of each group, for all of Unicode."""
    for i in range(struct.unpack_from(">I", data, table + 12)[0]):
        first, last, _glyph = struct.unpack_from(">III", data, table + 16 + 12 * i)
        yield first, last


def _none(_data: bytes, _table: int) -> Iterator[tuple[int, int]]:
    return iter(())


_RANGES = {4: _segments, 12: _groups}


def missing(text: str, *more: Path) -> tuple[str, ...]:
    """Return the characters of ``text`` that cannot be printed, each once, in order.

    ``more`` are fonts beside Noto Sans. Line feeds are no characters to print.
    """
    known = characters().union(*(characters(font) for font in more))
    return tuple(c for c in dict.fromkeys(text) if ord(c) not in known and c != "\n")
