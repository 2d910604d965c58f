"""Shares, counts out of a whole, and what else two numbers with a slash between them are."""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .data.measures import UNITS
from .dates import COUNTED, KNOWN_DAYS, WHOLES, date_words, exists, latest
from .model import Doubtful, Why
from .units import SIGN, unit_name
from .wordlist import words

#: After these a slash is a share of something.
_SHARE_LEADS: Final = words(
    "khoảng hơn gần chiếm giảm tăng đạt được bằng còn quá trên dưới ít nhất có tới đủ"
)
#: After these a fraction is no count: "hơn 2/3 đại biểu" is two thirds of them.
_NEARLY: Final = words("hơn gần quá khoảng nhất trên dưới chiếm nửa")
#: What a whole is divided into, where no word says so.
_SHARES: Final = frozenset({2, 3, 4, 5, 10})
#: Shares more often than counts, of what there is much of.
_USUAL_SHARES: Final = frozenset({(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)})
_MANY: Final = words("hộ người phiếu đại cử")
#: Near these 25/21 is how a set ends.
SETS: Final = words("séc set hiệp chuyền tennis lông")
_MAP_SCALES: Final = words("lệ đồ hoạch")
_DOTTED: Final = r"[1-9]\d{0,2}(?:\.\d{3})+"


def read_fraction(top: int, bottom: int, ctx: Context) -> str:
    """Read một phần ba, ba phần tư, and mười chín trên hai mươi."""
    if 0 < top < bottom <= 10:
        return f"{ctx.cardinal(top)} phần {'tư' if bottom == 4 else ctx.cardinal(bottom)}"
    return f"{ctx.cardinal(top)} trên {ctx.cardinal(bottom)}"


def _fraction(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1/3: a share, a count out of a whole, or (in doubt) a date."""
    top, bottom = (int(part) for part in match.groups())
    following = ctx.next_word(match.end())
    counted = f"{ctx.cardinal(top)} trên {ctx.cardinal(bottom)}"
    if ctx.near(SETS, 24) and max(top, bottom) <= 40:
        return f"{ctx.cardinal(top)}, {ctx.cardinal(bottom)}"
    if ctx.after({"thứ"}) and 2000 <= bottom < 2100:
        return f"{ctx.cardinal(top)} năm {ctx.cardinal(bottom)}"
    if (ctx.near(_MAP_SCALES, 3) and bottom >= 100) or ctx.after(
        {"loại", "hạng", "binh", "điểm", "thứ", "trang"}
    ):
        return counted
    if top <= bottom and any(_of(match[2], token) for token in ctx.history[-10:]):
        return counted  # "12/12 chỉ tiêu, trong đó 8/12 vượt"
    if ctx.near({"bậc"}, 2) and top <= bottom:
        return counted  # "bậc lương 4/9"
    if ctx.near({"sĩ"}, 12) and top < 13:
        return f"{ctx.cardinal(top)} {ctx.cardinal(bottom)}"  # "sĩ số: 6/1: 42, 6/2: 41"
    if ctx.near({"bầu"}, 2):
        return counted  # "bầu đủ 4/6 đại biểu"
    if ctx.after(_NEARLY | {"giảm"}) and re.match(r"\s?học phí", ctx.line[match.end() :]):
        return read_fraction(top, bottom, ctx)
    if following in COUNTED | {"vụ"} and not (ctx.after(_NEARLY) and top < bottom <= 10):
        if (top, bottom) in _USUAL_SHARES and following in _MANY:
            return Doubtful(read_fraction(top, bottom, ctx), Why.AMBIGUOUS_FRACTION)
        return counted
    share = read_fraction(top, bottom, ctx)
    if top > bottom and (top, bottom) in KNOWN_DAYS and following not in UNITS:
        return f"ngày {date_words(match[1], match[2], None, ctx, match.end())}"
    if ctx.near({"binh"}, 4) and top <= bottom and bottom in (3, 4):
        return counted  # "thương binh 1/4, 2/4": the grade of a wound
    if ctx.after({"vòng"}) and top == 1:
        return Doubtful(share, Why.AMBIGUOUS_FRACTION)
    if following in WHOLES or following in UNITS or (ctx.after(_SHARE_LEADS) and not latest(ctx)):
        return share
    possible = 1 <= bottom <= 12 and 1 <= top <= 31 and exists(match[1], match[2], None)
    if not possible:
        return share
    if top < bottom and bottom in _SHARES and match[1][0] != "0" and match[2][0] != "0":
        return Doubtful(share, Why.AMBIGUOUS_FRACTION)
    month = "tư" if bottom == 4 else ctx.cardinal(bottom)
    date = f"ngày {ctx.cardinal(top)} tháng {month}"
    sure = match[1][0] == "0" or match[2][0] == "0" or top > 12
    return date if sure else Doubtful(date, Why.AMBIGUOUS_FRACTION)


def _of(bottom: str, token: str) -> bool:
    """Say whether all of a whole were counted just before: the 12/12 of "12/12 chỉ tiêu"."""
    return token == f"{bottom}/{bottom}"


def _fraction_of(match: re.Match[str], ctx: Context) -> Reading:
    """Read 120/80mmHg, 1/2kg, the 22/0,4kV of a transformer."""
    if not (match[1].isdigit() and match[2].isdigit()):
        share = f"{ctx.number(match[1])} trên {ctx.number(match[2])}"
    else:
        share = read_fraction(int(match[1]), int(match[2]), ctx)
    return f"{share} {unit_name(match[3].strip(), ctx)}"


def _out_of(match: re.Match[str], ctx: Context) -> Reading:
    """Read 7.845/7.855 and 8,5/10, so many of so many, and the scale of a map: 1/1.000."""
    return f"{ctx.number(match[1])} trên {ctx.number(match[2])}"


FRACTIONS: Final[tuple[Rule, ...]] = (
    rule(
        "out of",
        rf"({_DOTTED}|\d{{1,3}},\d{{1,3}}|\d{{1,9}}(?=\s?/\s?[1-9]\d{{0,2}}\.\d))\s?/\s?"
        rf"({_DOTTED}|\d{{1,9}})(?![0-9/]|\.\d){WHOLE}",
        _out_of,
        then=".,/",
    ),
    rule(
        "fraction",
        rf"({_DOTTED}|\d{{1,4}}(?:,\d{{1,2}})?)/({_DOTTED}|\d{{1,4}}(?:,\d{{1,2}})?)({SIGN})",
        _fraction_of,
        then="/,.",
        tight=True,
    ),
    rule("fraction", rf"(\d{{1,9}})\s?/\s?(\d{{1,9}})(?![0-9/]){WHOLE}", _fraction, then="/"),
)
