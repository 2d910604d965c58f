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
TIMES_OF_DAY: Final = words("sáng trưa chiều tối đêm")
#: Words that make a day and month out of a bare 5/12 that follows.
DATE_LEADS: Final = (
    DAY_LEADS
    | TIMES_OF_DAY
    | words("từ đến trước sau hạn vào lúc nhật giờ lễ dịp kể hết nay mai sinh")
)
#: Days and months that the whole country knows, as streets and feasts are named by them.
KNOWN_DAYS: Final = frozenset(
    {(3, 2), (27, 2), (8, 3), (26, 3), (30, 4), (1, 5), (7, 5), (15, 5), (19, 5), (1, 6), (21, 6),
     (27, 7), (19, 8), (2, 9), (10, 10), (13, 10), (20, 10), (18, 11), (20, 11), (23, 11), (22, 12)}
)  # fmt: skip
#: What is named after a day: "đường 30/4".
NAMED_AFTER_DAYS: Final = words("đường phố viên trường cầu chợ")
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
#: What a day and month is never followed by.
MEASURED: Final = words(
    "triệu tỷ tỉ ngàn nghìn trăm lít tấn tạ yến kg km mét ha điểm lần độ phần tuổi tháng năm phút "
    "giây bao con suất đồng"
)
_MONTH_NAMES: Final = "giêng|chạp|một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười"
LUNAR: Final = re.compile(
    r"\s*\(?\s*(?:âm lịch|ÂL|AL|âl)(?![\w])"
    r"|\s+(?:tháng\s+\S+\s+)?năm\s+(?:Giáp|Ất|Bính|Đinh|Mậu|Kỷ|Canh|Tân|Nhâm|Quý)\s"
)
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


def latest(ctx: Context) -> bool:
    """Say whether "chậm nhất" or "sớm nhất" was just written: a time limit, no least share."""
    return ctx.after({"nhất"}) and ctx.near({"chậm", "muộn", "trễ", "sớm"}, 2)


def exists(day: str, month: str, year: str | None) -> bool:
    """Say whether the calendar has that day; without a year, a leap year is assumed."""
    return int(day) <= monthrange(2000 if year is None else whole_year(year), int(month))[1]


def date_words(day: str, month: str, year: str | None, ctx: Context, end: int) -> str:
    """Read one date without the word "ngày"; ``end`` is where it ends in the line."""
    lunar = bool(LUNAR.match(ctx.line, end)) or ctx.near({"nhằm"}, 3)
    words = [ctx.cardinal(int(day)), read_month(month, ctx, lunar=lunar)]
    if year:
        words.append(read_year(year, ctx))
    return " ".join(words)


def led(words: str, ctx: Context) -> str:
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
    return checked(led(date_words(day, month, year, ctx, match.end()), ctx), (day, month, year))


def _short_year(match: re.Match[str], ctx: Context) -> Reading:
    """Read 5/12/26; with nothing that says so it may be a house number, as hẻm 5/12/26 is."""
    if ctx.after(words("số nhà hẻm ngõ kiệt ngách đường tổ chỉ khối lớp nhóm")):
        return None
    reading = _full(match, ctx)
    if ctx.near(DATE_LEADS | {"sn"}, 6) or len(match[1]) == len(match[3]) == 2:
        return reading
    return Doubtful(reading, Why.AMBIGUOUS_DATE) if isinstance(reading, str) else reading


def _iso(match: re.Match[str], ctx: Context) -> Reading:
    year, _, month, day = match.groups()
    return checked(led(date_words(day, month, year, ctx, match.end()), ctx), (day, month, year))


def _range(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1-5/12, 28/11-02/12/2026, 01/12/2026 - 05/12/2026."""
    d1, m1, y1, d2, m2, y2 = match.groups()
    if m1 and ctx.after({"lớp"}):
        return None
    if ctx.after({"thứ"}) and not m1 and int(d1) < 8:
        return None
    first = date_words(d1, m1, y1, ctx, 0) if m1 else ctx.cardinal(int(d1))
    last = date_words(d2, m2, y2, ctx, match.end())
    return checked(f"{led(first, ctx)} đến ngày {last}", (d1, m1 or m2, y1 or y2), (d2, m2, y2))


def _days_of_a_month(match: re.Match[str], ctx: Context) -> Reading:
    """Read the days of "từ ngày 5 - 10 tháng 12"; "mùng 4-6 tháng giêng" says mùng again."""
    first, last = match.groups()
    if int(first) >= int(last) or not ctx.near(DATE_LEADS, 3):
        return None
    lead = ctx.last() if ctx.after({"mùng", "mồng"}) else "ngày"
    return f"{led(ctx.cardinal(int(first)), ctx)} đến {lead} {ctx.cardinal(int(last))}"


def _days(match: re.Match[str], ctx: Context) -> Reading:
    """Read "ngày 11,12/6", "11 & 12/6/2026" and "26-27-28/8 ÂL": days of one month."""
    days, month, year = match.groups()
    goes_on = ctx.after({","}) and "".join(ctx.history[-2:-1]).isdigit()
    if ctx.after({"thứ"}) or (goes_on and " và " in days):
        return None
    if not (year or ctx.near(DATE_LEADS, 3) or LUNAR.match(ctx.line, match.end())):
        return None
    first, *others = re.findall(r"\d+|[,&]|và", days.replace("-", ","))
    last = others.pop()
    words = led(ctx.cardinal(int(first)), ctx)
    for part in others:
        words += _BETWEEN.get(part) or f" {ctx.cardinal(int(part))}"
    return checked(
        f"{words} {date_words(last, month, year, ctx, match.end())}", (last, month, year)
    )


#: What is said between the days of one month.
_BETWEEN: Final = {",": ",", "&": " và ngày", "và": " và ngày"}
_ONE: Final = rf"({D})(?:\s?/\s?({M})(?:\s?/\s?({_Y}))?)?"
_OTHER: Final = rf"({D})\s?/\s?({M})(?:\s?/\s?({_Y}))?"

#: Before phone numbers, whose groups may be dotted too.
FULL_DATES: Final[tuple[Rule, ...]] = (
    rule(
        "days",
        rf"({D}(?:(?:,|\s?&\s?|\svà\s){D}){{1,6}}|{D}(?:-{D}){{2,6}})\s?/\s?({M})(?:\s?/\s?({_Y}))?{END}{WHOLE}",
        _days,
        then=",&v-",
    ),
    rule(
        "date range",
        rf"({D}){DASH}(?:ngày )?({D})(?=\s+tháng\s+(?:{M}(?!\d)|{_MONTH_NAMES}){WHOLE})",
        _days_of_a_month,
        then="-",
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
