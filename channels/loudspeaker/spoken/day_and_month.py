"""A day and a month with no year: 5/12 and 5-12, where the neighbours say so."""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .dates import (
    CLOCK,
    COUNTED,
    DATE_LEADS,
    DAY_LEADS,
    END,
    KNOWN_DAYS,
    LUNAR,
    MEASURED,
    NAMED_AFTER_DAYS,
    TIMES_OF_DAY,
    WHOLES,
    D,
    M,
    checked,
    date_words,
    latest,
    led,
)
from .model import Doubtful, Why
from .wordlist import words

#: Words of a feast or an anniversary, which is often named by its date.
_FEASTS: Final = words("lễ dịp mừng niệm nhân khánh tết nghỉ nữ")
#: Every month has these days: "ngày 1-5 hằng tháng" are days and no date.
_EACH_MONTH: Final = re.compile(r"\s+(?:hàng|hằng|mỗi|của mỗi|trong) tháng")
#: What begins or ends on a day: "khai giảng 5/9", "bắt đầu 07/11".
_EVENTS: Final = words("mất giảng mạc trương thúc hành tràng đầu ngưng dứt")
_WEEK: Final = words("thứ nhật t2 t3 t4 t5 t6 t7 cn")
_DAY: Final = re.compile(r"\d{1,2}(?:[./-]\d{1,2})?(?:/\d{4})?")


def _day_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read 5/12 where the neighbours say that it is a date."""
    day, month = match.groups()
    if ctx.after({"thứ", "hạng"}):
        return None
    if ctx.after(NAMED_AFTER_DAYS):
        known = (int(day), int(month)) in KNOWN_DAYS
        return date_words(day, month, None, ctx, match.end()) if known else None
    told = (
        ctx.near(DATE_LEADS, 3)
        or ctx.near(DAY_LEADS, 9)
        or ctx.near(_WEEK, 4)
        or _after_a_clock(ctx)
        or ctx.after(_EVENTS)
        or latest(ctx)
        or (ctx.near(_FEASTS, 9) and (int(day), int(month)) in KNOWN_DAYS)
        or LUNAR.match(ctx.line, match.end())
    )
    if not told:
        return None
    if not ctx.after(DAY_LEADS) and ctx.next_word(match.end()) in COUNTED | WHOLES:
        return None
    return checked(led(date_words(day, month, None, ctx, match.end()), ctx), (day, month, None))


def _after_a_clock(ctx: Context) -> bool:
    """Say whether an hour was just written: "7h30, 5/12"."""
    return any(CLOCK.fullmatch(token) for token in ctx.history[-2:])


def _among_days(ctx: Context) -> bool:
    """Say whether a day of a list was just read: the comma of "ngày 5, 6-12"."""
    between_times = ctx.after({"đến", "tới"}) and ctx.near(TIMES_OF_DAY, 3)
    return (
        ctx.after(words("và , đến tới hết & -"))
        and (ctx.near({"ngày"}, 8) or between_times)
        and any(_DAY.fullmatch(token) for token in ctx.history[-3:])
    )


def _dashed_day_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read "ngày 5-12": a date as newspapers write it, yet it may be a range of days."""
    day, month = match.groups()
    if ctx.after({"mùng", "mồng"}) and ctx.next_word(match.end()) in {"tết", "tháng"}:
        return f"{ctx.cardinal(int(day))} đến {ctx.last()} {ctx.cardinal(int(month))}"
    if ctx.after({"ngày"}) and _EACH_MONTH.match(ctx.line, match.end()) and int(day) < int(month):
        return f"{ctx.cardinal(int(day))} đến ngày {ctx.cardinal(int(month))}"
    after_day = ctx.after(DAY_LEADS) or _among_days(ctx)
    feast = (int(day), int(month)) in KNOWN_DAYS and ctx.near(_FEASTS, 5)
    feast = feast or ((int(day), int(month)) == (5, 9) and ctx.near({"giảng", "trường"}, 3))
    lunar = LUNAR.match(ctx.line, match.end())
    named = feast or lunar or ctx.after(TIMES_OF_DAY | {"mai", "nay"}) or ctx.near(_WEEK, 3)
    if not (after_day or named) or ctx.after({"thứ"}) or ctx.near({"các", "những"}, 2):
        return None
    if not after_day and ctx.next_word(match.end()) in COUNTED | WHOLES | MEASURED:
        return None
    words = led(date_words(day, month, None, ctx, match.end()), ctx)
    if int(day) < int(month) and not feast:
        return Doubtful(words, Why.AMBIGUOUS_RANGE)
    return checked(words, (day, month, None))


#: After legal references and addresses.
DAY_AND_MONTH: Final[tuple[Rule, ...]] = (
    rule("day and month", rf"({D})\s?/\s?({M}){END}(?![.,]\d){WHOLE}", _day_month, then="/"),
    rule(
        "day and month",
        rf"({D})-({M}){END}(?![.,]\d){WHOLE}",
        _dashed_day_month,
        then="-",
        tight=True,
    ),
)
