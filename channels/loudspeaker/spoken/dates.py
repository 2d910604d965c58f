"""Dates in every habit of Vietnamese offices, and what tells them from fractions and ranges."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .model import Doubtful, Why
from .wordlist import words

_D: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_M: Final = r"(?:0?[1-9]|1[0-2])"
_Y: Final = r"(?:[12]\d{3})"
_END: Final = r"(?![0-9])(?![/][0-9A-ZĐ])"
_DASH: Final = r"\s?-\s?"

DAY_LEADS: Final = frozenset({"ngày", "mùng", "mồng", "hôm", "rằm"})
#: Words that make a day and month out of a bare 5/12 that follows.
DATE_LEADS: Final = DAY_LEADS | words(
    "sáng trưa chiều tối đêm từ đến trước sau hạn vào lúc nhật giờ lễ dịp kể hết nay mai"
)
MONTH_LEADS: Final = frozenset({"tháng", "tháng:"})
#: Before these a slash counts out of a whole…
COUNTED: Final = words(
    "hộ ấp xã người phiếu tiêu đại thành em học cháu đơn tổ khu trường thôn chỉ đồng chí đảng hội "
    "trẻ đoàn"
)
#: …and before these it takes a share.
WHOLES: Final = words(
    "số diện dân tổng lượng thời chiều quãng giá mức sản thu chi tài ngày giờ buổi ly chén muỗng"
)
#: After these T2 is no Monday.
_NUMBERED_THINGS: Final = words("trạm tuyến toa lô tầng khu đường máy cống kênh mã xe nhà cụm")
_WEEK: Final = words("thứ nhật t2 t3 t4 t5 t6 t7 cn")
_LUNAR: Final = re.compile(r"\s*\(?\s*(?:âm lịch|ÂL|AL|âl)(?![\w])")


def read_day(day: str, ctx: Context) -> str:
    """Read a day of the month."""
    return ctx.cardinal(int(day))


def read_month(month: str, ctx: Context, *, lunar: bool = False) -> str:
    """Read a month: tháng tư; tháng giêng and tháng chạp by the moon."""
    number = int(month)
    names = {4: "tư", **({1: "giêng", 12: "chạp"} if lunar else {})}
    return "tháng " + names.get(number, ctx.cardinal(number))


def read_year(year: str, ctx: Context) -> str:
    """Read a year; two digits belong to this century."""
    return "năm " + ctx.cardinal(int(year) + (2000 if len(year) == 2 else 0))


def exists(day: str, month: str, year: str | None) -> bool:
    """Say whether the calendar has that day; without a year, a leap year is assumed."""
    whole = 2000 if year is None else int(year) + (2000 if len(year) == 2 else 0)
    return int(day) <= monthrange(whole, int(month))[1]


def _date_words(day: str, month: str, year: str | None, ctx: Context, end: int) -> str:
    """Read one date without the word "ngày"."""
    lunar = bool(_LUNAR.match(ctx.line, end))
    words = [read_day(day, ctx), read_month(month, ctx, lunar=lunar)]
    if year:
        words.append(read_year(year, ctx))
    return " ".join(words)


def _led(words: str, ctx: Context) -> str:
    """Put "ngày" in front unless the writer already did, or a feast is named by its date."""
    return words if ctx.after(DAY_LEADS | {"lễ"}) else "ngày " + words


def _checked(words: str, *dates: tuple[str, str, str | None]) -> Reading:
    if all(exists(*date) for date in dates):
        return words
    return Doubtful(words, Why.IMPOSSIBLE_DATE)


def _full(match: re.Match[str], ctx: Context) -> Reading:
    day, _, month, year = match.groups()
    return _checked(_led(_date_words(day, month, year, ctx, match.end()), ctx), (day, month, year))


def _short_year(match: re.Match[str], ctx: Context) -> Reading:
    if not (ctx.near(DATE_LEADS, 6) or len(match[1]) == len(match[3]) == 2):
        return None
    return _full(match, ctx)


def _iso(match: re.Match[str], ctx: Context) -> Reading:
    year, month, day = match.groups()
    return _checked(_led(_date_words(day, month, year, ctx, match.end()), ctx), (day, month, year))


def _range(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1-5/12, 28/11-02/12/2026, 01/12/2026 - 05/12/2026."""
    d1, m1, y1, d2, m2, y2 = match.groups()
    first = _date_words(d1, m1, y1, ctx, 0) if m1 else read_day(d1, ctx)
    last = _date_words(d2, m2, y2, ctx, match.end())
    return _checked(f"{_led(first, ctx)} đến ngày {last}", (d1, m1 or m2, y1 or y2), (d2, m2, y2))


def _day_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read 5/12 where the neighbours say that it is a date."""
    day, month = match.groups()
    led = ctx.near(DATE_LEADS, 3) or ctx.near(DAY_LEADS, 9) or ctx.near(_WEEK, 4)
    if not (led or _LUNAR.match(ctx.line, match.end())):
        return None
    if not ctx.after(DAY_LEADS) and ctx.next_word(match.end()) in COUNTED | WHOLES:
        return None
    return _checked(_led(_date_words(day, month, None, ctx, match.end()), ctx), (day, month, None))


def _dashed_day_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read "ngày 5-12": a date as newspapers write it, yet it may be a range of days."""
    day, month = match.groups()
    if not ctx.after(DAY_LEADS) or ctx.near({"các", "những"}, 2):
        return None
    words = _led(_date_words(day, month, None, ctx, match.end()), ctx)
    if int(day) < int(month):
        return Doubtful(words, Why.AMBIGUOUS_RANGE)
    return _checked(words, (day, month, None))


def _month_range(match: re.Match[str], ctx: Context) -> Reading:
    if not ctx.after(MONTH_LEADS):
        return None
    first, last, year = match.groups()
    months = [read_month(month, ctx).removeprefix("tháng ") for month in (first, last)]
    words = f"{months[0]} đến tháng {months[1]}"
    return f"{words} {read_year(year, ctx)}" if year else words


def _month_year(match: re.Match[str], ctx: Context) -> Reading:
    month, year = match.groups()
    words = f"{read_month(month, ctx)} {read_year(year, ctx)}"
    return words.removeprefix("tháng ") if ctx.after(MONTH_LEADS) else words


def _period_year(match: re.Match[str], ctx: Context) -> Reading:
    """Read quý 4/2026, kỳ 1/2026, đợt 2/2026."""
    if not ctx.after({"quý", "kỳ", "đợt", "khóa", "số", "tuần"}):
        return None
    return f"{ctx.cardinal(int(match[1]))} {read_year(match[2], ctx)}"


def _month(match: re.Match[str], ctx: Context) -> Reading:
    """Read "tháng 4" as tháng tư; other months are plain numbers."""
    return "tư" if ctx.after(MONTH_LEADS) else None


_WEEKDAYS: Final = {"2": "hai", "3": "ba", "4": "tư", "5": "năm", "6": "sáu", "7": "bảy"}


def _weekday(match: re.Match[str], ctx: Context) -> Reading:
    """Read "thứ 2", "thứ 2-6", "thứ 2 - thứ 6", and ordinals: thứ nhất, thứ tư, thứ mười hai."""
    if not ctx.after({"thứ"}):
        return None
    first, last = match.groups()
    names = {"1": "nhất", "4": "tư"}
    words = names.get(first) or ctx.number(first)
    return f"{words} đến thứ {names.get(last) or ctx.number(last)}" if last else words


def _short_weekday(match: re.Match[str], ctx: Context) -> Reading:
    """Read T2, T2-T6, T7-CN as days of the week."""
    first, last = match.groups()
    if not last and ctx.after(_NUMBERED_THINGS):
        return None
    words = f"thứ {_WEEKDAYS[first]}"
    if not last:
        return words
    return f"{words} đến " + ("chủ nhật" if last == "CN" else f"thứ {_WEEKDAYS[last[-1]]}")


def _short_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read T12/2026, T4/2026, T11 as months."""
    month, year = match.groups()
    words = read_month(month, ctx)
    return f"{words} {read_year(year, ctx)}" if year else words


_ONE: Final = rf"({_D})(?:\s?/\s?({_M})(?:\s?/\s?({_Y}))?)?"
_OTHER: Final = rf"({_D})\s?/\s?({_M})(?:\s?/\s?({_Y}))?"

#: Before phone numbers, whose groups may be dotted too.
FULL_DATES: Final[tuple[Rule, ...]] = (
    rule("date range", rf"{_ONE}{_DASH}(?:ngày )?{_OTHER}{_END}", _range),
    rule("date", rf"({_D})(\s?[/.-]\s?)({_M})\2({_Y}){_END}{WHOLE}", _full),
    rule("date, year first", rf"({_Y})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]){WHOLE}", _iso),
    rule("date, short year", rf"({_D})([/-])({_M})\2(\d\d){_END}{WHOLE}", _short_year),
)
#: After legal references and addresses.
SHORT_DATES: Final[tuple[Rule, ...]] = (
    rule("quarter and year", rf"(\d{{1,2}})\s?/\s?({_Y}){_END}{WHOLE}", _period_year),
    rule("months", rf"({_M}){_DASH}(?:tháng )?({_M})(?:\s?/\s?({_Y}))?{_END}{WHOLE}", _month_range),
    rule("month and year", rf"({_M})\s?[/-]\s?({_Y}){_END}{WHOLE}", _month_year),
    rule("day and month", rf"({_D})\s?/\s?({_M}){_END}{WHOLE}", _day_month),
    rule("day-month", rf"({_D})-({_M}){_END}{WHOLE}", _dashed_day_month),
    rule("april", r"0?4(?![0-9.,/-])", _month),
    rule("weekday", r"(\d{1,3})(?:\s?-\s?(?:[Tt]hứ )?(\d))?(?![0-9.,]\d|\d)", _weekday),
)
DATE_WORDS: Final[tuple[Rule, ...]] = (
    rule("month, letter", rf"T\.?(0?[1-9]|1[0-2])/({_Y}){WHOLE}", _short_month),
    rule("weekday, letter", rf"T([2-7])(?:\s?-\s?(T[2-7]|CN))?{WHOLE}", _short_weekday),
    rule("month, letter", rf"T(8|9|1[0-2])(?:/({_Y}))?{WHOLE}", _short_month),
)
