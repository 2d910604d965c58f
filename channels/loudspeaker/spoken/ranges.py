"""Numbers joined by a dash: from one to another, how a match stands, a sack of fertiliser."""

from __future__ import annotations

import re
from typing import Final

from .context import WHOLE, Context, Reading, Rule, rule
from .dates import COUNTED, KNOWN_DAYS, MEASURED, NAMED_AFTER_DAYS, date_words, exists
from .fractions import SETS
from .model import Doubtful, Why
from .numbers import NUMBER
from .syllables import LETTERS
from .wordlist import words

PLACE_LEADS: Final = words("ấp tổ thôn khu phố lớp điều khoản điểm kp ngày xóm đội")
_RANGE_LEADS: Final = words(
    "cấp từ khoảng độ tầm mức năm giai đoạn nhiệm học khóa điều khoản trang tiết mục bài câu tháng "
    "vụ đx ht tđ"
)
#: Near these 2-1 is how a match stands.
_MATCHES: Final = words("thắng thua hòa hiệp cuộc séc set gỡ dẫn trận lượt")

#: How a phone number begins; nothing counts up to a number with noughts before it.
_PHONE_AHEAD: Final = re.compile(r"0\d{2}")
_A_YEAR: Final = re.compile(r"20[0-4]\d")
#: How one set of a match before ended: the 25-18 of "25-18, 25-20".
_SET: Final = re.compile(r"\d{1,2}\s?-\s?\d{1,2}")


def _padded(number: str) -> bool:
    return len(number) > 1 and number[0] == "0"


def _range(match: re.Match[str], ctx: Context) -> Reading:
    """Read 6-7 as "sáu đến bảy"; 2-1 as a score; otherwise in doubt."""
    first, last = match.groups()
    if _PHONE_AHEAD.match(last) and not _padded(first):
        return None  # "ấp 1 - 0901 234 567": whom one calls there
    spaced = match[0] != match[0].replace(" ", "")
    if spaced and ctx.after(PLACE_LEADS):
        return _places(first, last, match.end(), ctx)
    if _told_of_a_match(ctx) or _between_places(match.end(), ctx):
        return _score(first, last, ctx)
    if _ends_a_set(first, last, ctx) and ctx.next_word(match.end()) not in MEASURED:
        return _score(first, last, ctx)
    if ctx.near({"giỗ"}, 4) and exists(first, last, None):
        return f"ngày {date_words(first, last, None, ctx, match.end())}"
    if ctx.after({"số"}) and _A_YEAR.fullmatch(last) and not _A_YEAR.fullmatch(first):
        return f"{ctx.number(first)}, năm {ctx.number(last)}"  # "bản trích đo số 112-2027"
    words = f"{ctx.number(first)} đến {ctx.number(last)}"
    if ctx.after({"dap", "npk"}):
        return f"{ctx.number(first)}, {ctx.number(last)}"
    if not (first.isdigit() and last.isdigit()):
        return words
    rising = int(first[-15:]) < int(last[-15:])
    followed = bool(ctx.next_word(match.end()))
    small = int(last[-15:]) <= 12 and int(first[-15:]) <= 31
    if rising and (ctx.near(_RANGE_LEADS, 2) or (followed and not _padded(first)) or not small):
        return words
    if not rising and ctx.next_word(match.end()) not in MEASURED:
        if (int(first[-15:]), int(last[-15:])) in KNOWN_DAYS:
            words = date_words(first, last, None, ctx, match.end())
            words = words if ctx.after(NAMED_AFTER_DAYS) else f"ngày {words}"
            # nothing falls from the 22nd to the 12th: a day that all know is no other thing
            return words if int(first[-15:]) > 12 else Doubtful(words, Why.AMBIGUOUS_RANGE)
        day = 12 < int(first[-15:]) <= 31 and small and ctx.next_word(match.end())
        words = (
            f"ngày {date_words(first, last, None, ctx, match.end())}"
            if day and not ctx.near(SETS, 24)
            else _score(first, last, ctx)
        )
    return Doubtful(words, Why.AMBIGUOUS_RANGE)


def _told_of_a_match(ctx: Context) -> bool:
    """Say whether a score is told: "thắng 3-0", "tỷ số 2-1", and the sets that follow one."""
    if ctx.after({"từ"}):
        return False
    if ctx.after({"số"}) and ctx.near({"tỷ", "tỉ"}, 2):
        return True
    if ctx.after({","}) and len(ctx.history) > 1 and _SET.fullmatch(ctx.history[-2]):
        return ctx.near(_MATCHES, 16)
    # a Hòa is a place, a hòa is a draw
    names = {word.lower() for word in ctx.history[-4:] if word in {"Hòa", "Thắng", "Lượt"}}
    return ctx.near(_MATCHES - names, 4)


def _ends_a_set(first: str, last: str, ctx: Context) -> bool:
    """Say whether the 22-25 of "Bóng chuyền: 25-21, 22-25" is how a set ended."""
    points = [int(one) for one in (first, last) if one.isdigit() and len(one) == 2]
    return len(points) == 2 and max(points) <= 40 and ctx.near(SETS - {"hiệp"}, 24)


def _between_places(end: int, ctx: Context) -> bool:
    """Say whether two hamlets stand around a score: "Ấp 3 2-4 Ấp 6"."""
    before = [word.lower() for word in ctx.history[-2:]]
    placed = len(before) == 2 and before[0] in PLACE_LEADS and before[1].isdigit()
    return placed and ctx.next_word(end) == before[0]


def _places(first: str, last: str, end: int, ctx: Context) -> Reading:
    """Read "ấp 1 - 4" as from one to four; "ấp 1 - 30 hộ" names the hamlet, then counts."""
    rises = first.isdigit() and last.isdigit() and int(last[-15:]) - int(first[-15:]) > 1
    if not rises or ctx.next_word(end) in COUNTED | MEASURED:
        return None
    return f"{ctx.number(first)} đến {ctx.number(last)}"


def _score(first: str, last: str, ctx: Context) -> str:
    """Read 2-1 as it is said of a match; 10-8 with a pause, or it would be eighteen."""
    joint = " " if len(first) == len(last) == 1 else ", "
    return f"{ctx.number(first)}{joint}{ctx.number(last)}"


def _sequence(match: re.Match[str], ctx: Context) -> Reading:
    """Read 16-16-8, as on a sack of fertiliser."""
    return ", ".join(ctx.number(part) for part in match[0].split("-"))


RANGES: Final[tuple[Rule, ...]] = (
    rule("sequence", rf"\d{{1,6}}(?:-\d{{1,6}}){{2,8}}{WHOLE}", _sequence, then="-", tight=True),
    rule(
        "range",
        rf"({NUMBER})\s?-\s?({NUMBER})(?![0-9-]|/(?![{LETTERS}])){WHOLE}",
        _range,
        then="0.,-",
    ),
)
