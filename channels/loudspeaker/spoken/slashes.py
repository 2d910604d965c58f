"""Numbers joined by a slash, a dash, a colon or a multiplication sign, when they are no dates."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from .context import UPPERCASE, WHOLE, Context, Reading, Rule, rule
from .data.measures import SUMS
from .dates import COUNTED, KNOWN_DAYS, MEASURED, WHOLES
from .fractions import FRACTIONS
from .letters import spell
from .model import Doubtful, Why
from .numbers import NUMBER, read_digits
from .ranges import PLACE_LEADS, RANGES
from .syllables import LOWER, UPPER
from .units import SIGN, unit_name
from .wordlist import words

_ADDRESS_LEADS: Final = words(
    "số nhà hẻm ngõ kiệt ngách đường phố chỉ lô thửa căn phòng lớp ấp tổ thôn kp trạm trụ"
)
_SECTION_LEADS: Final = words(
    "mục phần điểm bài chương bảng bản phiên phòng khoản hình đồ điều ngạch"
)
#: What follows the number of a heading: a capital letter, another point.
_HEADING: Final = re.compile(f"\\.?\\s+{UPPERCASE}|\\.(?:\\s|$)")
#: "khoảng 3,4 ngày": of these there are whole ones.
_WHOLE_THINGS: Final = words("ngày hộ người con tháng tuần em cháu bữa lần hôm căn chiếc đứa")
_CLOCK_AHEAD: Final = re.compile(r"[hg](?:\d\d)?(?!\w)")
_SUM_AHEAD: Final = re.compile(rf"(?:\s?-\s?\d[\d.,]*)?\s?(?:{'|'.join(sorted(SUMS))}){WHOLE}")
_NEXT: Final = re.compile(r"\s?(?:,|và|&)\s?(\d{1,3})(?![\d.,/]\d|\d)")
_ABOUT: Final = words("khoảng chừng tầm cỡ độ mất")
#: What stands between the classes of "lớp 6/1, 6/2" and "lớp 6/1 - 9/3".
_AMONG: Final = words(", và - đến tới hoặc")


def _address(match: re.Match[str], ctx: Context) -> Reading:
    """Read 15/3B, 12/5/3 and 12/5A/3 as a house number."""
    parts = re.findall(r"(\d+)([A-ZĐ]?)", match[0])
    plain = len(parts) == 2 and not any(letter for _number, letter in parts)
    following = ctx.next_word(match.end())
    among_classes = ctx.after(_AMONG) and ctx.near({"lớp"}, 5) and "/" in ctx.history[-2]
    placed = ctx.after(_ADDRESS_LEADS) or following == "bis" or among_classes
    if (
        plain
        and ctx.after({"đường", "phố"})
        and tuple(int(n) for n, _letter in parts) in KNOWN_DAYS
    ):
        return None
    if plain and not placed and not (ctx.after({":"}) and ctx.near({"chỉ"}, 3)):
        return None
    if plain and not among_classes and following in COUNTED | WHOLES:
        return None
    joint = " " if ctx.after({"lớp"}) or among_classes else " trên "
    if len(parts) > 2 and following in MEASURED:
        joint = ", "  # 25/40/60 tuổi
    return joint.join(f"{ctx.number(n)} {spell(letter)}".strip() for n, letter in parts)


def _in_one(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 5in1 of a vaccine."""
    return f"{ctx.number(match[1])} trong {ctx.number(match[2])}"


def _stars(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 5* of a hotel."""
    return f"{ctx.number(match[1])} sao"


def _at_least(match: re.Match[str], ctx: Context) -> Reading:
    """Read "50+ hộ" as more than fifty, and "60+ tuổi" as from sixty on."""
    if match[2]:
        return f"{ctx.number(match[1])} tuổi trở lên"
    return f"hơn {ctx.number(match[1])}" if ctx.next_word(match.end()) in COUNTED else None


def _power(match: re.Match[str], ctx: Context) -> Reading:
    return f"{ctx.number(match[1])} mũ {ctx.number(match[2])}"


def _padded(number: str) -> bool:
    return len(number) > 1 and number[0] == "0"


def _list(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1,2,3 and "khoản 1,2" as a list, not as a decimal."""
    parts = match[0].split(",")
    if re.search(r"\w\d,$", ctx.line[: match.start()][-3:]):
        return ", ".join(ctx.number(part) for part in parts)  # the 2,3 of "KP1,2,3"
    if _goes_on(parts, match.end(), ctx):
        return ", ".join(ctx.number(part) for part in parts)
    if _or_so(parts, match.end(), ctx):
        return Doubtful(", ".join(ctx.number(part) for part in parts), Why.AMBIGUOUS_RANGE)
    if len(parts) == 2 and _SUM_AHEAD.match(ctx.line, match.end()):
        return None  # "giá khởi điểm 3,2-4,5 triệu", "chuẩn nghèo nông thôn 2,2 triệu đồng"
    levels = [word.lower() for word in ctx.history[-2:]] == ["mức", "độ"]
    weeks = ctx.after({"tuần"}) and ctx.next_word(match.end()) not in {"lần", "buổi", "ngày"}
    if len(parts) == 2 and not levels and not weeks and not ctx.after(PLACE_LEADS):
        return None
    if all(len(part) == 3 for part in parts[1:]):
        return None
    return ", ".join(ctx.number(part) for part in parts)


def _goes_on(parts: list[str], end: int, ctx: Context) -> bool:
    """Say whether the "1,2" of "nhóm 1,2 và 3" is a row that goes on by one."""
    following = _NEXT.match(ctx.line, end)
    row = [int(part) for part in (*parts, following[1])] if following else []
    return bool(row) and all(b == a + 1 for a, b in pairwise(row))


def _or_so(parts: list[str], end: int, ctx: Context) -> bool:
    """Say whether "khoảng 3,4 ngày" may be three or four of them."""
    if len(parts) != 2 or not all(len(part) == 1 for part in parts):
        return False
    rises = int(parts[1]) == int(parts[0]) + 1
    return rises and ctx.after(_ABOUT) and ctx.next_word(end) in _WHOLE_THINGS


def _ratio(match: re.Match[str], ctx: Context) -> Reading:
    if _CLOCK_AHEAD.match(ctx.line, match.end()):
        return None  # ấp 3:19h
    if ctx.near({"qcvn", "tcvn", "iso"}, 2):
        return f"{_standard(match[1], ctx)}, năm {ctx.number(match[2])}"
    return f"{ctx.number(match[1])} trên {ctx.number(match[2])}"


def _times(product: str, ctx: Context) -> str:
    return " nhân ".join(ctx.number(part) for part in re.findall(NUMBER, product))


def _section(match: re.Match[str], ctx: Context) -> Reading:
    """Read 2.1.3, "mục 1.5" and the heading "1.1 Mục đích" with the points said."""
    parts = match[0].split(".")
    heading = not ctx.history and bool(_HEADING.match(ctx.line, match.end()))
    numbered = heading or ctx.after(_SECTION_LEADS)
    thousands = parts[0][0] != "0" and all(len(part) == 3 for part in parts[1:])
    if thousands or (len(parts) == 2 and not numbered):
        return None
    return " chấm ".join(_part(part, ctx) for part in parts)


def _part(part: str, ctx: Context) -> str:
    """Read one part of a section's number: 3, 05, or the a of 3.1.a."""
    if part.isalpha():
        return spell(part)
    return read_digits(part) if _padded(part) else ctx.number(part)


def _standard(number: str, ctx: Context) -> str:
    """Read the number of a technical standard: 5687, 06, 01-1."""
    parts = number.split("-")
    return ", ".join(read_digits(p) if p[0] == "0" else ctx.number(p) for p in parts)


def _standard_and_year(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 01-1:2018 of "QCVN 01-1:2018"."""
    if not ctx.near({"qcvn", "tcvn", "iso"}, 3):
        return None
    return f"{_standard(match[1], ctx)}, năm {ctx.number(match[2])}"


def _dimensions(match: re.Match[str], ctx: Context) -> Reading:
    """Read 3x4, 30 x 40 cm."""
    words = _times(match[1], ctx)
    return f"{words} {unit_name(match[2].strip(), ctx)}" if match[2] else words


def _measured_by(match: re.Match[str], ctx: Context) -> Reading:
    """Read 3mx3m: each number has its unit."""
    parts = re.findall(rf"({NUMBER})({_LENGTHS})", match[0])
    return " nhân ".join(f"{ctx.number(number)} {unit_name(unit, ctx)}" for number, unit in parts)


def _letters_by(match: re.Match[str], ctx: Context) -> Reading:
    """Read BxH, DxRxC: a product of measures by their letters."""
    return " nhân ".join(spell(letter) for letter in re.split("[x×]", match[0]))


def _letters(match: re.Match[str], ctx: Context) -> Reading:
    """Read 15B, 12A1, 4G."""
    digits, letters, more = match.groups()
    words = f"{ctx.number(digits)} {_COUNTED_BY_LETTERS.get(letters) or spell(letters)}"
    return f"{words} {ctx.number(more)}" if more else words


def _floors(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 1T2L of a house: its ground floor and those above."""
    return f"{ctx.number(match[1])} trệt {ctx.number(match[2])} lầu"


_COUNTED_BY_LETTERS: Final = {"PN": "phòng ngủ", "WC": "nhà vệ sinh"}


def _dotted(match: re.Match[str], ctx: Context) -> Reading:
    """Read digits with marks that make no number: each group, digit by digit."""
    if re.fullmatch(NUMBER, match[0]):
        return None
    return Doubtful(
        " chấm ".join(read_digits(group) for group in re.findall(r"\d+", match[0])),
        Why.AMBIGUOUS_NUMBER,
    )


ADDRESSES: Final[tuple[Rule, ...]] = (
    rule(
        "address",
        rf"\d{{1,5}}[A-F]?(?:/\d{{1,5}}[A-FĐ]?){{0,3}}/\d{{1,5}}([A-FĐH-Z])?{WHOLE}(?![/.,]\d|/)",
        _address,
        then="/ABCDEF",
        tight=True,
    ),
)
_LENGTHS: Final = "mm|cm|dm|km|m"
JOINED: Final[tuple[Rule, ...]] = (
    rule(
        "dimensions",
        rf"{NUMBER}(?:{_LENGTHS})(?:[x×*]{NUMBER}(?:{_LENGTHS})){{1,2}}{WHOLE}",
        _measured_by,
        then="0.,mcdk",
    ),
    *FRACTIONS,
    rule(
        "standard and year",
        rf"(\d{{1,6}}(?:-\d{{1,3}})?):([12]\d{{3}}){WHOLE}",
        _standard_and_year,
        then=":-",
        tight=True,
    ),
    rule(
        "section",
        rf"\d{{1,4}}(?:\.\d{{1,4}}){{1,6}}(?:\.[a-zđ]{WHOLE}(?!\.))?(?![0-9.,]\d|\d)",
        _section,
        then=".",
        tight=True,
    ),
    rule("list", r"\d{1,4}(?:,\d{1,4}){1,12}(?![0-9.,]\d|\d)", _list, then=",", tight=True),
    rule(
        "ratio",
        rf"({NUMBER}):([1-9]\d{{0,2}}(?:\.\d{{3}})+|\d{{1,9}}(?:,\d{{1,2}})?)(?![0-9:.,]\d|\d)",
        _ratio,
        then="0.,:",
    ),
    rule(
        "dimensions",
        rf"({NUMBER}(?:\s?[x×*]\s?{NUMBER}){{1,3}})({SIGN}|{WHOLE})",
        _dimensions,
        then="0.,x×*",
    ),
    rule(
        "number",
        rf"({NUMBER})\+(?:(\s+tuổi)(?!\s+trở){WHOLE}|(?=\s[{LOWER}]))",
        _at_least,
        then="0.,+",
    ),
    rule("dimensions", rf"(\d)\s?in\s?(\d){WHOLE}", _in_one, then="i"),
    rule("stars", r"([1-7])\*(?![*\w])", _stars, then="*", tight=True),
    rule("power", r"(\d{1,6})\^(\d{1,3})(?!\d)", _power, then="^", tight=True),
    *RANGES,
    rule("number and letter", rf"(\d)[Tt](\d)[Ll]{WHOLE}", _floors, then="Tt", tight=True),
    rule(
        "number and letter",
        rf"(\d{{1,6}})([A-ZĐ]{{1,2}})(\d{{1,2}})?{WHOLE}",
        _letters,
        then=UPPER,
        tight=True,
    ),
)
LETTER_PRODUCTS: Final[tuple[Rule, ...]] = (
    rule(
        "dimensions",
        rf"{UPPERCASE}(?:[x×]{UPPERCASE}){{1,2}}{WHOLE}",
        _letters_by,
        starts=UPPER,
    ),
)
ODD_NUMBERS: Final[tuple[Rule, ...]] = (
    rule("odd number", r"\d{1,30}(?:[.,]\d{1,30}){2,20}", _dotted, then=".,"),
)
