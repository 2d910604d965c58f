"""Dates and hours with a dot, 5.12 and 7.30: in Vietnamese a dot is no decimal sign.

A day and month that exists is a date unless a unit stands behind it or a measured thing before;
an hour is told from it by its minutes (00, 13…59 are no month) or by its neighbours. What has no
neighbour that tells is read as a date, and doubted.
"""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .dates import CLOCK, DATE_LEADS, DAY_LEADS, KNOWN_DAYS, LUNAR, D, M, checked, date_words, led
from .model import Doubtful, Why
from .times import read_time
from .units import SIGN, amount
from .wordlist import words

_H: Final = r"(?:[01]?\d|2[0-4])"
_MIN: Final = r"[0-5]\d"
_YEAR: Final = r"[12]\d{3}"
_END: Final = r"(?![0-9]|[.,/:-]\d)"
_TO: Final = r"\s?-\s?(?:ngày )?"
#: A number that a unit measures, itself or at the far end of a range: "5.5 lên 7.5%".
_MEASURE: Final = re.compile(
    rf"(?:\s?(?:-|đến|tới|lên|xuống|còn|và|hoặc|,)\s?\d[\d.,]*)?"
    rf"(?:{SIGN}|\s(?:HP|CV|W|V|A|T){WHOLE}|\s?(?:[hkK]|tr|t(?=/)|t/ha){WHOLE}|\s(?:triệu|tỷ|tỉ|ngàn|nghìn|trăm|lít|tấn|tạ|yến|mét|điểm|lần"
    rf"|độ|phần|tuổi|tháng|phút|giây|suất|con|viên|gói|hộp|chai|liều|bữa|bình|chén|muỗng|thìa|quả|trái|bao|đồng|ký|kí|cây|giờ|giạ|chỉ|lượng|sào|mẫu|khối|ly|phân"
    rf"|ngày(?! thứ| \d)|công(?! (?:đoàn|an|ty|chức|trình|tác|bố|khai|nhân|dân|ích|viên))"
    rf"|năm(?!\s\d{{4}}|\s[A-ZĐẤÂ]))(?![\w]))"
)
#: What is measured, versioned or numbered in parts: after these a dot divides a number.
_NUMBERED: Final = words(
    "ph điểm giá tăng giảm mức độ bản bảng hình mục phần phòng số lệ đạt bằng trị bình quân hệ chỉ "
    "mặn suất phiên version windows android ios bluetooth usb web tiết khoản điều căn hộ lô thửa "
    "chương tỷ tỉ mệnh win ver v lớp nặng cao sâu dài rộng dày sơ biểu toán văn lý hóa sử gpa "
    "ielts magnitude richter"
)
#: Streets and schools are named after days that the whole country knows.
_NAMED_AFTER_DAYS: Final = words("đường phố viên trường cầu chợ")
_PER_DAY: Final = words("mỗi một trong hàng hằng hai ba / bao")
_WEEK: Final = words("thứ nhật t2 t3 t4 t5 t6 t7 cn")
_FEASTS: Final = words("lễ dịp mừng niệm khánh tết nghỉ chót đợt lịch giỗ cúng đám tiệc")
#: A date or a day of one, among those just written: "3.12 ấp 1, 4.12 ấp 2".
_DATE_TOKEN: Final = re.compile(rf"{D}\s?[./]\s?{M}(?:[./]{_YEAR})?")
_DOTTED_NUMBER: Final = re.compile(r"\d{1,2}\.\d{1,2}")
_HOUR_TOKEN: Final = re.compile(rf"{_H}\.{_MIN}(?:\s?-\s?{_H}\.{_MIN})?")
#: Near these a number with minutes is an hour.
_HOUR_LEADS: Final = words(
    "lúc hồi giờ từ đến tới trước sau khoảng hẹn mạc mở đóng họp bắt phát tập sáng trưa chiều tối "
    "đêm khởi xuất kết bế và gian mời vào"
)
_JOINED: Final = words("- đến tới , và ; hoặc")
#: What only an hour is followed by.
_OF_THE_DAY: Final = re.compile(
    r"\s(?:sáng|trưa|chiều|tối|đêm|khuya)(?!\w)|,?\s(?:cùng\s)?ngày(?!\w)|\s(?:hôm|thứ|mỗi|hằng|hàng)\s"
)
_DATE_AHEAD: Final = re.compile(rf",?\s{D}[./]{M}(?:[./]{_YEAR})?{_END}")
_OTHER_HOUR: Final = re.compile(
    rf"\s?(?:-|đến|tới)\s?{_H}\.(?:00|1[3-9]|[2-5]\d){_END}|\s?(?:-|đến|tới)\s?0?0\.{_MIN}{_END}"
)


#: "1.1. Mục tiêu" numbers a heading.
_HEADING: Final = re.compile(r"\.(?:\s|$)")
#: Near these "cấp 6.7" is the force of a wind, from six to seven.
_WINDS: Final = words("gió giật bão áp nhiệt mạnh sóng")


def _is_measured(end: int, ctx: Context) -> bool:
    """Say whether a unit stands behind the number, or what is measured just before it."""
    if _MEASURE.match(ctx.line, end):
        return True
    return ctx.after({"lên", "xuống"}) or not _NUMBERED.isdisjoint(_before(ctx)[-1:])


def _may_be_measured(ctx: Context) -> bool:
    """Say whether what is measured stands a few words before: "giá từ 5.5", "giảm giá từ 5.12"."""
    return not _NUMBERED.isdisjoint(_before(ctx)[-2:])


def _before(ctx: Context) -> list[str]:
    """Return the words before a row of dotted numbers."""
    words = [word.lower() for word in ctx.history[-10:]]
    while len(words) > 1 and words[-1] in _JOINED and _DOTTED_NUMBER.fullmatch(words[-2]):
        del words[-2:]
    return words


def _sure_date(end: int, ctx: Context) -> bool:
    """Say whether the neighbours of a day and month say that it is one."""
    return bool(
        ctx.near(DATE_LEADS | _FEASTS, 4)
        or ctx.near(DAY_LEADS, 9)
        or ctx.near(_WEEK, 4)
        or any(CLOCK.fullmatch(t) or _HOUR_TOKEN.fullmatch(t) for t in ctx.history[-3:])
        or any(_DATE_TOKEN.fullmatch(t) for t in ctx.history[-7:])
        or LUNAR.match(ctx.line, end)
    )


def _date(match: re.Match[str], ctx: Context) -> Reading:
    """Read 5.12 as a date; without a word that says so, in doubt."""
    day, month = match.groups()
    if not ctx.history and _HEADING.match(ctx.line, match.end()):
        return None
    if ctx.after({"cấp"}) and ctx.near(_WINDS, 7) and int(day) < int(month):
        return f"{ctx.number(day)} đến {ctx.number(month)}"
    before = ctx.history[-2].lower() if len(ctx.history) > 1 else ""
    if ctx.after(DAY_LEADS) and before in _PER_DAY:
        return None
    if ctx.after({"thứ"}) or _MEASURE.match(ctx.line, match.end()):
        return None
    if not ctx.after(DAY_LEADS):
        if _is_measured(match.end(), ctx):
            return None
        if _may_be_measured(ctx):
            return Doubtful(ctx.number(match[0]), Why.AMBIGUOUS_NUMBER)
    bare = date_words(day, month, None, ctx, match.end())
    named = ctx.after(_NAMED_AFTER_DAYS)
    said = bare if named else led(bare, ctx)
    if _sure_date(match.end(), ctx) or (named and (int(day), int(month)) in KNOWN_DAYS):
        return checked(said, (day, month, None))
    return Doubtful(said, Why.AMBIGUOUS_DATE)


def _dates(match: re.Match[str], ctx: Context) -> Reading:
    """Read 5.12-10.12, 28.11 - 2.12.2026, and 5-10.12 where a date is announced."""
    d1, m1, d2, m2, year = match.groups()
    measured = _is_measured(match.end(), ctx) or _may_be_measured(ctx)
    if m1 and not year and measured and not _MEASURE.match(ctx.line, match.end()):
        return Doubtful(amount(f"{d1}.{m1}", f"{d2}.{m2}", ctx), Why.AMBIGUOUS_NUMBER)
    if measured or (not m1 and int(d1) >= int(d2)):
        return None
    sure = year or _sure_date(match.end(), ctx)
    if not m1 and not sure:
        return None
    first = date_words(d1, m1, None, ctx, 0) if m1 else ctx.cardinal(int(d1))
    said = f"{led(first, ctx)} đến ngày {date_words(d2, m2, year, ctx, match.end())}"
    if not sure:
        return Doubtful(said, Why.AMBIGUOUS_DATE)
    return checked(said, (d1, m1 or m2, year), (d2, m2, year))


def _hours(match: re.Match[str], ctx: Context) -> Reading:
    """Read 7.00 - 11.30, if one of the two can be no date."""
    h1, m1, h2, m2 = match.groups()
    if _is_measured(match.end(), ctx) and not ctx.near({"giờ", "lúc", "hồi"}, 4):
        return None
    told = _OF_THE_DAY.match(ctx.line, match.end()) or ctx.near({"lúc", "hồi", "giờ"}, 4)
    if not told and all(_is_month(minute) for minute in (m1, m2)):
        return None
    return f"{read_time(h1, m1, ctx)} đến {read_time(h2, m2, ctx)}"


def _is_month(minute: str) -> bool:
    return 1 <= int(minute) <= 12


def _hour(match: re.Match[str], ctx: Context) -> Reading:
    """Read "lúc 6.15", "từ 18.00 ngày 5.12", "8.30 sáng mai"; a bare 17.30 is in doubt."""
    hour, minute = match.groups()
    end = match.end()
    said = read_time(hour, minute, ctx)
    if ctx.after({"lúc", "hồi"}):
        return said
    if _is_measured(end, ctx):
        return None
    if _OF_THE_DAY.match(ctx.line, end) and not ctx.after(DAY_LEADS):
        return said
    if ctx.after({"cấp"}) and ctx.near(_WINDS, 7) and 0 < int(minute) - int(hour) < 4:
        return f"{ctx.number(hour)} đến {ctx.number(minute)}"
    if _is_month(minute) and int(hour):
        sure = _OTHER_HOUR.match(ctx.line, end) or (_goes_on(ctx) and not ctx.after({",", ";"}))
        return said if sure else None
    told = _OTHER_HOUR.match(ctx.line, end) or _DATE_AHEAD.match(ctx.line, end)
    if told or ctx.near(_HOUR_LEADS, 4) or _goes_on(ctx):
        return said
    return Doubtful(ctx.number(match[0]), Why.AMBIGUOUS_NUMBER)


def _goes_on(ctx: Context) -> bool:
    """Say whether an hour with a dot was just written, and a word that joins another to it."""
    if len(ctx.history) < 2 or not ctx.after(_JOINED):
        return False
    before = ctx.history[-2]
    return bool(_HOUR_TOKEN.fullmatch(before)) and not _DATE_TOKEN.fullmatch(before)


DOTTED: Final[tuple[Rule, ...]] = (
    rule("hours", rf"({_H})\.({_MIN})\s?-\s?({_H})\.({_MIN}){_END}{WHOLE}", _hours, then="."),
    rule(
        "date range",
        rf"({D})(?:\.({M}))?{_TO}({D})\.({M})(?:\.({_YEAR}))?{_END}{WHOLE}",
        _dates,
        then=".-",
    ),
    rule("time, dotted", rf"({_H})\.({_MIN}){_END}", _hour, then=".", tight=True),
    rule("day and month", rf"({D})\.({M}){_END}(?!\w)", _date, then=".", tight=True),
)
