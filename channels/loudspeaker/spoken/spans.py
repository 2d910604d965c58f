"""From one thing to another: when a dash, a wave or an arrow between two like things means "to"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from .context import Context
from .data.measures import SUMS
from .dates import CLOCK, COUNTED
from .syllables import LETTERS
from .wordlist import words

#: What is named by a number, so that the same word twice is from one to the other.
_NUMBERED: Final = words(
    "ấp tổ thôn khu xóm khóm kp km tháng năm ngày thứ lớp đội trang điều khoản quý tuần tầng lô "
    "hẻm cấp bậc mục đợt phòng bàn cống cột trụ thửa khối bản buôn cụm mùng mồng chương câu số tiết"
)
_TIMES: Final = words("tháng năm ngày thứ quý tuần mùng mồng")
_GRADES: Final = words("cấp bậc mức tầng")
_TIMES_OF_DAY: Final = words("sáng trưa chiều tối đêm khuya")
_WEEKDAYS: Final = words("hai ba tư năm sáu bảy")
_SUNDAY: Final = re.compile("CN|[Cc]hủ nhật")
#: Between these a dash is no span: "đường liên ấp 1 - ấp 3" joins the two.
_JOINED: Final = words("liên đường tuyến nối giữa lộ kết trận gặp đấu vòng hiệp bảng bóng")
#: Near these "ấp 1 - ấp 4" play against each other.
_MATCHES: Final = words("bóng trận đấu vòng hiệp bảng giải lượt")
#: Measures of which a longer one may follow a shorter: "6 tháng - 5 tuổi".
_DURATIONS: Final = words("phút giờ ngày tuần tháng năm tuổi")
#: What a way leads from and to.
_POINTS: Final = words(
    "nhà cầu chợ trường ngã cống đầu km ubnd ấp trụ kênh đập ranh bến trạm chùa đình cuối tổ đoạn "
    "miếu cổng vàm lộ ql đt hương quốc tỉnh"
)
#: What may follow "từ" at the beginning of a span.
_BEGINNINGS: Final = _NUMBERED | words("lúc khoảng gần hơn sáng chiều đầu")
_CLASS: Final = re.compile(r"\d{1,2}(?:/\d{1,2}|[A-Z]\d{0,2})")
_NUMBERED_CLASS: Final = re.compile(r"(\d{1,2}[A-Z])(\d{1,2})(?!\d)")
_AMOUNT: Final = re.compile(rf"(\d[\d.,]*)\s?([{LETTERS}]*)")
_NAMED: Final = re.compile(rf"([{LETTERS}]+)\s([{LETTERS}]+|\d+)")
#: "27 tháng Chạp - mùng 6 tháng Giêng".
_DAY_AHEAD: Final = re.compile(r"(?:ngày |mùng |mồng |rằm )?(?:\d{1,2} )?tháng ")
_CLOCK_AHEAD: Final = re.compile(r"\d{1,2}\s?(?:[hHg:]|giờ)")
_KILOMETRE: Final = re.compile(r"[Kk][Mm]\s?\d")
#: "29/4 - hết 3/5" and "từ nay - 31/12".
_LAST_DAY: Final = re.compile(r"hết (?:ngày |mùng |mồng )?\d")
_DATE_AHEAD: Final = re.compile(r"(?:ngày |hết )?\d{1,2}[/.]\d{1,2}")
_DAY: Final = re.compile(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?")
_HOUR_OF_A_DAY: Final = re.compile(
    r"\d{1,2}\s?(?:[hHgG:]|giờ)\s?(?:\d\d'?)?,?\s(?:ngày )?\d{1,2}[/.-]\d"
)
_PHONE: Final = re.compile(r"0\d{2,}|1[89]00")


def is_span(ctx: Context, end: int) -> bool:
    """Say whether what was just read and what stands after ``end`` are the ends of one span."""
    ahead = ctx.line[end:].lstrip()
    if ctx.after({"nay"}) and _DATE_AHEAD.match(ahead):
        return True
    if ctx.history and _numbered_classes(ctx.history[-1], ahead):
        return True
    if len(ctx.history) < 2 or not ahead:
        return False
    return (
        _same_noun(ctx, ahead)
        or _parts_of_days(ctx, ahead)
        or _classes(ctx, ahead)
        or _same_measure(ctx, ahead)
        or _hours_of_days(ctx, ahead)
        or _kilometres(ctx, ahead)
        or _from(ctx, ahead)
        or _until_a_day(ctx, ahead)
    )


def of_a_match(ctx: Context) -> bool:
    """Say whether the line tells who plays whom: "Tứ kết: KP1 - KP7", "Vòng loại: A1-A2"."""
    told = [word.lower() for word in ctx.history]
    return not {"trận", "vòng"}.isdisjoint(told) or any(
        pair in {("tứ", "kết"), ("bán", "kết"), ("chung", "kết")} for pair in pairwise(told)
    )


def _same_noun(ctx: Context, ahead: str) -> bool:
    """Know "ấp 1 - ấp 4", "tháng 1 - tháng 3", "thứ hai-thứ sáu", "thứ 2 - chủ nhật"."""
    noun, number = ctx.history[-2].lower(), ctx.history[-1].lower()
    found = _NAMED.match(ahead)
    if noun == "tháng" and _DAY_AHEAD.match(ahead):
        return True
    if not found or not noun.isalpha():
        return False
    day = noun == "thứ" and (number.isdigit() or number in _WEEKDAYS)
    if day and _SUNDAY.match(ahead):
        return True
    if found[1].lower() != noun:
        return False
    last = found[2].lower()
    if day:
        return last.isdigit() or last in _WEEKDAYS
    if not (number.isdigit() and last.isdigit()):
        return noun in _TIMES and number[:1].isdigit() and last.isdigit()
    if noun in _TIMES | _GRADES or _since(ctx) is not None:
        return True
    return int(last) - int(number) > 1 and not (ctx.near(_JOINED, 5) or ctx.near(_MATCHES, 14))


def _parts_of_days(ctx: Context, ahead: str) -> bool:
    """Know "7h sáng-5h chiều" and "sáng thứ 2 - chiều thứ 6"."""
    before = [word.lower() for word in ctx.history[-3:]]
    if before[-1] in _TIMES_OF_DAY and CLOCK.fullmatch(before[-2]):
        return bool(_CLOCK_AHEAD.match(ahead))
    first, _, rest = ahead.partition(" ")
    dated = rest[:1].isdigit() or rest.lower().startswith(("thứ", "ngày", "mùng"))
    return first.lower() in _TIMES_OF_DAY and dated and bool(_TIMES_OF_DAY & set(before[:2]))


def _numbered_classes(last: str, ahead: str) -> bool:
    """Know "10A1-10A5"."""
    first, other = _NUMBERED_CLASS.fullmatch(last), _NUMBERED_CLASS.match(ahead)
    return bool(first and other and first[1] == other[1] and int(first[2]) < int(other[2]))


def _classes(ctx: Context, ahead: str) -> bool:
    """Know "lớp 6/1 - 9/3" and "lớp 6A - 9C"."""
    return (
        ctx.history[-2].lower() == "lớp"
        and bool(_CLASS.fullmatch(ctx.history[-1]))
        and bool(_CLASS.match(ahead))
    )


def _hours_of_days(ctx: Context, ahead: str) -> bool:
    """Know "22h 10/4 - 4h 11/4" and "22h ngày 10/4 - 4h ngày 11/4"."""
    before = [word for word in ctx.history[-3:] if word.lower() != "ngày"][-2:]
    if len(before) < 2 or not (CLOCK.fullmatch(before[0]) and _DAY.fullmatch(before[1])):
        return False
    return bool(_HOUR_OF_A_DAY.match(ahead))


def _kilometres(ctx: Context, ahead: str) -> bool:
    """Know "Km10-Km15" and "Km10+200 - Km15+500"."""
    marked = any(word.lower() == "km" for word in ctx.history[-4:-1])
    return marked and ctx.history[-1][:1].isdigit() and bool(_KILOMETRE.match(ahead))


def _same_measure(ctx: Context, ahead: str) -> bool:
    """Know "200 ngàn - 300 ngàn đồng", "30 phút - 1 giờ", "6 tháng-5 tuổi"."""
    number, unit = ctx.history[-2], ctx.history[-1].lower()
    found = _AMOUNT.match(ahead)
    if not found or not number[:1].isdigit() or not unit[:1].isalpha():
        return False
    other = found[2].lower()
    if unit == other:
        return _value(number) < _value(found[1])
    return {unit, other} <= SUMS or {unit, other} <= _DURATIONS


def _from(ctx: Context, ahead: str) -> bool:
    """Know "từ 7h - 10h30 trưa" and "từ cầu Rạch Gốc - chợ xã": a "từ" that no "đến" answered."""
    since = _since(ctx)
    if not since:
        return False
    first = since[0].lower()
    following = ahead.partition(" ")[0].lower().rstrip(".,")
    if first in _POINTS and following in _POINTS:
        return True
    found = _AMOUNT.match(ahead)
    if not found or _PHONE.match(ahead):
        return False
    counted = found[2].lower() or ahead[found.end() :].lstrip().partition(" ")[0].lower()
    begun = first[:1].isdigit() or first in _BEGINNINGS
    return begun and counted not in COUNTED and any(word[:1].isdigit() for word in since[-2:])


def _until_a_day(ctx: Context, ahead: str) -> bool:
    """Know "29/4 - hết 3/5": a day, then the last one."""
    dated = ctx.history[-1][:1].isdigit() or ctx.history[-1] in {"ÂL", "AL", "âl"}
    return dated and bool(_LAST_DAY.match(ahead))


def _since(ctx: Context) -> list[str] | None:
    """Return what was written since a "từ" or a "đoạn" that is open; None without one."""
    recent = ctx.history[-7:]
    for place in range(len(recent) - 1, -1, -1):
        word = recent[place].lower()
        if word in {"từ", "đoạn"}:
            return recent[place + 1 :]
        if word in {"đến", "tới", "-", ",", ".", ";", ":", "(", "!", "?"}:
            return None
    return None


def _value(written: str) -> float:
    digits = written.replace(".", "").replace(",", ".").strip(".")
    return float(digits) if digits.replace(".", "", 1).isdigit() else 0.0
