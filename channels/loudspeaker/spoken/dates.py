"""Dates in every habit of Vietnamese offices, and what tells them from fractions and ranges."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .model import Doubtful, Why
from .wordlist import words

D: Final = r"(?:0?[1-9]|[12]\d|3[01])"
M: Final = r"(?:0?[1-9]|1[0-2])"
_Y: Final = r"(?:[12]\d{3})"
END: Final = r"(?![0-9])(?![/][0-9A-ZĐ])"
DASH: Final = r"\s?-\s?"

DAY_LEADS: Final = frozenset({"ngày", "mùng", "mồng", "hôm", "rằm"})
#: Times of the day, which a date often follows at once.
_TIMES_OF_DAY: Final = words("sáng trưa chiều tối đêm")
#: Words that make a day and month out of a bare 5/12 that follows.
DATE_LEADS: Final = (
    DAY_LEADS
    | _TIMES_OF_DAY
    | words("từ đến trước sau hạn vào lúc nhật giờ lễ dịp kể hết nay mai sinh")
)
#: Words of a feast or an anniversary, which is often named by its date.
_FEASTS: Final = words("lễ dịp mừng niệm nhân khánh tết nghỉ nữ")
#: Days and months that the whole country knows, as streets and feasts are named by them.
KNOWN_DAYS: Final = frozenset(
    {(3, 2), (27, 2), (8, 3), (26, 3), (30, 4), (1, 5), (7, 5), (15, 5), (19, 5), (1, 6), (21, 6),
     (27, 7), (19, 8), (2, 9), (10, 10), (13, 10), (20, 10), (18, 11), (20, 11), (23, 11), (22, 12)}
)  # fmt: skip
#: Before these a slash counts out of a whole…
COUNTED: Final = words(
    "hộ ấp xã người phiếu tiêu đại thành em học cháu đơn tổ khu trường thôn chỉ đồng chí đảng hội "
    "trẻ đoàn phường cử hồ cơ cán giáo bé trường lớp nhà công ca gia điểm chi đồng tuyến"
)
#: …and before these it takes a share.
WHOLES: Final = words(
    "số diện dân tổng lượng thời chiều quãng giá mức sản thu chi tài ngày giờ buổi ly chén muỗng "
    "thìa bờ nhu khối tiền đầu công sào"
)
#: After these a number is no day: "mỗi ngày 2.5 tấn".
_PER_DAY: Final = words("mỗi một trong hàng hằng hai ba / bao")
#: What a day and month is never followed by.
MEASURED: Final = words(
    "triệu tỷ tỉ ngàn nghìn trăm lít tấn tạ yến kg km mét ha điểm lần độ phần tuổi tháng năm phút "
    "giây bao con suất đồng"
)
_WEEK: Final = words("thứ nhật t2 t3 t4 t5 t6 t7 cn")
_LUNAR: Final = re.compile(
    r"\s*\(?\s*(?:âm lịch|ÂL|AL|âl)(?![\w])"
    r"|\s+(?:tháng\s+\S+\s+)?năm\s+(?:Giáp|Ất|Bính|Đinh|Mậu|Kỷ|Canh|Tân|Nhâm|Quý)\s"
)
_DAY: Final = re.compile(r"\d{1,2}(?:[./-]\d{1,2})?(?:/\d{4})?")
CLOCK: Final = re.compile(r"\d{1,2}\s?(?:[hHg:]|giờ)\s?\d{0,2}(?:\s?(?:phút|ph|p|'))?")


def read_month(month: str, ctx: Context, *, lunar: bool = False) -> str:
    """Read a month: tháng tư; tháng giêng and tháng chạp by the moon."""
    number = int(month)
    names = {4: "tư", **({1: "giêng", 12: "chạp"} if lunar else {})}
    return "tháng " + names.get(number, ctx.cardinal(number))


def whole_year(year: str) -> int:
    """Return a year in full: of two digits, '26 is 2026 and '82 is 1982."""
    number = int(year)
    if len(year) != 2:
        return number
    return number + (1900 if number > 50 else 2000)


def read_year(year: str, ctx: Context) -> str:
    """Read a year."""
    return "năm " + ctx.cardinal(whole_year(year))


def exists(day: str, month: str, year: str | None) -> bool:
    """Say whether the calendar has that day; without a year, a leap year is assumed."""
    return int(day) <= monthrange(2000 if year is None else whole_year(year), int(month))[1]


def date_words(day: str, month: str, year: str | None, ctx: Context, end: int) -> str:
    """Read one date without the word "ngày"; ``end`` is where it ends in the line."""
    lunar = bool(_LUNAR.match(ctx.line, end)) or ctx.near({"nhằm"}, 3)
    words = [ctx.cardinal(int(day)), read_month(month, ctx, lunar=lunar)]
    if year:
        words.append(read_year(year, ctx))
    return " ".join(words)


def _led(words: str, ctx: Context) -> str:
    """Put "ngày" in front unless the writer already did, or a feast is named by its date."""
    return words if ctx.after(DAY_LEADS | {"lễ"}) or _names_a_day(ctx) else "ngày " + words


def _names_a_day(ctx: Context) -> bool:
    """Say whether the date completes a day's name: "Ngày Pháp luật 9/11"."""
    named = False
    for word in reversed(ctx.history[-8:]):
        if word.lower() == "ngày":
            return named
        if not word[0].isalpha() or word.lower() in DATE_LEADS:
            return False
        named = named or word[0].isupper() or word == "lập"
    return False


def checked(words: str, *dates: tuple[str, str, str | None]) -> Reading:
    """Return ``words``, in doubt if the calendar has no such day."""
    if all(exists(*date) for date in dates):
        return words
    return Doubtful(words, Why.IMPOSSIBLE_DATE)


def _full(match: re.Match[str], ctx: Context) -> Reading:
    day, _, month, year = match.groups()
    return checked(_led(date_words(day, month, year, ctx, match.end()), ctx), (day, month, year))


def _short_year(match: re.Match[str], ctx: Context) -> Reading:
    """Read 5/12/26; with nothing that says so it may be a house number, as hẻm 5/12/26 is."""
    if ctx.after(words("số nhà hẻm ngõ kiệt ngách đường tổ chỉ")):
        return None
    reading = _full(match, ctx)
    if ctx.near(DATE_LEADS | {"sn"}, 6) or len(match[1]) == len(match[3]) == 2:
        return reading
    return Doubtful(reading, Why.AMBIGUOUS_DATE) if isinstance(reading, str) else reading


def _iso(match: re.Match[str], ctx: Context) -> Reading:
    year, _, month, day = match.groups()
    return checked(_led(date_words(day, month, year, ctx, match.end()), ctx), (day, month, year))


def _range(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1-5/12, 28/11-02/12/2026, 01/12/2026 - 05/12/2026."""
    d1, m1, y1, d2, m2, y2 = match.groups()
    if ctx.after({"thứ"}) and not m1 and int(d1) < 8:
        return None
    first = date_words(d1, m1, y1, ctx, 0) if m1 else ctx.cardinal(int(d1))
    last = date_words(d2, m2, y2, ctx, match.end())
    return checked(f"{_led(first, ctx)} đến ngày {last}", (d1, m1 or m2, y1 or y2), (d2, m2, y2))


def _days(match: re.Match[str], ctx: Context) -> Reading:
    """Read "ngày 11,12/6" and "11 & 12/6/2026": days of one month."""
    days, month, year = match.groups()
    if ctx.after({"thứ"}):
        return None
    if not year and not ctx.near(DATE_LEADS, 3):
        return None
    first, *others = re.findall(r"\d+|[,&]", days)
    last = others.pop()
    words = _led(ctx.cardinal(int(first)), ctx)
    for part in others:
        words += {",": ",", "&": " và ngày"}.get(part) or f" {ctx.cardinal(int(part))}"
    return checked(
        f"{words} {date_words(last, month, year, ctx, match.end())}", (last, month, year)
    )


def _day_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read 5/12 where the neighbours say that it is a date."""
    day, month = match.groups()
    if ctx.after({"thứ", "hạng"}):
        return None
    if ctx.after({"đường", "phố", "viên", "trường", "cầu", "chợ"}):
        known = (int(day), int(month)) in KNOWN_DAYS
        return date_words(day, month, None, ctx, match.end()) if known else None
    led = (
        ctx.near(DATE_LEADS, 3)
        or ctx.near(DAY_LEADS, 9)
        or ctx.near(_WEEK, 4)
        or _after_a_clock(ctx)
        or (ctx.near(_FEASTS, 9) and (int(day), int(month)) in KNOWN_DAYS)
        or _LUNAR.match(ctx.line, match.end())
    )
    if not led:
        return None
    if not ctx.after(DAY_LEADS) and ctx.next_word(match.end()) in COUNTED | WHOLES:
        return None
    return checked(_led(date_words(day, month, None, ctx, match.end()), ctx), (day, month, None))


def _after_a_clock(ctx: Context) -> bool:
    """Say whether an hour was just written: "7h30, 5/12"."""
    return any(CLOCK.fullmatch(token) for token in ctx.history[-2:])


def _among_days(ctx: Context) -> bool:
    """Say whether a day of a list was just read: the comma of "ngày 5, 6-12"."""
    return (
        ctx.after(words("và , đến tới hết & -"))
        and ctx.near({"ngày"}, 8)
        and any(_DAY.fullmatch(token) for token in ctx.history[-3:])
    )


def _dashed_day_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read "ngày 5-12": a date as newspapers write it, yet it may be a range of days."""
    day, month = match.groups()
    if ctx.after({"mùng", "mồng"}) and ctx.next_word(match.end()) in {"tết", "tháng"}:
        return f"{ctx.cardinal(int(day))} đến {ctx.last()} {ctx.cardinal(int(month))}"
    after_day = ctx.after(DAY_LEADS) or _among_days(ctx)
    feast = (int(day), int(month)) in KNOWN_DAYS and ctx.near(_FEASTS, 5)
    named = feast or ctx.after(_TIMES_OF_DAY) or ctx.near(_WEEK, 3)
    if not (after_day or named) or ctx.after({"thứ"}) or ctx.near({"các", "những"}, 2):
        return None
    if not after_day and ctx.next_word(match.end()) in COUNTED | WHOLES | MEASURED:
        return None
    words = _led(date_words(day, month, None, ctx, match.end()), ctx)
    if int(day) < int(month) and not feast:
        return Doubtful(words, Why.AMBIGUOUS_RANGE)
    return checked(words, (day, month, None))


def _dotted_day_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read "ngày 5.12" and "sáng 5.12": after no other word is it a date."""
    day, month = match.groups()
    if not (ctx.after(DAY_LEADS | _TIMES_OF_DAY) or _among_days(ctx)):
        return None
    before = ctx.history[-2].lower() if len(ctx.history) > 1 else ""
    if before in _PER_DAY or ctx.next_word(match.end()) in MEASURED:
        return None
    return checked(_led(date_words(day, month, None, ctx, match.end()), ctx), (day, month, None))


_ONE: Final = rf"({D})(?:\s?/\s?({M})(?:\s?/\s?({_Y}))?)?"
_OTHER: Final = rf"({D})\s?/\s?({M})(?:\s?/\s?({_Y}))?"

#: Before phone numbers, whose groups may be dotted too.
FULL_DATES: Final[tuple[Rule, ...]] = (
    rule(
        "days",
        rf"({D}(?:(?:,|\s?&\s?){D}){{1,6}})\s?/\s?({M})(?:\s?/\s?({_Y}))?{END}{WHOLE}",
        _days,
        then=",&",
    ),
    rule("date range", rf"{_ONE}{DASH}(?:ngày )?{_OTHER}{END}", _range, then="/-"),
    rule("date", rf"({D})(\s?[/.-]\s?)({M})\2({_Y}){END}{WHOLE}", _full, then="/.-"),
    rule(
        "date, year first",
        rf"([12]\d{{3}})([/.-])({M})\2({D}){END}{WHOLE}",
        _iso,
        starts="12",
        then="/.-",
        tight=True,
    ),
    rule(
        "date, short year",
        rf"({D})([/.-])({M})\2'?(\d\d){END}{WHOLE}",
        _short_year,
        then="/.-",
        tight=True,
    ),
)
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
    rule(
        "day and month",
        rf"({D})\.({M})(?![0-9]|[.,/-]\d){WHOLE}",
        _dotted_day_month,
        then=".",
        tight=True,
    ),
)
