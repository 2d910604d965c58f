"""Where one character, as people see it, ends: enough of Unicode's UAX #29 for chat texts.

Covers combining marks, emoji with modifiers, ZWJ sequences, flags, keycaps and tag sequences.
Text is NFC, so conjoining Hangul is composed already and needs no rule here.
"""

from __future__ import annotations

import unicodedata

_ZWJ = "\u200d"
_MARKS = frozenset({"Mn", "Mc", "Me"})


def _extends(character: str) -> bool:
    """Say whether ``character`` only changes the one before it."""
    return (
        unicodedata.category(character) in _MARKS
        or character in "\u200c\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # tags of regional flags
    )


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _halves_flag(text: str, position: int) -> bool:
    """Say whether a cut would part the two letters of one flag."""
    if not _is_flag_letter(text[position]):
        return False
    first = position
    while first > 0 and _is_flag_letter(text[first - 1]):
        first -= 1
    return (position - first) % 2 == 1


def is_boundary(text: str, position: int) -> bool:
    """Say whether ``text`` may be cut before ``position`` without cutting a grapheme."""
    if position <= 0 or position >= len(text):
        return True
    before, after = text[position - 1], text[position]
    return not (
        before == _ZWJ
        or (before == "\r" and after == "\n")
        or _extends(after)
        or _halves_flag(text, position)
    )
