"""The tables of abbreviations and foreign words, and the rules that look them up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .data import foreign, papers, places, society, state
from .data.ambiguous import AMBIGUOUS, PLACES, TITLES
from .letters import spell
from .model import Doubtful, Why
from .syllables import LETTERS, LOWER, UPPER, has_vowel, is_syllable


def _table(*texts: str) -> dict[str, str]:
    lines = (line.partition(" = ") for text in texts for line in text.strip().splitlines())
    return {written: spoken for written, _, spoken in lines}


ABBREVIATIONS: Final = _table(state.TABLE, papers.TABLE, society.TABLE, places.TABLE)
FOREIGN: Final = _table(foreign.FOREIGN)
ACRONYMS: Final = _table(foreign.ACRONYMS)
#: Before the number of a road, or of a flood alarm.
_SERIES: Final = {"ĐT": "đường tỉnh", "ĐH": "đường huyện", "ĐX": "đường xã", "QL": "quốc lộ",
                 "TL": "tỉnh lộ", "HL": "hương lộ", "BĐ": "báo động"}  # fmt: skip


def _alternation(keys: Iterable[str]) -> str:
    return "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))


def abbreviation(word: str) -> str | None:
    """Return the one reading of an abbreviation, or None.

    A long or vowelless one is known in any case of letters: "ubnd", "Tp".
    """
    known = ABBREVIATIONS.get(word)
    if known or word.isupper():
        return known
    if (len(word) >= 4 or not has_vowel(word)) and not is_syllable(word):
        return ABBREVIATIONS.get(word.upper())
    return None


def _meaning(written: str, end: int, ctx: Context) -> str | None:
    """Return the meaning that the neighbours of an ambiguous abbreviation call for."""
    following = ctx.next_word(end) or ctx.line[end : end + 2].strip()
    for meaning in AMBIGUOUS[written].meanings:
        if ctx.last() in meaning.after or following in meaning.before:
            return meaning.spoken
    return None


def _ambiguous(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0]
    if written not in AMBIGUOUS:
        return None
    if is_syllable(written) and ctx.in_capitals(match.end()):
        return None
    meaning = _meaning(written, match.end(), ctx)
    return meaning or Doubtful(AMBIGUOUS[written].otherwise, Why.AMBIGUOUS_ABBREVIATION)


def _place(match: re.Match[str], ctx: Context) -> Reading:
    """Read "TP. Tân An", "P.4", "X. Bình Hòa": a place before its name or number."""
    written, dot = match.group("place"), match.group("dot")
    if written in AMBIGUOUS:
        meaning = _meaning(written, match.end(), ctx)
        if meaning:
            return meaning
    if len(written) == 1:
        numbered = ctx.line[match.end() : match.end() + 1].isdigit()
        if not dot and not (numbered and written in "PQ"):
            return None
        if ctx.history and ctx.history[-1][:1].isupper():
            return None
    return PLACES[written]


def _title(match: re.Match[str], ctx: Context) -> Reading:
    return TITLES[match[1]]


def _compound(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0].strip()
    return ABBREVIATIONS.get(written) or FOREIGN[written.lower()]


def _numbered(match: re.Match[str], ctx: Context) -> Reading:
    """Read QL62, KP4, COVID-19, A4, H5N1: letters, then a number, then perhaps more."""
    letters, number, more = match.groups()
    if letters in AMBIGUOUS and letters not in _SERIES:
        name: str | None = AMBIGUOUS[letters].otherwise
    else:
        name = _SERIES.get(letters) or abbreviation(letters) or FOREIGN.get(letters.lower())
    spelled = name or spell(letters)
    words = f"{spelled} {ctx.number(number)}"
    for letter, digits in re.findall(r"([A-ZĐ])(\d*)", more):
        words += f" {spell(letter)}" + (f" {ctx.number(digits)}" if digits else "")
    unknown = not name and len(letters) > 2
    return Doubtful(words, Why.UNKNOWN_ABBREVIATION) if unknown else words


def _known(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0]
    if (
        written.isupper()
        and is_syllable(written)
        and (ctx.shouting or ctx.in_capitals(match.end()))
    ):
        return None
    return abbreviation(written)


def _foreign(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0]
    if written.isupper() and written in ACRONYMS and not ctx.in_capitals(match.end()):
        return ACRONYMS[written]
    return FOREIGN.get(written.lower())


_COMPOUNDS: Final = _alternation(k for k in ABBREVIATIONS if not k.isalpha())
_FOREIGN_COMPOUNDS: Final = _alternation(k for k in FOREIGN if not k.isalpha())
_PLACES: Final = _alternation(PLACES)
#: A word in capitals with no small letters, or one that mixes them.
_WORD: Final = rf"[{LETTERS}]+{WHOLE}"

COMPOUNDS: Final[tuple[Rule, ...]] = (
    rule("title", rf"({_alternation(TITLES)})\.\s?(?=[{UPPER}][{LOWER}])", _title),
    rule("abbreviation", rf"(?:{_COMPOUNDS})(?![{LETTERS}])", _compound),
    rule("foreign word", rf"(?i:{_FOREIGN_COMPOUNDS}){WHOLE}", _compound),
)
PLACE_LETTERS: Final[tuple[Rule, ...]] = (
    rule(
        "place",
        rf"(?P<place>{_PLACES})(?:(?P<dot>\.)\s?|\s|(?=\d))(?=[{UPPER}][{LOWER}]|\d{{1,2}}{WHOLE})",
        _place,
    ),
)
LOOKUPS: Final[tuple[Rule, ...]] = (
    rule(
        "letters and number",
        rf"([{UPPER}]{{1,10}})[.-]?(\d{{1,6}})((?:[A-ZĐ]\d{{0,3}}){{0,2}}){WHOLE}",
        _numbered,
    ),
    rule("abbreviation by context", _WORD, _ambiguous),
    rule("abbreviation", _WORD, _known),
    rule("foreign word", _WORD, _foreign),
)
