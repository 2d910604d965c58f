"""Titles before a name, a person's initials, and how a letter is signed: ThS., T.V.A, KT."""

from __future__ import annotations

import re
from typing import Final

from .abbreviations import abbreviation, alternation, first_letters
from .context import WHOLE, Context, Reading, Rule, rule
from .data.titles import SIGNED, TITLES
from .letters import spell
from .model import Doubtful, Why
from .syllables import LOWER, UPPER
from .wordlist import words


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


def _year_of_the_cycle(match: re.Match[str], ctx: Context) -> Reading:
    """Read the Đ.Mùi of "28.3 Đ.Mùi": the year Đinh Mùi of the old calendar."""
    dated = ctx.after({"năm", "âl", "tết"}) or bool(_DAY_MONTH.fullmatch(ctx.last()))
    return f"{_STEMS[match[1]]} {match[2]}" if dated else None


def _title(match: re.Match[str], ctx: Context) -> Reading:
    return TITLES[match[1]]


def _small_title(match: re.Match[str], ctx: Context) -> Reading:
    """Read "gặp c. Lan" and "LH a. Nam 0912…".

    An "a." that is said as it is written stands for somebody only where digits are left, or what
    was made of "a*. Nam" would be read anew.
    """
    if match[1] in "aeô" and not _DIGIT.search(ctx.line):
        return None
    marked = not ctx.history or ctx.after(_MARKS)
    called = marked and bool(_NAME_AND_PHONE.match(ctx.line, match.end()))
    if match[1] == "B" and not called:
        return None
    named = called or ctx.after(_MEETING) or (ctx.after({":"}) and ctx.near(_OFFICERS, 5))
    named = named or (ctx.after(_MARKS) and ctx.near(_MEETING | _CALLING, 9))
    return _SMALL_TITLES[match[1].lower()] if named else None


def _addressed(match: re.Match[str], ctx: Context) -> Reading:
    """Read the "Kg:" with which a letter begins."""
    return None if ctx.history else "kính gửi"


def _signed(match: re.Match[str], ctx: Context) -> Reading:
    """Read "KT. CHỦ TỊCH" under a letter; the KT. that ends a sentence is something else."""
    heads = not ctx.history or not ctx.last()[-1:].isalnum() or ctx.history[-1].isupper()
    return SIGNED[match[1]] if heads else None


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
_OFFICERS: Final = words("trưởng phó thủ quỹ ban tổ thư viên bí đốc")
_DIGIT: Final = re.compile(r"\d")
_CALLING: Final = words("đt sđt thoại zalo gọi")
#: "Hai 0918 223 344", "Tư (0918.223.346)".
_NAME_AND_PHONE: Final = re.compile(
    rf"[{UPPER}][{LOWER}]*(?: [{UPPER}][{LOWER}]*){{0,3}}[ :,()-]{{1,4}}0\d{{2}}"
)
_MARKS: Final = frozenset("(:-,/;|") | words("và hoặc với hay")

TITLED: Final[tuple[Rule, ...]] = (
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
        rf"([aceôbACEÔB])\.\s?(?=[{UPPER}][{LOWER}])",
        _small_title,
        starts="aceôbACEÔB",
    ),
)
_DAY_MONTH: Final = re.compile(r"\d{1,2}[./-]\d{1,2}")
#: The ten heavenly stems of the old calendar's years.
_STEMS: Final = {
    "G": "Giáp", "Ấ": "Ất", "B": "Bính", "Đ": "Đinh", "M": "Mậu", "K": "Kỷ", "C": "Canh",
    "T": "Tân", "N": "Nhâm", "Q": "Quý",
}  # fmt: skip
_BRANCHES: Final = "Tý|Sửu|Dần|Mão|Mẹo|Thìn|Tỵ|Tị|Ngọ|Mùi|Thân|Dậu|Tuất|Hợi"
ADDRESSED: Final[tuple[Rule, ...]] = (
    rule(
        "year of the cycle",
        rf"([{''.join(_STEMS)}])\.\s?({_BRANCHES}){WHOLE}",
        _year_of_the_cycle,
        starts="".join(_STEMS),
    ),
    rule("title", r"K[Gg](?:(?=\s?:)|/(?= ))", _addressed, starts="K"),
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
