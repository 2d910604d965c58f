"""Sums of money in short: 50k, 5tr, 2tr350, $5, VNĐ 500.000."""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .data.measures import MONEY, SUMS
from .model import Doubtful, Why
from .numbers import NUMBER, thousand
from .syllables import LETTERS
from .units import RANGE, amount
from .wordlist import words

#: A number whose thousands stand apart with commas.
_ENGLISH: Final = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
#: After these 5K is a slogan of five words that begin with K, a resolution, a run.
_SLOGANS: Final = words(
    "điệp chốt tắc khẩu covid covid-19 hiện pháp camera hình chiếu video nét ảnh giải chạy cự "
    "marathon châm"
)
_SUM_AHEAD: Final = re.compile(r"\s?(?:VNĐ|VND|vnđ|đồng)(?!\w)")
#: A sum with its words in brackets behind it: "12.450.000 (mười hai triệu …) đ".
_IN_WORDS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+\s?\([^()]*\)\s?$")
_CURRENCIES: Final = {"$": "đô la Mỹ", "€": "ơ rô", "£": "bảng Anh", "¥": "yên", "₫": "đồng"}


def _short_money(match: re.Match[str], ctx: Context) -> Reading:
    """Read 50k, 50-100k, 5tr: thousands and millions of đồng."""
    first, last, sign = match.groups()
    slogan = ctx.near(_SLOGANS, 5) or ctx.line[match.end() :][:1] in {'"', "”"}
    if sign == "K" and match[0] == f"{first}K" and slogan:
        return f"{ctx.number(first)} ca"
    size = thousand(ctx.region) if sign.lower() == "k" else "triệu"
    said = f"{amount(first, last, ctx)} {size}"
    named = ctx.next_word(match.end()) in {"đồng", "đ", "vnđ", "vnd"}
    return said if named else f"{said} đồng"


def _millions_and(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1tr5 and 2tr350: millions, then the thousands that the digits begin."""
    first, last = (_millions(part, ctx) for part in match.groups())
    return f"{first} đến {last} đồng" if last else f"{first} đồng"


def _billions_and(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1tỷ2, also typed 1ty2: a billion and two tenths, and 2ty."""
    billions = f"{ctx.number(match[1])} tỷ"
    return f"{billions} {ctx.cardinal(int(match[2]))}" if match[2] else f"{billions} đồng"


def _millions(written: str | None, ctx: Context) -> str:
    if not written:
        return ""
    millions, _, rest = written.strip(" -").partition("tr")
    said = f"{ctx.number(millions.strip())} triệu"
    tail = int(rest.strip(" k").ljust(3, "0"))
    return f"{said} {ctx.cardinal(tail)} {thousand(ctx.region)}" if tail else said


def _thousands_and(match: re.Match[str], ctx: Context) -> Reading:
    """Read 5k5: thousands, then the hundreds."""
    hundreds = ctx.cardinal(int(match[2].ljust(3, "0")))
    return f"{ctx.number(match[1])} {thousand(ctx.region)} {hundreds} đồng"


def _dong(match: re.Match[str], ctx: Context) -> Reading:
    """Read the đ of "5 triệu đ", of a column's "(đ)", and of "đ/kg"."""
    column = ctx.after({"("}) and ctx.line[match.end() :][:1] == ")"
    if column or (not ctx.last()[-1:].isalnum() and ctx.line.startswith("/", match.end())):
        return "đồng"
    if ctx.last().endswith(")") and _IN_WORDS.search(ctx.line, 0, match.start()):
        return "đồng"
    return "đồng" if ctx.last().lstrip("0123456789.,- ") in SUMS else None


def _sign_first(match: re.Match[str], ctx: Context) -> Reading:
    """Read $5, €10, US$ 100."""
    return f"{ctx.number(match[2])} {_CURRENCIES[match[1].removeprefix('US')]}"


def _currency_first(match: re.Match[str], ctx: Context) -> Reading:
    """Read "VNĐ 500.000", "USD 100-200", and the English thousands of "USD 1,000"."""
    first, last = match[2], match[3]
    if _SUM_AHEAD.match(ctx.line, match.end()):  # USD 25.450 VND: what one of them costs
        return None
    if not last and _ENGLISH.fullmatch(first):
        return Doubtful(
            f"{ctx.number(first.replace(',', '.'))} {MONEY[match[1]]}", Why.AMBIGUOUS_NUMBER
        )
    return f"{amount(first, last, ctx)} {MONEY[match[1]]}"


SHORT_SUMS: Final[tuple[Rule, ...]] = (
    rule(
        "millions and",
        rf"(\d{{1,4}}tr\d{{1,3}}k?|\d{{1,4}} tr \d{{3}}(?![.,]\d| [{LETTERS}]))"
        rf"(\s?-\s?\d{{1,4}}tr\d{{0,3}})?{WHOLE}",
        _millions_and,
        then="t",
    ),
    rule(
        "millions and",
        rf"(\d{{1,4}})(?:(?:tỷ|tỉ|ty)([1-9]\d{{0,2}})|ty){WHOLE}",
        _billions_and,
        then="t",
        tight=True,
    ),
    rule("short money", rf"(\d{{1,3}})k(\d){WHOLE}", _thousands_and, then="k", tight=True),
    rule(
        "short money",
        rf"({NUMBER})(?:{RANGE}({NUMBER}))?\s?(k|K|tr|Tr|TR)(?!\.đ){WHOLE}",
        _short_money,
        then="0.,-kKtT",
    ),
)
CURRENCY_SIGNS: Final[tuple[Rule, ...]] = (
    rule("currency first", rf"([$€£¥₫])\s?({NUMBER})", _sign_first, starts="$€£¥₫"),
)
CURRENCY_WORDS: Final[tuple[Rule, ...]] = (
    rule(
        "currency first",
        rf"(VNĐ|VND|USD|EUR)\s?({NUMBER})(?:{RANGE}({NUMBER}))?(?!\s?(?:%|đ{WHOLE}))",
        _currency_first,
        starts="VUE",
    ),
    rule("currency first", rf"(US\$)\s?({NUMBER})", _sign_first, starts="U"),
    rule("đồng", rf"đ{WHOLE}", _dong, starts="đ"),
)
