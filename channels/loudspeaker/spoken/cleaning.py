"""The written line made plain: NFC, foreign letter forms folded, invisible characters removed.

What cannot be folded (another script, an emoji) stays, for a rule to drop on the record.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from .syllables import LETTERS

#: Most lines hold nothing else, and are left alone.
_ODD = re.compile(f"[^{LETTERS} -~…“”°]")
_SAME_LENGTH: Final = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        **dict.fromkeys("’‘′`´ʼ", "'"),
        **dict.fromkeys("″„‟«»", '"'),
        **dict.fromkeys("º˚", "°"),
        **dict.fromkeys("ÐƉ", "Đ"),
        "ð": "đ",
        "⁄": "/",
        "∕": "/",
        "μ": "µ",
        "φ": "Φ",
    }
)
#: A wave close to two words, or between spaces: from one to the other. After words that count
#: nothing a number is only "about" so much: "vàng ~ 15 triệu".
_WAVE: Final = re.compile(r"(?<=[\w%'°])~(?=\w)|(?:(\S*\d\S*\s)?(\S*[\w%'°])\s)~(?=\s(\w))")
_LIGATURES: Final = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "ı": "i", "þ": "th"}
_SUPERSCRIPTS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹"
#: Frames the digit before it: 1️⃣ numbers an item.
_KEYCAP: Final = "\u20e3"
#: Between the cells of a row pasted from a table.
_CELLS: Final = re.compile(r"(?<=[\w%₫°)\"”])[ ]*\t[\t ]*(?=\S)")
_CIRCLED: Final = re.compile("[\u2460-\u24ff\u2776-\u2793]")
_SPACES: Final = "\t\r\v\f\x1c\x1d\x1e\x1f\x85\u200b"
_KEPT: Final = frozenset("µ°₫…“”№Ø⌀Φ")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A clean line. ``offsets`` maps its characters to those of the NFC line, if they differ."""

    text: str
    offsets: tuple[int, ...] | None = None

    def span(self, position: int, length: int) -> tuple[int, int]:
        """Return where in the NFC line a piece of the clean one begins and ends."""
        if self.offsets is None:
            return position, position + length
        return self.offsets[position], self.offsets[position + length - 1] + 1


def clean(line: str) -> Cleaned:
    """Return ``line`` (NFC) with one form for each kind of character."""
    if "~" in line:
        line = _WAVE.sub(_joined, line)  # 08:00 ~ 10:00, T2~T6
    if "\t" in line:
        line = _CELLS.sub(lambda cells: "|".ljust(len(cells[0])), line)
    if not _ODD.search(line):
        return Cleaned(line)
    if "÷" in line and "=" not in line:
        line = line.replace("÷", "-")  # 5÷7 ngày: from five to seven
    pieces: list[str] = []
    offsets: list[int] = []
    for position, character in enumerate(line.translate(_SAME_LENGTH)):
        folded = _fold(character, pieces[-1] if pieces else "")
        if _CIRCLED.match(character) and folded.strip().isdigit():
            folded = _numbered(folded, line[position + 1 :].lstrip()[:1])
        if folded:
            pieces.append(folded)
            offsets += [position] * len(folded)
    return Cleaned("".join(pieces), tuple(offsets))


def _joined(wave: re.Match[str]) -> str:
    """Return the wave as a dash, unless it stands before a number and nothing before counts."""
    counted, last, following = wave.groups()
    about = last and following.isdigit() and not counted and not any(map(str.isdigit, last))
    return wave[0] if about else wave[0][:-1] + "-"


def _numbered(folded: str, following: str) -> str:
    """Return ①, with a bracket if it numbers the item that follows."""
    return f"{folded.rstrip()}) " if following.isupper() else folded


def _fold(character: str, before: str) -> str:
    """Return what stands for ``character``; empty if it is invisible."""
    if not _ODD.match(character) or character in _KEPT:
        return character
    if character == _KEYCAP:
        return "."
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind in ("Zs", "Zl", "Zp") or character in _SPACES:
        return " "
    if kind[0] in "CM":
        return ""
    if character in _SUPERSCRIPTS:
        power = str(unicodedata.digit(character))
        return f" mũ {power}" if before[-1:].isdigit() else power
    folded = _latin(character) or character
    if folded.isdigit() and _CIRCLED.match(character):
        return f" {folded} "  # ①② number two items
    return f" {folded}" if "/" in folded and before[-1:].isdigit() else folded


def _latin(character: str) -> str:
    """Return the plain letters, digits and marks behind a form such as Ｕ, 𝐔, ü, ½ or ①."""
    ligature = _LIGATURES.get(character.lower())
    if ligature:
        return ligature.upper() if character.isupper() else ligature
    compatible = unicodedata.normalize("NFKC", character).translate(_SAME_LENGTH)
    if _ODD.search(compatible) and compatible.isalpha():  # of ≠ no = must be left
        decomposed = unicodedata.normalize("NFKD", compatible)
        compatible = "".join(part for part in decomposed if not unicodedata.combining(part))
    return "" if _ODD.search(compatible) else compatible
