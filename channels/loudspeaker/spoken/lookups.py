"""Abbreviations and foreign words that a table knows, alone or joined: v/v, KT-XH, UBND."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from .abbreviations import (
    ABBREVIATIONS,
    ACRONYMS,
    FOREIGN,
    abbreviation,
    alternation,
    first_letters,
)
from .context import WHOLE, Context, Reading, Rule, rule
from .data.ambiguous import AMBIGUOUS
from .letters import spell
from .meanings import meaning_of, topic_of, undoubled
from .model import Doubtful, Why
from .syllables import LETTERS, has_vowel, is_syllable
from .wordlist import words


def _compound(match: re.Match[str], ctx: Context) -> Reading:
    """Read "v/v", "LĐ-TB&XH" and, with spaces, "KT - XH"."""
    written = match[0].strip()
    tight = _JOINT.sub(r"\1", written)
    if written.lower() == "đ/c" and _ADDRESS.match(ctx.line, match.end()):
        return "địa chỉ"
    if written.lower() == "p/h" and (
        ctx.after({"(", "để"}) or ctx.next_word(match.end()) in _TOGETHER
    ):
        return "phối hợp"
    if written == "TP." and ctx.next_word(match.end()) in _DEPARTMENTS:
        return "trưởng phòng"
    known = ABBREVIATIONS.get(written) or ABBREVIATIONS.get(tight)
    return undoubled(known, ctx) if known else FOREIGN[written.lower()]


def _two_letters(match: re.Match[str], ctx: Context) -> Reading:
    """Read a "B/c" as "b/c", and a "t/c" that no table knows by its letters.

    Units and items have slashes too.
    """
    known = ABBREVIATIONS.get(match[0].lower())
    if ctx.after(_LETTERED) or ctx.last()[:1].isdigit() or (match[0].isupper() and not known):
        return None
    if known:
        return known
    return Doubtful(spell(match[1] + match[2]), Why.UNKNOWN_ABBREVIATION)


def _known(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0]
    if (
        written.isupper()
        and is_syllable(written)
        and (ctx.shouting or ctx.in_capitals(match.end()))
    ):
        return None
    if written == "ng" and ctx.near({"thuốc", "uống", "viên", "liều"}, 14):
        return "ngày"  # "1v x 2l/ng x 5 ng"
    known = abbreviation(written)
    return undoubled(known, ctx) if known else None


def _foreign(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0]
    if written.isupper() and written in ACRONYMS and not ctx.in_capitals(match.end()):
        return ACRONYMS[written]
    return FOREIGN.get(written.lower())


def _ambiguous(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0]
    if (
        written.islower()
        and not has_vowel(written)
        and not (abbreviation(written) or written in FOREIGN)
    ):
        written = written.upper()  # typed in haste: "hs 1,5", "31 hộ/125 nk"
    if written not in AMBIGUOUS:
        return None
    if is_syllable(written) and ctx.in_capitals(match.end()):
        return None
    meaning = meaning_of(written, match.end(), ctx)
    if isinstance(meaning, Doubtful):
        return replace(meaning, spoken=undoubled(meaning.spoken, ctx))
    if meaning:
        return undoubled(meaning, ctx)
    likely = topic_of(written, match.end(), ctx) or AMBIGUOUS[written].otherwise
    return Doubtful(undoubled(likely, ctx), Why.AMBIGUOUS_ABBREVIATION)


#: After "Đ/c:" an address, before which no comrade stands.
_ADDRESS: Final = re.compile(
    r"\s?:\s*(?:(?:[Ss]ố|[ẤấAa]p|[Ấấ]p|[Tt]ổ|[Nn]hà|[Kk]hu|[Đđ]ường)\s|\d)"
)
#: Before these "p/h" is no parent.
_TOGETHER: Final = words("thực tổ với cùng tuyên triển chặt")
_DEPARTMENTS: Final = words("vhxh vh-xh kinh văn nội tchc")
#: After these "a/b" are two letters of a list.
_LETTERED: Final = words("điểm khoản câu đáp án số lớp bảng tổ nhóm phương")
#: What joins the parts of a compound, spaces or not.
_JOINT: Final = re.compile(r"\s?([-&,])\s?")


def _spaced(key: str) -> str:
    """Return the pattern of a compound, whose parts may stand apart."""
    return r"\s?".join(re.escape(part) for part in re.split("([-&,])", key) if part)


_COMPOUNDS: Final = tuple(k for k in ABBREVIATIONS if not k.isalpha())
_FOREIGN_COMPOUNDS: Final = tuple(k for k in FOREIGN if not k.isalpha())
#: A word in capitals with no small letters, or one that mixes them.
_WORD: Final = rf"[{LETTERS}]+{WHOLE}"

COMPOUNDS: Final[tuple[Rule, ...]] = (
    rule(
        "abbreviation",
        rf"(?:{'|'.join(map(_spaced, sorted(_COMPOUNDS, key=len, reverse=True)))})(?![{LETTERS}])",
        _compound,
        starts=first_letters(_COMPOUNDS),
    ),
    rule(
        "foreign word",
        rf"(?i:{alternation(_FOREIGN_COMPOUNDS)}){WHOLE}",
        _compound,
        starts=first_letters(_FOREIGN_COMPOUNDS, both=True),
    ),
)
LETTER_PAIRS: Final[tuple[Rule, ...]] = (
    rule("abbreviation", rf"([{LETTERS}])/([{LETTERS}]){WHOLE}(?!/)", _two_letters),
)
LOOKUPS: Final[tuple[Rule, ...]] = (
    rule("abbreviation by context", _WORD, _ambiguous),
    rule("abbreviation", _WORD, _known),
    rule("foreign word", _WORD, _foreign),
)
