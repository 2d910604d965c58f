"""Words that no table knows: capitals made small, letters named, foreign words marked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from .abbreviations import ABBREVIATIONS, ACRONYMS, FOREIGN, abbreviation
from .context import Context, Reading, Rule, rule
from .data.measures import MONEY
from .letters import NAMES, spell
from .model import Doubtful, Why
from .syllables import (
    LETTERS,
    LOWER,
    TONELESS_SYLLABLE,
    UPPER,
    has_vowel,
    is_pronounceable,
    is_syllable,
)

_SHORTEST_NAME: Final = 5
_LONGEST_COMPOUND: Final = 16
#: YAGI, NORU: consonant and vowel by turns, as in the names of storms.
_SUNG: Final = re.compile("[BCDGHKLMNPRSTVXYZ][AEIOUY][BCDGHKLMNPRSTVXYZ][AEIOU][NMPTLRS]?")
#: BinhHoaHung, as hashtags run words together.
_CAMEL: Final = re.compile(rf"[{UPPER}]+(?![{LOWER}])|[{UPPER}]?[{LOWER}]+")


@lru_cache(maxsize=65_536)
def is_plain(word: str) -> bool:
    """Say whether ``word`` is said exactly as it is written, with no rule to be asked."""
    return (
        is_syllable(word)
        and word[1:] == word[1:].lower()
        and not (len(word) == 1 and (word.isupper() or word == "a"))
        and word not in ABBREVIATIONS
    )


def _is_camel_part(part: str) -> bool:
    return (
        len(part) > 1 and not part[1:].isupper() and bool(TONELESS_SYLLABLE.fullmatch(part.lower()))
    )


def _camel(word: str) -> Reading:
    """Read BinhHoaHung, ZaloPay, ChatGPT part by part, if each part is known."""
    parts = _CAMEL.findall(word)
    if len(parts) < 2:
        return None
    if all(map(_is_camel_part, parts)):
        return " ".join(FOREIGN.get(part.lower(), part) for part in parts)
    said = [_part(part) for part in parts]
    return " ".join(filter(None, said)) if all(said) else None


def _part(part: str) -> str | None:
    """Return how a part of a joined word is said: foreign, spelled, or a Vietnamese syllable."""
    known = FOREIGN.get(part.lower()) or ACRONYMS.get(part)
    if known or len(part) > 4:
        return known
    if part.isupper():
        return ABBREVIATIONS.get(part) or spell(part)
    return part if is_syllable(part) or _is_camel_part(part) else None


@lru_cache(maxsize=4096)
def _composed(word: str) -> str | None:
    """Return UBKTTW as UBKT and TW: two known abbreviations, the longer first part before all."""
    if not _SHORTEST_NAME <= len(word) <= _LONGEST_COMPOUND:
        return None
    for cut in range(len(word) - 2, 1, -1):
        first, last = (abbreviation(part) for part in (word[:cut], word[cut:]))
        if first and last and max(cut, len(word) - cut) > 2:
            return f"{first} {last}"
    return None


def _times(match: re.Match[str], ctx: Context) -> Reading:
    """Read the x of "500.000đ x 3 tháng"."""
    return "nhân" if ctx.history else None


def _crossing(match: re.Match[str], ctx: Context) -> Reading:
    """Read the x of "ngã tư QL50 x ĐT.835": one road meets another."""
    return "giao" if ctx.history and ctx.near({"ngã", "nút", "giao", "đường"}, 7) else None


def _word(match: re.Match[str], ctx: Context) -> Reading:
    word = match[0]
    if len(word) == 1:
        return word.lower() if has_vowel(word) and word.lower() not in "ăâ" else NAMES[word.lower()]
    if is_syllable(word):
        return word if word[1:] == word[1:].lower() else word.lower()
    known = FOREIGN.get(word.lower()) or MONEY.get(word)
    known = known or abbreviation(word)
    if known:  # with a digit behind it, as in covid19
        return known
    if word.isupper():
        composed = _composed(word)
        if composed:
            return Doubtful(composed, Why.UNKNOWN_ABBREVIATION)
        known_as_name = bool(_SUNG.fullmatch(word)) or (
            len(word) >= _SHORTEST_NAME and is_pronounceable(word)
        )
        reading = word.lower() if known_as_name else spell(word)
        return Doubtful(reading, Why.UNKNOWN_ABBREVIATION)
    joined = _camel(word)
    if joined:
        return joined
    if not is_pronounceable(word) and (len(word) < _SHORTEST_NAME or not has_vowel(word)):
        return Doubtful(spell(word), Why.UNKNOWN_ABBREVIATION)
    return Doubtful(word if word[1:] == word[1:].lower() else word.lower(), Why.FOREIGN_WORD)


WORDS: Final[tuple[Rule, ...]] = (
    rule("crossing", rf"[xX](?= [{UPPER}])", _crossing, starts="xX"),
    rule(
        "times",
        r"[xX](?=\s?\d)|x(?= (?:hệ số|số|mức|đơn giá|diện tích|dài|rộng|cao|sâu|dày|ngang|chiều) )",
        _times,
        starts="xX",
    ),
    rule("word", rf"[{LETTERS}]+", _word),
)
