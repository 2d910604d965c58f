"""The tables of abbreviations and foreign words, and the rules that look them up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .data import (
    brands,
    culture,
    economy,
    foreign,
    justice,
    land,
    learning,
    loanwords,
    movement,
    order,
    papers,
    party,
    places,
    society,
    state,
    trade,
)
from .data.ambiguous import AMBIGUOUS
from .data.documents import FIELDS, ISSUERS, ORGANS
from .data.titles import SIGNED, TITLES
from .letters import spell
from .meanings import meaning_of, topic_of, undoubled
from .model import Doubtful, Why
from .syllables import LETTERS, LOWER, UPPER, has_vowel, is_syllable
from .wordlist import words


def _table(*texts: str) -> dict[str, str]:
    lines = (line.partition(" = ") for text in texts for line in text.strip().splitlines())
    return {written: spoken for written, _, spoken in lines}


#: The tables that reviewers read; no abbreviation stands in two of them.
_MODULES: Final = (
    state, party, movement, papers, society, learning, culture, economy, trade, land, order,
    justice, places,
)  # fmt: skip
TABLES: Final = {module.__name__.rpartition(".")[2]: _table(module.TABLE) for module in _MODULES}
ABBREVIATIONS: Final = {k: v for table in TABLES.values() for k, v in table.items()}
FOREIGN: Final = _table(foreign.FOREIGN, loanwords.TABLE, brands.TABLE)
ACRONYMS: Final = {word: spell(word) for word in foreign.SPELLED.split()} | _table(foreign.ACRONYMS)


def alternation(keys: Iterable[str]) -> str:
    return "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))


def first_letters(keys: Iterable[str], *, both: bool = False) -> str:
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


def short_for(word: str) -> str | None:
    """Return what an abbreviation most likely stands for, with no neighbours to ask."""
    ambiguous = AMBIGUOUS.get(word)
    return ambiguous.otherwise if ambiguous else abbreviation(word)


def _ministry(word: str) -> str | None:
    """Return SGTVT as Sở giao thông vận tải: a ministry's or a department's field."""
    if word[1:] not in FIELDS or word[0] not in "BS":
        return None
    return f"{ORGANS[word[0]]} {ABBREVIATIONS[word[1:]]}"


def _ambiguous(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0]
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


def _initials(match: re.Match[str], ctx: Context) -> Reading:
    """Read U.B.N.D as what it abbreviates, and T.V.A, a person's initials, letter by letter."""
    letters = match[0].replace(".", "")
    known = abbreviation(letters) if len(letters) > 2 else None
    return known or Doubtful(spell(letters), Why.UNKNOWN_ABBREVIATION)


def _initial(match: re.Match[str], ctx: Context) -> Reading:
    """Read the B. of "ông Trần Văn B., sinh năm 1960": the point ends no sentence."""
    named = bool(ctx.history) and ctx.history[-1][:1].isupper() and ctx.history[-1][1:].islower()
    return spell(match[1]) if named else None


def _number_sign(match: re.Match[str], ctx: Context) -> Reading:
    """Read No. 5 and N°5."""
    return "số"


def _title(match: re.Match[str], ctx: Context) -> Reading:
    return TITLES[match[1]]


def _small_title(match: re.Match[str], ctx: Context) -> Reading:
    """Read "gặp c. Lan" and "LH a. Nam 0912…".

    An "a." that is said as it is written stands for somebody only where digits are left, or what
    was made of "a*. Nam" would be read anew.
    """
    if match[1] in "aeô" and not _DIGIT.search(ctx.line):
        return None
    named = ctx.after(_MEETING) or (ctx.after(_MARKS) and ctx.near(_MEETING | _CALLING, 9))
    return _SMALL_TITLES[match[1].lower()] if named else None


def _signed(match: re.Match[str], ctx: Context) -> Reading:
    """Read "KT. CHỦ TỊCH" under a letter; the KT. that ends a sentence is something else."""
    heads = not ctx.history or not ctx.last()[-1:].isalnum() or ctx.history[-1].isupper()
    return SIGNED[match[1]] if heads else None


def _compound(match: re.Match[str], ctx: Context) -> Reading:
    """Read "v/v", "LĐ-TB&XH" and, with spaces, "KT - XH"."""
    written = match[0].strip()
    tight = _JOINT.sub(r"\1", written)
    if written.lower() == "đ/c" and _ADDRESS.match(ctx.line, match.end()):
        return "địa chỉ"
    if written == "TP." and ctx.next_word(match.end()) in _DEPARTMENTS:
        return "trưởng phòng"
    known = ABBREVIATIONS.get(written) or ABBREVIATIONS.get(tight)
    return undoubled(known, ctx) if known else FOREIGN[written.lower()]


def _known(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0]
    if (
        written.isupper()
        and is_syllable(written)
        and (ctx.shouting or ctx.in_capitals(match.end()))
    ):
        return None
    known = abbreviation(written)
    return undoubled(known, ctx) if known else None


def _foreign(match: re.Match[str], ctx: Context) -> Reading:
    written = match[0]
    if written.isupper() and written in ACRONYMS and not ctx.in_capitals(match.end()):
        return ACRONYMS[written]
    return FOREIGN.get(written.lower())


_SIGNERS: Final = (
    "Chủ tịch|Phó|Giám đốc|Trưởng|Bí thư|Chánh|Ban|Hiệu trưởng|Tổ trưởng|Bộ trưởng|Ủy|Uỷ|Đảng|"
    "Chi bộ|Hội|Thường trực"
)
#: What may follow a title and its dot, a title too: "ThS.BSCKI. Nguyễn Văn A".
_DEGREES: Final = frozenset(
    key for key in TITLES if key.isupper() and len(key) > 1 and "TS" not in key
)
_SMALL_TITLES: Final = {"a": "anh", "c": "chị", "e": "em", "b": "bà", "ô": "ông"}
#: After these stands somebody's name.
_MEETING: Final = words("gặp hệ lh")
_DIGIT: Final = re.compile(r"\d")
#: After "Đ/c:" an address, before which no comrade stands.
_ADDRESS: Final = re.compile(
    r"\s?:\s*(?:(?:[Ss]ố|[ẤấAa]p|[Ấấ]p|[Tt]ổ|[Nn]hà|[Kk]hu|[Đđ]ường)\s|\d)"
)
_DEPARTMENTS: Final = words("vhxh vh-xh kinh văn nội tchc")
_CALLING: Final = words("đt sđt thoại zalo gọi")
_MARKS: Final = frozenset("(:-,/") | words("và hoặc với hay")
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
        "title",
        rf"({alternation(TITLES)})\.\s?(?=[{UPPER}][{LOWER}]|(?:{alternation(_DEGREES)})(?:[.\sI12]|$))",
        _title,
        starts=first_letters(TITLES),
    ),
    rule(
        "signature",
        rf"({alternation(SIGNED)})\.\s?(?=[{UPPER}]{{2}}|(?:{_SIGNERS}){WHOLE})",
        _signed,
        starts=first_letters(SIGNED),
    ),
    rule(
        "title, small",
        rf"([aceôACEÔb])\.\s?(?=[{UPPER}][{LOWER}])",
        _small_title,
        starts="aceôACEÔb",
    ),
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
INITIALS: Final[tuple[Rule, ...]] = (
    rule("number sign", r"[Nn](?:o|°)\.?\s?(?=\d)", _number_sign, starts="Nn"),
    rule("initial", rf"([{UPPER}])\.(?=\s?[,;()]|\s+[{LOWER}])", _initial, starts=UPPER),
    rule(
        "initials",
        rf"(?:[{UPPER}]\.){{2,6}}(?:[{UPPER}]{WHOLE})?|[{UPPER}]\.[{UPPER}]{WHOLE}(?!\.)",
        _initials,
        starts=UPPER,
    ),
)
LOOKUPS: Final[tuple[Rule, ...]] = (
    rule("abbreviation by context", _WORD, _ambiguous),
    rule("abbreviation", _WORD, _known),
    rule("foreign word", _WORD, _foreign),
)
