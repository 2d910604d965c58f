"""The names of letters, as they are said when an abbreviation is spelled out."""

from __future__ import annotations

import unicodedata
from typing import Final

NAMES: Final = {
    "a": "a", "ă": "á", "â": "ớ", "b": "bê", "c": "xê", "d": "dê", "đ": "đê", "e": "e",
    "ê": "ê", "f": "ép", "g": "gờ", "h": "hát", "i": "i", "j": "gi", "k": "ca", "l": "lờ",
    "m": "mờ", "n": "nờ", "o": "o", "ô": "ô", "ơ": "ơ", "p": "pê", "q": "quy", "r": "rờ",
    "s": "sờ", "t": "tê", "u": "u", "ư": "ư", "v": "vê", "w": "vê kép", "x": "ích", "y": "y",
    "z": "dét",
}  # fmt: skip


def spell(word: str) -> str:
    """Return ``word`` letter by letter; a toned vowel is said as it is written."""
    return " ".join(_name(letter) for letter in unicodedata.normalize("NFC", word).lower())


def _name(letter: str) -> str:
    return NAMES.get(letter, letter)
