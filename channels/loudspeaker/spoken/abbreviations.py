"""The tables of abbreviations and foreign words, and the rules that look them up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .data import (
    culture,
    economy,
    foreign,
    land,
    loanwords,
    order,
    papers,
    party,
    places,
    society,
    state,
)
from .data.ambiguous import AMBIGUOUS
from .data.documents import FIELDS, ISSUERS, ORGANS
from .data.titles import PLACES, TITLES
from .letters import NAMES, spell
from .model import Doubtful, Why
from .numbers import read_digits
from .syllables import LETTERS, LOWER, UPPER, has_vowel, is_syllable


def _table(*texts: str) -> dict[str, str]:
    lines = (line.partition(" = ") for text in texts for line in text.strip().splitlines())
    return {written: spoken for written, _, spoken in lines}


#: The tables that reviewers read; no abbreviation stands in two of them.
TABLES: Final = {
    module.__name__.rpartition(".")[2]: _table(module.TABLE)
    for module in (state, party, papers, society, culture, economy, land, order, places)
}
ABBREVIATIONS: Final = {k: v for table in TABLES.values() for k, v in table.items()}
FOREIGN: Final = _table(foreign.FOREIGN, loanwords.TABLE)
ACRONYMS: Final = {word: spell(word) for word in foreign.SPELLED.split()} | _table(foreign.ACRONYMS)
#: Before the number of a road, or of a flood alarm.
_SERIES: Final = {"ĐT": "đường tỉnh", "ĐH": "đường huyện", "ĐX": "đường xã", "QL": "quốc lộ",
                 "TL": "tỉnh lộ", "HL": "hương lộ", "BĐ": "báo động"}  # fmt: skip


def _alternation(keys: Iterable[str]) -> str:
    return "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))


def _first_letters(keys: Iterable[str], *, both: bool = False) -> str:
    """Return what ``keys`` begin with; ``both`` large and small."""
    first = {key[0] for key in keys}
    return "".join(sorted(first | {letter.swapcase() for letter in first} if both else first))


def abbreviation(word: str) -> str | None:
    """Return the one reading of an abbreviation, or None.

    A long or vowelless one is known in any case of letters: "ubnd", "Tp".
    """
    known = ABBREVIATIONS.get(word) or ISSUERS.get(word) or _ministry(word)
    if known or word.isupper():
        return known
    if (len(word) >= 4 or not has_vowel(word)) and not is_syllable(word):
        return ABBREVIATIONS.get(word.upper())
    return None


#: What an abbreviation may be followed by, beside words: the names that ``ambiguous`` uses.
_FOLLOWED: Final = (
    ("#document", re.compile(r"\s*(?:số\s*)?:?\s?\d{1,6}[a-z]?(?:/\d{4})?[/-][A-ZĐ]")),
    ("#phone", re.compile(r"\s?[.:]?\s?[(+]?0\d")),
    ("#date", re.compile(r"\s?[,(]?\s?\d{1,2}[/-]\d")),
    ("#plate", re.compile(r"\s?:?\s?\d\d-?[A-Z]")),
    ("#account", re.compile(r"\s?:?\s?\d[\d. ]{5,}")),
    ("#number", re.compile(r"\s?[.:]?\s?\d")),
)


def _ministry(word: str) -> str | None:
    """Return SGTVT as Sở giao thông vận tải: a ministry's or a department's field."""
    if word[1:] not in FIELDS or word[0] not in "BS":
        return None
    return f"{ORGANS[word[0]]} {ABBREVIATIONS[word[1:]]}"


def _following(end: int, ctx: Context) -> Iterator[str]:
    """Yield what stands after ``end``: a word, or a mark, and the kinds of number."""
    word = ctx.next_word(end)
    yield word or ctx.line[end : end + 2].strip()
    if not word:
        yield from (kind for kind, pattern in _FOLLOWED if pattern.match(ctx.line, end))


def _meaning(written: str, end: int, ctx: Context) -> str | None:
    """Return the meaning that the neighbours of an ambiguous abbreviation call for."""
    following = frozenset(_following(end, ctx))
    last = {ctx.last(), "#number"} if ctx.last()[:1].isdigit() else {ctx.last()}
    for meaning in AMBIGUOUS[written].meanings:
        if not last.isdisjoint(meaning.after) or not following.isdisjoint(meaning.before):
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
    if _PAPER_NUMBER.match(ctx.line, match.end()):
        return None
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


def _initials(match: re.Match[str], ctx: Context) -> Reading:
    """Read U.B.N.D as what it abbreviates, and T.V.A, a person's initials, letter by letter."""
    letters = match[0].replace(".", "")
    known = abbreviation(letters) if len(letters) > 2 else None
    return known or Doubtful(spell(letters), Why.UNKNOWN_ABBREVIATION)


def _initial(match: re.Match[str], ctx: Context) -> Reading:
    """Read the B. of "ông Trần Văn B., sinh năm 1960": the point ends no sentence."""
    named = bool(ctx.history) and ctx.history[-1][:1].isupper() and ctx.history[-1][1:].islower()
    return NAMES[match[1].lower()] if named else None


def _room(match: re.Match[str], ctx: Context) -> Reading:
    """Read the P. of "P.TCHC"."""
    return "phòng"


def _title(match: re.Match[str], ctx: Context) -> Reading:
    return TITLES[match[1]]


def _compound(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0].strip()
    return ABBREVIATIONS.get(written) or FOREIGN[written.lower()]


def _numbered(match: re.Match[str], ctx: Context) -> Reading:
    """Read QL62, KP4, COVID-19, A4, H5N1: letters, then a number, then perhaps more."""
    letters, number, more = match.groups()
    if len(letters) > 1 and ctx.after(_CODED) and len(number) > 3:
        name: str | None = spell(letters)
    elif letters in AMBIGUOUS and letters not in _SERIES:
        name = spell(letters) if len(letters) > 1 else None
    else:
        name = _SERIES.get(letters) or abbreviation(letters) or FOREIGN.get(letters.lower())
    spelled = name or spell(letters)
    zero = spelled == spell(letters) and number[0] == "0"
    words = f"{spelled} {read_digits(number) if zero else ctx.number(number)}"
    for letter, digits in re.findall(r"([A-ZĐ])(\d*)", more):
        words += f" {spell(letter)}" + (f" {ctx.number(digits)}" if digits else "")
    unknown = not name and len(letters) > 2
    return Doubtful(words, Why.UNKNOWN_ABBREVIATION) if unknown else words


def _series(match: re.Match[str], ctx: Context) -> Reading:
    """Read "ĐT 825" and "QL 1A": a road."""
    letters, number, letter = match.groups()
    words = f"{_SERIES[letters]} {ctx.number(number)}"
    return f"{words} {spell(letter)}" if letter else words


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


_COMPOUNDS: Final = tuple(k for k in ABBREVIATIONS if not k.isalpha())
_FOREIGN_COMPOUNDS: Final = tuple(k for k in FOREIGN if not k.isalpha())
_PLACES: Final = _alternation(PLACES)
#: A word in capitals with no small letters, or one that mixes them.
_WORD: Final = rf"[{LETTERS}]+{WHOLE}"

COMPOUNDS: Final[tuple[Rule, ...]] = (
    rule(
        "title",
        rf"({_alternation(TITLES)})\.\s?(?=[{UPPER}][{LOWER}])",
        _title,
        starts=_first_letters(TITLES),
    ),
    rule(
        "abbreviation",
        rf"(?:{_alternation(_COMPOUNDS)})(?![{LETTERS}])",
        _compound,
        starts=_first_letters(_COMPOUNDS),
    ),
    rule(
        "foreign word",
        rf"(?i:{_alternation(_FOREIGN_COMPOUNDS)}){WHOLE}",
        _compound,
        starts=_first_letters(_FOREIGN_COMPOUNDS, both=True),
    ),
)
_ROADS: Final = _alternation(key for key in _SERIES if key != "BĐ")
#: A number that is no place's: 30/2022/TT-BYT.
_PAPER_NUMBER: Final = re.compile(r"\d{1,4}/")
_CODED: Final = frozenset({"mã", "thẻ", "hiệu", "seri", "số", "máy"})
PLACE_LETTERS: Final[tuple[Rule, ...]] = (
    rule(
        "place",
        rf"(?P<place>{_PLACES})(?:(?P<dot>\.)\s?|\s|(?=\d))(?=[{UPPER}][{LOWER}]|\d{{1,2}}{WHOLE})",
        _place,
        starts=_first_letters(PLACES),
    ),
)
LOOKUPS: Final[tuple[Rule, ...]] = (
    rule(
        "road",
        rf"({_ROADS})[. ]\s?(\d{{1,3}})([A-Z])?(?!\s?\d|[./]\d){WHOLE}",
        _series,
        starts=_first_letters(_SERIES),
    ),
    rule("initial", rf"([{UPPER}])\.(?=\s?[,;)]|\s+[{LOWER}])", _initial, starts=UPPER),
    rule("office", rf"P\.\s?(?=[{UPPER}]{{2}})", _room, starts="P"),
    rule(
        "initials",
        rf"(?:[{UPPER}]\.){{2,6}}(?:[{UPPER}]{WHOLE})?|[{UPPER}]\.[{UPPER}]{WHOLE}(?!\.)",
        _initials,
        starts=UPPER,
    ),
    rule(
        "letters and number",
        rf"([{UPPER}]{{1,10}})[.-]?(\d{{1,6}})((?:[A-ZĐ]\d{{0,3}}){{0,2}}){WHOLE}",
        _numbered,
        starts=UPPER,
    ),
    rule("abbreviation by context", _WORD, _ambiguous),
    rule("abbreviation", _WORD, _known),
    rule("foreign word", _WORD, _foreign),
)
