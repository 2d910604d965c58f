"""Noto Sans (OFL), the one font of every printed product, and which characters it has."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

import fontpkg_noto_sans

#: Variable fonts: Typst takes every weight, bold too, out of them.
FOLDER: Path = fontpkg_noto_sans.ROOT / "files"
_UPRIGHT = FOLDER / "NotoSans[wdth,wght].ttf"

_GROUPS = 12  # the cmap format that lists (first, last, glyph) groups for all of Unicode


@cache
def _characters() -> frozenset[int]:
    """Return the code points that have a glyph (OpenType, table cmap, subtable format 12)."""
    data = _UPRIGHT.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * i) for i in range(tables))
    cmap = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    subtables = struct.unpack_from(">H", data, cmap + 2)[0]
    offsets = (struct.unpack_from(">4xI", data, cmap + 4 + 8 * i)[0] for i in range(subtables))
    table = next(
        cmap + o for o in offsets if struct.unpack_from(">H", data, cmap + o)[0] == _GROUPS
    )
    groups = struct.unpack_from(">I", data, table + 12)[0]
    found: set[int] = set()
    for i in range(groups):
        first, last, _glyph = struct.unpack_from(">III", data, table + 16 + 12 * i)
        found.update(range(first, last + 1))
    return frozenset(found)


def missing(text: str) -> tuple[str, ...]:
    """Return the characters of ``text`` that cannot be printed, each once, in order.

    Line feeds are no characters to print.
    """
    known = _characters()
    return tuple(c for c in dict.fromkeys(text) if ord(c) not in known and c != "\n")
