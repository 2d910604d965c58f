"""Hours in a text: clock times and ranges of them, and "buổi sáng" where no clock is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from engine.rules.one_truth.facts import Clock, Kind, Role
from engine.rules.one_truth.found import Found, role_at
from engine.rules.one_truth.numbers import number_at
from engine.rules.one_truth.words import ENDS, Word, before, said_at

#: Parts of the day and the minutes within which a clock time can be one of theirs.
PARTS: Final = {
    "sáng": (0, 12 * 60), "trưa": (10 * 60, 14 * 60), "chiều": (12 * 60, 19 * 60),
    "tối": (17 * 60, 24 * 60), "đêm": (18 * 60, 30 * 60), "khuya": (21 * 60, 30 * 60),
}  # fmt: skip
_TO: Final = frozenset({"đến", "tới", "-", "–"})
#: "trong 2 giờ", "sau 24 giờ" last so long; they say no time of day.
_LASTING: Final = frozenset(
    {"trong", "vòng", "suốt", "sau", "cách", "mỗi", "mất", "hơn", "dài", "ít", "thiểu", "tục",
     "nhất", "đa", "thêm", "trên", "qua"}
)  # fmt: skip
_COUNTED: Final = frozenset({"đồng", "liền", "liên", "làm", "học", "mỗi", "một", "trở", "chiếu"})
_BESIDE_PART: Final = frozenset(
    {"ngày", "thứ", "chủ", "mai", "nay", "mốt", "hôm", "mùng", "mồng", "cùng"}
)


@dataclass(frozen=True, slots=True)
class _Time:
    """An hour as said, before it is known of which half of the day."""

    begin: int
    end: int
    minutes: int
    part: str
    role: Role


def hours_in(words: tuple[Word, ...]) -> Iterator[Found]:
    """Yield every time of day that a text names."""
    found: list[_Time] = []
    at = 0
    while at < len(words):
        one = _range(words, at) or _single(words, at)
        found += one
        at = one[-1].end if one else at + 1
    timed: set[int] = set()
    for time in found:
        timed.update(range(time.begin - 3, time.end + 4))
        part = time.part or _part_around(words, time)
        minutes = _in_part(time.minutes, part)
        yield Found(Kind.HOUR, Clock(minutes), time.begin, time.end, time.role)
    sentences = _sentences_of(words, found)
    for at, word in enumerate(words):
        if at not in timed and not any(a <= at < b for a, b in sentences) and _is_part(words, at):
            yield Found(Kind.HOUR, Clock(part=word.said), at, at + 1)


def _sentences_of(words: tuple[Word, ...], found: list[_Time]) -> list[tuple[int, int]]:
    """Return the clauses in which a clock is named: "sáng" says nothing more there."""
    clauses = []
    for time in found:
        begin, end = time.begin, time.end
        while begin and words[begin - 1].said not in ENDS:
            begin -= 1
        while end < len(words) and words[end].said not in ENDS:
            end += 1
        clauses.append((begin, end))
    return clauses


def _single(words: tuple[Word, ...], at: int) -> list[_Time]:
    """Read one time: "bảy giờ ba mươi phút sáng", "mười chín giờ kém mười lăm"."""
    time = _clock(words, at)
    if time is None or _lasts(words, at, time[1]):
        return []
    minutes, end = time
    part, end = _part_after(words, end)
    role = role_at(words, at)
    if role is Role.EVENT and said_at(words, end) == "xong":
        role = Role.END
    return [_Time(at, end, minutes, part, role)]


def _range(words: tuple[Word, ...], at: int) -> list[_Time]:
    """Read "7 giờ 30 đến 11 giờ" and "7 đến 9 giờ": the second is an end."""
    first, part = _clock(words, at), ""
    bare_first = first is None
    if first is None:
        bare = number_at(words, at)
        if bare is None or bare.value > 24 or bare.value != int(bare.value):
            return []
        first = int(bare.value) * 60, bare.end
    else:
        part, end = _part_after(words, first[1])
        first = first[0], end
    join = first[1] + (said_at(words, first[1]) == ",")
    if said_at(words, join) not in _TO:
        return []
    join += 1
    while said_at(words, join) in {"khoảng", "lúc", "hết"}:
        join += 1
    last = _clock(words, join)
    if last is None or (bare_first and last[0] <= first[0]):
        return []
    if _lasts(words, at, last[1]):
        return []
    last_part, end = _part_after(words, last[1])
    if not part and last_part and _in_part(first[0], last_part) < _in_part(last[0], last_part):
        part = last_part
    role = role_at(words, at)
    return [
        _Time(at, first[1], first[0], part, Role.START if role is Role.EVENT else role),
        _Time(join, end, last[0], last_part, Role.END),
    ]


def _clock(words: tuple[Word, ...], at: int) -> tuple[int, int] | None:
    """Return minutes since midnight and where the time ends; None where none is said."""
    hour = number_at(words, at)
    if hour is None or not 0 <= hour.value <= 24 or hour.value != int(hour.value):
        return None
    if said_at(words, hour.end) != "giờ" or words[at].rule in {"per", "round the clock"}:
        return None
    minutes, end = int(hour.value) * 60, hour.end + 1
    if said_at(words, end) == "rưỡi":
        return minutes + 30, end + 1
    sign = 1
    if said_at(words, end) == "kém":
        sign, end = -1, end + 1
    more = number_at(words, end)
    if more is not None and 0 < more.value < 60 and more.value == int(more.value):
        after = said_at(words, more.end)
        tied = sign < 0 or words[end].rule == words[at].rule == "time"
        if after == "phút":
            return minutes + sign * int(more.value), more.end + 1
        if tied or (more.value >= 10 and after in {"", ",", ".", ";", *PARTS, *_BESIDE_PART}):
            return minutes + sign * int(more.value), more.end
    return minutes, end


def _lasts(words: tuple[Word, ...], at: int, end: int) -> bool:
    recent = before(words, at, 2)
    if recent and recent[0] in _LASTING:
        return True
    following = said_at(words, end)
    return (following in _COUNTED and words[end].rule == words[at].rule) or following == "đồng"


def _part_after(words: tuple[Word, ...], end: int) -> tuple[str, int]:
    """Read "tối", "buổi tối", "(tối)" right behind a time."""
    at = end + (said_at(words, end) in {"(", ","})
    at += said_at(words, at) in {"buổi", "vào", "đúng"}
    said = said_at(words, at)
    if said in PARTS and (at == end or said_at(words, end) != ","):
        return said, at + 1
    return "", end


def _part_around(words: tuple[Word, ...], time: _Time) -> str:
    """Find the part of the day that stands before a time in its sentence."""
    for index in range(time.begin - 1, max(-1, time.begin - 12), -1):
        said = words[index].said
        if said in ENDS or said == "giờ":
            break
        if said in PARTS and (_is_part(words, index) or index == time.begin - 1):
            return said
    return ""


def _is_part(words: tuple[Word, ...], at: int) -> bool:
    """Say whether "sáng", "tối"… name a time here: beside a day, or as "buổi sáng"."""
    said = words[at].said
    if said not in PARTS:
        return False
    previous, following = said_at(words, at - 1), said_at(words, at + 1)
    following = said_at(words, at + 2) if following in {",", "("} else following
    return previous == "buổi" or following in _BESIDE_PART


def _in_part(minutes: int, part: str) -> int:
    """Return what a time is in a part of the day: 7 o'clock "tối" is 19:00."""
    hour = minutes // 60
    if part == "sáng" and hour == 12:
        return minutes - 720
    if part in {"đêm", "khuya"}:
        return minutes + 720 if 6 <= hour < 12 else minutes % 720 if hour == 12 else minutes
    if part == "tối" and 5 <= hour < 12:
        return minutes + 720
    if part == "chiều" and 1 <= hour < 12:
        return minutes + 720
    if part == "trưa" and 1 <= hour < 4:
        return minutes + 720
    return minutes


def within(clock: Clock, part: str) -> bool:
    """Say whether a clock time, or a part of the day, can be in ``part``."""
    begin, end = PARTS[part]
    if clock.part:
        first, last = PARTS[clock.part]
        return first < end and begin < last and {part, clock.part} != {"sáng", "trưa"}
    return begin <= clock.minutes <= end or begin <= clock.minutes + 1440 <= end
