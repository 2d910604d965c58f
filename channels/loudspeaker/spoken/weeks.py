"""Months, quarters and school years, and the days of the week: tháng 12/2026, quý 3, T2-T6."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .dates import DASH, END, LUNAR, TIMES_OF_DAY, M, read_month, read_year
from .wordlist import words

#: Years as offices write them; a map's 1/1000 is none.
_Y: Final = r"(?:1[5-9]\d\d|2[01]\d\d)"
_MONTH_LEADS: Final = frozenset({"tháng", "tháng:"})
#: Things of which there is a first or second in a year.
_PERIODS: Final = words("quý kỳ đợt khóa số tuần lần vụ")
#: After these T2 is no Monday.
_NUMBERED_THINGS: Final = words(
    "trạm tuyến toa lô tầng khu đường máy cống kênh mã xe nhà cụm ấp thôn xóm rạch cầu đập bàn "
    "dãy khối tổ phòng bến cột trụ"
)
#: What a part holds, in brackets; a day's date begins with a digit.
_CONTENTS: Final = re.compile(r"\s?\([^\d\s]")
_DITCHES: Final = words("kênh rạch tuyến lô trạm cống")
#: Before these a slash between years joins two halves of one.
_TWO_YEARS: Final = words("học vụ khóa mùa niên")
_BORN: Final = words("năm sinh lứa hệ tuổi sn")
_QUARTERS: Final = {"I": 1, "II": 2, "III": 3, "IV": 4}
_SCALES: Final = words("lệ tỉ tỷ đồ qh hoạch")
#: T1 and T8 to T12 can only be months.
_MONTH_TOKEN: Final = re.compile("T(?:[189]|1[0-2])")
#: One of those beside T5 - T6 makes months of these too.
_MONTH_BEYOND: Final = re.compile(r"\bT(?:[189]|1[0-2])\b")
_WEEKDAYS: Final = {"2": "hai", "3": "ba", "4": "tư", "5": "năm", "6": "sáu", "7": "bảy"}


def _month_range(match: re.Match[str], ctx: Context) -> Reading:
    if not ctx.after(_MONTH_LEADS):
        return None
    first, last, year = match.groups()
    months = [read_month(month, ctx).removeprefix("tháng ") for month in (first, last)]
    words = f"{months[0]} đến tháng {months[1]}"
    return f"{words} {read_year(year, ctx)}" if year else words


def _months_of(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 9,10/2026 of "tháng 9,10/2026"."""
    if not ctx.after(_MONTH_LEADS):
        return None
    *months, last = re.findall(r"\d+", match[1])
    words = "".join(f"{read_month(month, ctx)}, " for month in months)
    return f"{words}{read_month(last, ctx)} {read_year(match[2], ctx)}".removeprefix("tháng ")


def _month_year(match: re.Match[str], ctx: Context) -> Reading:
    month, separator, year = match.groups()
    after_month = ctx.after(_MONTH_LEADS)
    if not after_month and (separator.strip() == "." or separator == " - "):
        return None
    if ctx.near(_SCALES, 3):
        return None
    words = f"{read_month(month, ctx)} {read_year(year, ctx)}"
    return words.removeprefix("tháng ") if after_month else words


def _period_year(match: re.Match[str], ctx: Context) -> Reading:
    """Read quý 4/2026, quý 3-4/2026, kỳ 1/2026, đợt 2/2026."""
    listed = ctx.after({",", "và", "&"}) and ctx.near(_PERIODS, 5) and _numbered(ctx)
    if not ctx.after(_PERIODS) and not listed:
        return None
    first, last, year = match.groups()
    words = ctx.cardinal(int(first))
    if last:
        words += f" đến {ctx.cardinal(int(last))}"
    return f"{words} {read_year(year, ctx)}"


def _numbered(ctx: Context) -> bool:
    """Say whether one digit was just read before a comma: the 1 of "quý 1, 2/2027"."""
    return len(ctx.history) > 2 and ctx.history[-2].isdigit() and ctx.history[-3].isalpha()


def _short_thousand(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 2k5 of "sinh năm 2k5", the year 2005, and "năm 2k"."""
    if not match[1]:
        return ctx.cardinal(2000) if ctx.after(_BORN) else None
    return ctx.cardinal(2000 + int(match[1])) if ctx.near(_BORN, 3) else None


def _months_so_far(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 6T of "6T đầu năm" and the 9T/2026 of a report: the year's first months."""
    months, half, year = match.groups()
    words = f"{ctx.cardinal(int(months))} tháng"
    if year:
        first = "" if int(months) == 12 else "đầu "
        return f"{words} {first}{read_year(year, ctx)}"
    if half:
        return f"{words} {'đầu' if half == 'ĐN' else 'cuối'} năm"
    return words if ctx.next_word(match.end()) in {"đầu", "cuối"} else None


def _short_months(match: re.Match[str], ctx: Context) -> Reading:
    """Read "T5 - T8" and T1-T3/2026: months, as the year or one of them says."""
    first, last, year = match.groups()
    months = year or any(_MONTH_TOKEN.fullmatch(f"T{int(one)}") for one in (first, last))
    if not months or (not year and ctx.after(_NUMBERED_THINGS)):
        return None
    words = f"{read_month(first, ctx)} đến {read_month(last, ctx)}"
    words = f"{words} {read_year(year, ctx)}" if year else words
    return words.removeprefix("tháng ") if ctx.after(_MONTH_LEADS) else words


def _year_of(match: re.Match[str], ctx: Context) -> Reading:
    """Read the year of "9 tháng/2026"."""
    return read_year(match[1], ctx) if ctx.after({"tháng", "quý", "kỳ", "đợt"}) else None


def _quarter(match: re.Match[str], ctx: Context) -> Reading:
    """Read Q1/2026 and QIV/2026."""
    number = _QUARTERS.get(match[1]) or int(match[1])
    words = f"{ctx.cardinal(number)} {read_year(match[2], ctx)}"
    return words if ctx.after({"quý"}) else f"quý {words}"


def _years(match: re.Match[str], ctx: Context) -> Reading:
    """Read "niên vụ 2025/2026"."""
    first, last = (int(year) for year in match.groups())
    if not ctx.near(_TWO_YEARS, 2) or last != first + 1:
        return None
    return f"{ctx.cardinal(first)} đến {ctx.cardinal(last)}"


def _month(match: re.Match[str], ctx: Context) -> Reading:
    """Read "tháng 4" as tháng tư; other months are plain numbers."""
    return "tư" if ctx.after(_MONTH_LEADS) else None


def _weekday(match: re.Match[str], ctx: Context) -> Reading:
    """Read "thứ 2", "thứ 2-6", "thứ 2 - thứ 6", and ordinals: thứ nhất, thứ tư, thứ mười hai."""
    if not ctx.after({"thứ"}):
        return None
    first, last = match.groups()
    names = {"1": "nhất", "4": "tư"}
    words = names.get(first) or ctx.number(first)
    if not last:
        return words
    if not last.isdigit():
        return f"{words} đến chủ nhật"
    return f"{words} đến thứ {names.get(last) or ctx.number(last)}"


def _weekdays(match: re.Match[str], ctx: Context) -> Reading:
    """Read the days of "thứ 2,4,6" and "thứ 2, 4, 6 hằng tuần"."""
    counts = " " in match[0] and ctx.next_word(match.end()) not in {"", "hàng", "hằng", "mỗi"}
    if counts or not ctx.after({"thứ"}):
        return None
    return ", ".join(_WEEKDAYS[day] for day in re.findall(r"\d", match[0]))


def _short_weekdays(match: re.Match[str], ctx: Context) -> Reading:
    """Read "T2,4,6", "T2-4-6" and "T3,T5"."""
    if ctx.after(_NUMBERED_THINGS):
        return None
    return ", ".join(f"thứ {_WEEKDAYS[day]}" for day in re.findall(r"\d", match[0]))


def _labelled(end: int, ctx: Context) -> bool:
    """Say whether the T1 of "3 tổ: T1 (KP1-3), T2 (KP4-6)" names one of them."""
    told = [word.lower() for word in ctx.history]
    parts = {before for before, mark in pairwise(told) if mark == ":"}
    return bool(_CONTENTS.match(ctx.line, end)) and not parts.isdisjoint(_NUMBERED_THINGS)


def _short_weekday(match: re.Match[str], ctx: Context) -> Reading:
    """Read T2, T2-T6, T7-CN as days of the week."""
    first, last = match.groups()
    if _labelled(match.end(), ctx):
        return None
    if ctx.after(_NUMBERED_THINGS) or (ctx.after({",", "và"}) and ctx.near(_DITCHES, 6)):
        return None
    if not last and any(_MONTH_TOKEN.fullmatch(token) for token in ctx.history[-4:]):
        return read_month(first, ctx)
    if not last and [word.lower() for word in ctx.history[-2:-1]] == ["tuần"]:
        return read_month(first, ctx)  # "thứ bảy tuần 2 T6"
    if not last and ctx.after({"hưu", "lương"}):
        return read_month(first, ctx)  # "lương hưu T5" is paid by the month
    if not last and (ctx.after({"rằm"}) or LUNAR.match(ctx.line, match.end())):
        return read_month(first, ctx, lunar=True)
    if last and last != "CN" and _MONTH_BEYOND.search(ctx.line):
        return f"{read_month(first, ctx)} đến {read_month(last[-1], ctx)}"
    words = f"thứ {_WEEKDAYS[first]}"
    if not last:
        return words
    return f"{words} đến " + ("chủ nhật" if last == "CN" else f"thứ {_WEEKDAYS[last[-1]]}")


def _small_weekday(match: re.Match[str], ctx: Context) -> Reading:
    """Read the t6 of "chiều t6"."""
    return f"thứ {_WEEKDAYS[match[1]]}" if ctx.after(TIMES_OF_DAY | {"ngày", "đến"}) else None


def _short_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read T12/2026, T4-2026, T11 as months."""
    month, year = match.groups()
    if not year and (ctx.after(_NUMBERED_THINGS) or _labelled(match.end(), ctx)):
        return None
    words = read_month(month, ctx)
    words = f"{words} {read_year(year, ctx)}" if year else words
    return words.removeprefix("tháng ") if ctx.after(_MONTH_LEADS) else words


YEARS: Final[tuple[Rule, ...]] = (rule("year", rf"/({_Y}){END}{WHOLE}", _year_of, starts="/"),)
MONTHS: Final[tuple[Rule, ...]] = (
    rule(
        "months",
        rf"(\d{{1,2}})T(ĐN|CN)?(?:[/ ]({_Y}))?{END}{WHOLE}",
        _months_so_far,
        then="T",
        tight=True,
    ),
    rule("year", rf"2[kK](\d{{0,2}}){WHOLE}", _short_thousand, starts="2", then="kK", tight=True),
    rule(
        "quarter and year",
        rf"(\d{{1,2}})(?:{DASH}(\d))?\s?/\s?({_Y}){END}{WHOLE}",
        _period_year,
        then="/-",
    ),
    rule(
        "months", rf"({M}(?:\s?,\s?{M}){{1,5}})\s?[/-]\s?({_Y}){END}{WHOLE}", _months_of, then=","
    ),
    rule("years", rf"({_Y})\s?/\s?({_Y}){END}{WHOLE}", _years, starts="12", then="/"),
    rule(
        "months",
        rf"({M}){DASH}(?:tháng )?({M})(?:\s?/\s?({_Y}))?{END}{WHOLE}",
        _month_range,
        then="-",
    ),
    rule("month and year", rf"({M})(\s?[/-]\s?|\.)({_Y}){END}{WHOLE}", _month_year, then="/.-"),
)
WEEKDAYS: Final[tuple[Rule, ...]] = (
    rule("april", r"0?4(?![0-9.,/-]\d)(?![0-9/-])", _month, starts="04"),
    rule(
        "weekdays",
        r"[2-7](?:(?:\s?[,/]\s?[2-7]){1,5}|(?:-[2-7]){2,5})(?![0-9.,/-])",
        _weekdays,
        then=",/-",
    ),
    rule(
        "weekday",
        r"(\d{1,3})(?:\s?-\s?(?:[Tt]hứ )?(\d(?!/)|CN|[Cc]hủ nhật))?(?![0-9.,]\d|\d|/\d+(?![\d/]))",
        _weekday,
    ),
)
WEEK_WORDS: Final[tuple[Rule, ...]] = (
    rule("weekday, letter", rf"t([2-7]){WHOLE}(?![,/-]\d)", _small_weekday, starts="t"),
    rule(
        "months",
        rf"T\.?({M}){DASH}(?:T\.?)?({M})(?:[/.]({_Y}))?{END}{WHOLE}",
        _short_months,
        starts="T",
    ),
    rule("quarter and year", rf"Q([1-4]|I{{1,3}}|IV)\s?[/-]\s?({_Y}){WHOLE}", _quarter, starts="Q"),
    rule(
        "month, letter",
        rf"T\.?(0?[1-9]|1[0-2])[/.-]({_Y}|2[0-9]|3[0-5]){WHOLE}",
        _short_month,
        starts="T",
    ),
    rule(
        "weekdays, letter",
        rf"[Tt]\.?[2-7](?:(?:[,/](?:[Tt]\.?)?[2-7]){{1,5}}|(?:-(?:[Tt]\.?)?[2-7]){{2,5}}){WHOLE}",
        _short_weekdays,
        starts="Tt",
    ),
    rule(
        "weekday, letter",
        rf"T(?:\.\s?)?([2-7])(?:\s?-\s?((?:T\.?)?[2-7]|CN))?{WHOLE}",
        _short_weekday,
        starts="T",
    ),
    rule("month, letter", rf"T([189]|1[0-2])(){WHOLE}(?!\s?-)", _short_month, starts="T"),
)
