"""Hours and durations: 7h30, 19g, 07:30, 7h-11h30, 24/24h, 15p, 30s."""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .dates import COUNTED, DATE_LEADS, MEASURED
from .model import Doubtful, Why
from .wordlist import words

_H: Final = r"(?:[01]?\d|2[0-4])"
_MIN: Final = r"[0-5]\d"
_SIGN: Final = r"\s?(?:[hHg]|giờ)"
#: Minutes; a number after a space is a day, if a month follows it: "22h 15/10", not "8 giờ 30-10h".
_MONTH_AHEAD: Final = rf"\s?/\s?\d|\.\d|-\d{{1,2}}(?![\d:]|{_SIGN})"
_MINUTES: Final = rf"{_MIN}|\s{_MIN}(?!{_MONTH_AHEAD})|\d(?![\d.,])"
_POINT: Final = rf"({_H})(?:{_SIGN}({_MINUTES})?(?:\s?(?:phút|ph|p|')(?![a-zà-ỹđ0-9]))?|:({_MIN}))"
#: No other digit may follow, with or without a colon; a colon alone may.
_END: Final = r"(?!:?[0-9]|\.\d{3}(?!\d))"
_HOUR_LEADS: Final = words(
    "lúc từ đến vào sáng trưa chiều tối đêm khoảng trước sau hồi giờ ngày và - gian :"
)
#: Near these a g is a gram.
_WEIGHED: Final = words(
    "mặn nặng gói viên muối đường bột thuốc phân cân liều chứa vàng hàm lấy thêm hộp bón rắc pha "
    "uống trộn lượng trọng định ăn túi tép hũ"
)
#: Before these, and after these, a g is an hour.
_HOURLY: Final = words(
    "rạng ngày thứ hôm nay mai ở đúng kém hằng hàng mỗi họp "
    "đến tới và cùng các t2 t3 t4 t5 t6 t7 cn chủ trở rưỡi là mời bà tập bắt sẽ cúp ngừng"
)
_MEETINGS: Final = words(
    "họp mời bắt đầu khai mạc mở cửa cúp ngừng cắt phát tiếp làm việc trực tập trung đóng hẹn nghỉ"
)
#: Near these an N after a number is a day.
_TERMS: Final = words("ly nghỉ phép tour hạn sau trong")
#: Near these a colon is a ratio.
_RATIOS: Final = words("lệ tỷ tỉ pha trộn loãng thắng thua hòa")
_TIMES_OF_DAY: Final = words("sáng trưa chiều tối đêm khuya")
_HALVES: Final = {"am": "sáng", "pm": "chiều"}


def read_time(hour: str, minute: str | None, ctx: Context) -> str:
    """Read a time of day; no minutes are said on the full hour."""
    words = f"{ctx.cardinal(int(hour))} giờ"
    return f"{words} {ctx.cardinal(int(minute))} phút" if minute and int(minute) else words


def _time(match: re.Match[str], ctx: Context) -> Reading:
    hour, minute, colon = match.groups()
    if colon and ctx.near(_RATIOS, 3):
        return None
    if match[0].endswith("g") and _weighs(match.end(), ctx):
        return None
    words = read_time(hour, minute or colon, ctx)
    of_the_day = ctx.next_word(match.end()) in _TIMES_OF_DAY | {"ngày"}
    if not match[0].endswith("g") or of_the_day or ctx.near(_HOUR_LEADS, 2):
        return words
    return Doubtful(words, Why.AMBIGUOUS_UNIT)


def _weighs(end: int, ctx: Context) -> bool:
    """Say whether the g that ends at ``end`` is a gram: "2-3g muối", "5 g/cây"."""
    if ctx.line.startswith("/", end):
        return True
    following = ctx.next_word(end)
    if ctx.near({"lúc", "hồi", "vào"}, 2) or following in _TIMES_OF_DAY or following == "tại":
        return False
    if ctx.near(_WEIGHED, 3):
        return True
    hourly = not following or following in _HOURLY or ctx.line[end : end + 1] in ",;:"
    return not hourly and not ctx.near(_MEETINGS, 4)


def _half(match: re.Match[str], ctx: Context) -> Reading:
    """Read 9:00 AM, 3pm: the half of the day in words."""
    hour, minute, half = int(match[1]), match[2], match[3].lower()
    evening = half == "pm" and 6 <= hour < 12
    part = "tối" if evening else "trưa" if half == "pm" and hour == 12 else _HALVES[half]
    return f"{read_time(match[1], minute, ctx)} {part}"


def _range(match: re.Match[str], ctx: Context) -> Reading:
    h1, m1, c1, h2, m2, c2 = match.groups()
    if match[0].endswith("g") and not m1 and _weighs(match.end(), ctx):
        return None
    return f"{read_time(h1, m1 or c1, ctx)} đến {read_time(h2, m2 or c2, ctx)}"


def _hours(match: re.Match[str], ctx: Context) -> Reading:
    """Read 7-11h and 7-11h30."""
    first, last, minute = match.groups()
    if match[0].endswith("g") and _weighs(match.end(), ctx):
        return None
    return f"{read_time(first, None, ctx)} đến {read_time(last, minute, ctx)}"


def _hours_to(match: re.Match[str], ctx: Context) -> Reading:
    """Read 19h-20, where nothing is counted by the second number."""
    hour, minute, colon, last = match.groups()
    counted = ctx.next_word(match.end()) in COUNTED | MEASURED
    if int(last) <= int(hour) or counted or match[0].count("g"):
        return None
    return f"{read_time(hour, minute or colon, ctx)} đến {read_time(last, None, ctx)}"


def _seconds(match: re.Match[str], ctx: Context) -> Reading:
    hour, minute, second = match.groups()
    words = read_time(hour, minute, ctx)
    if not int(second):
        return words
    said = words if int(minute) else f"{words} không phút"
    return f"{said} {ctx.cardinal(int(second))} giây"


def _round_the_clock(match: re.Match[str], ctx: Context) -> Reading:
    hours = "hai mươi bốn trên hai mươi bốn"
    return f"{hours} giờ" if match[1] or match[2] else hours


def _always(match: re.Match[str], ctx: Context) -> Reading:
    """Read 24/7, unless it is the 24th of July."""
    if ctx.near(DATE_LEADS, 2):
        return None
    words = "hai mươi bốn trên bảy"
    sure = "h" in match[0] or ctx.near({"trực", "động", "vụ", "suốt", "mở", "liên"}, 3)
    return words if sure else Doubtful(words, Why.AMBIGUOUS_FRACTION)


def _long_hours(match: re.Match[str], ctx: Context) -> Reading:
    """Read 48h, 72h, 24-48h: a duration."""
    first, last = match.groups()
    words = ctx.number(first)
    return f"{words} đến {ctx.number(last)} giờ" if last else f"{words} giờ"


def _minutes_and_seconds(match: re.Match[str], ctx: Context) -> Reading:
    """Read 1p30s and 5'30''."""
    return f"{ctx.number(match[1])} phút {ctx.number(match[2])} giây"


def _days_apart(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 7N of "cách ly 7N"."""
    return f"{ctx.number(match[1])} ngày" if ctx.near(_TERMS, 4) else None


def _hundredths(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 11"85 of a run."""
    return f"{ctx.number(match[1])} giây {ctx.number(match[2])}"


def _run(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 1'05"32 of a swim."""
    minutes, seconds, rest = match.groups()
    return f"{ctx.number(minutes)} phút {ctx.cardinal(int(seconds))} giây {ctx.number(rest)}"


def _and_seconds(match: re.Match[str], ctx: Context) -> Reading:
    """Read 30'+30", the time that a player of chess has."""
    return f"{ctx.number(match[1])} phút cộng {ctx.number(match[2])} giây"


def _just_seconds(match: re.Match[str], ctx: Context) -> Reading:
    """Read 15''."""
    return f"{ctx.number(match[1])} giây"


def _days_and_nights(match: re.Match[str], ctx: Context) -> Reading:
    """Read the 3N2Đ of a tour."""
    return f"{ctx.number(match[1])} ngày {ctx.number(match[2])} đêm"


def _minutes(match: re.Match[str], ctx: Context) -> Reading:
    first, last = match.groups()
    words = ctx.number(first)
    return f"{words} đến {ctx.number(last)} phút" if last else f"{words} phút"


_CLOCK_SIGNS: Final = "hHg:"
_MINUTE_SIGN: Final = r"(?:phút|ph|p|')"
_SECOND_SIGN: Final = r"(?:giây|s|''|\")"

TIMES: Final[tuple[Rule, ...]] = (
    rule(
        "days and nights",
        rf"(\d{{1,2}})N(\d{{1,2}})Đ{WHOLE}",
        _days_and_nights,
        then="N",
        tight=True,
    ),
    rule("days and nights", rf"(\d{{1,2}})N{WHOLE}", _days_apart, then="N", tight=True),
    rule(
        "round the clock",
        rf"24(\s?h)?\s?/\s?24(?:(\s?(?:h|giờ))|(?![0-9/])){WHOLE}",
        _round_the_clock,
        starts="2",
        then="h/",
    ),
    rule("always", rf"24h?/7(?![0-9/]){WHOLE}", _always, starts="2", then="h/"),
    rule(
        "half of the day",
        rf"({_H})(?:[:hH]({_MIN})?)?\s?([AaPp][Mm]){WHOLE}",
        _half,
        then=":hHaApP",
    ),
    rule("time with seconds", rf"({_H}):({_MIN}):({_MIN})(?![0-9:])", _seconds, then=":"),
    rule(
        "time with seconds",
        rf"({_H}){_SIGN}\s?({_MIN})\s?{_MINUTE_SIGN}\s?({_MIN})\s?{_SECOND_SIGN}{WHOLE}",
        _seconds,
        then=_CLOCK_SIGNS,
    ),
    rule("hours", rf"{_POINT}\s?-\s?{_POINT}{_END}{WHOLE}", _range, then=_CLOCK_SIGNS),
    rule(
        "hours",
        rf"{_POINT}\s?-\s?({_H})(?![\d:.,/]|\s?[hHg%]|\s?giờ|-){WHOLE}",
        _hours_to,
        then=_CLOCK_SIGNS,
    ),
    rule("hours, one sign", rf"({_H})\s?-\s?({_H}){_SIGN}\s?({_MIN})?{WHOLE}", _hours, then="-"),
    rule("time", rf"{_POINT}{_END}{WHOLE}", _time, then=_CLOCK_SIGNS),
    rule(
        "duration in hours", rf"(\d{{1,3}})(?:\s?-\s?(\d{{2,3}}))?h{WHOLE}", _long_hours, then="-h"
    ),
    rule("duration in hours", rf"(\d{{1,3}}[.,]\d{{1,2}})()h{WHOLE}", _long_hours, then=".,"),
    rule(
        "minutes and seconds",
        rf"(\d{{1,3}})\s?{_MINUTE_SIGN}\s?(\d{{1,2}})\s?{_SECOND_SIGN}{WHOLE}",
        _minutes_and_seconds,
        then="p'",
    ),
    rule("minutes and seconds", rf"(\d{{1,2}})'(\d\d)(?:\"|'')(\d\d){WHOLE}", _run, then="'"),
    rule(
        "seconds",
        rf"(\d{{1,2}}(?=..?\d\d)|\d\d)(?:\"|'')(\d\d?){WHOLE}",
        _hundredths,
        then="\"'",
        tight=True,
    ),
    rule(
        "minutes and seconds",
        rf"(\d{{1,3}})'\s?\+\s?(\d{{1,2}})(?:\"|''){WHOLE}",
        _and_seconds,
        then="'",
    ),
    rule("seconds", rf"(\d{{1,3}})''{WHOLE}", _just_seconds, then="'", tight=True),
    rule(
        "minutes",
        rf"(\d{{1,3}})(?:\s?-\s?(\d{{1,3}}))?\s?(?:p|ph|')(?!'|/\d){WHOLE}",
        _minutes,
        then="-p'",
    ),
)
