"""Days in a text: full dates, days of one month in a row, months, weekdays, days by the moon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from engine.rules.one_truth.facts import Day, Kind, Role
from engine.rules.one_truth.found import Found, role_at
from engine.rules.one_truth.numbers import number_at
from engine.rules.one_truth.words import ENDS, Word, before, said_at

DAY_LEADS: Final = frozenset({"ngày", "mùng", "mồng"})
_MONTHS: Final = {"giêng": 1, "chạp": 12, "tư": 4}
_ENGLISH: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_JOINS: Final = frozenset({",", "và", "đến", "tới", "-", "–", "hoặc", "hết", "&"})
_TO: Final = frozenset({"đến", "tới", "-", "–"})
_LUNAR_WORDS: Final = frozenset({"giêng", "chạp", "rằm"})
#: What is cited has a date of its own, which is nobody's appointment.
_DOCUMENTS: Final = frozenset(
    {"quyết định", "nghị định", "nghị quyết", "công văn", "công điện", "kế hoạch", "thông tư",
     "pháp lệnh", "chỉ thị", "tờ trình", "thông báo", "giấy mời"}
)  # fmt: skip
_WEEKDAYS: Final = {
    "hai": 1, "ba": 2, "tư": 3, "bốn": 3, "năm": 4, "sáu": 5, "bảy": 6, "bẩy": 6,
}  # fmt: skip
#: "lần thứ hai" counts; it names no day.
_COUNTED: Final = frozenset(
    {"lần", "mũi", "đợt", "người", "con", "hạng", "nhóm", "khóa", "khoá", "kỳ", "vòng", "bước",
     "tập", "quý", "tháng", "số", "liều", "tổ", "loại", "điều", "điểm", "phần", "và", "nhiệm"}
)  # fmt: skip
#: A weekday of every week is no date: "thứ Hai hằng tuần", "các ngày thứ Bảy".
_EVERY: Final = frozenset({"hằng", "hàng", "mỗi", "các", "những"})


def days_in(words: tuple[Word, ...]) -> Iterator[Found]:
    """Yield every day and month that a text names, weekdays without a date left out."""
    found: list[Found] = []
    at = 0
    while at < len(words):
        chain = _chain(words, at) or _month_alone(words, at)
        found += chain
        at = chain[-1].end if chain else at + 1
    for index in range(len(found) - 1, 0, -1):
        found[index - 1], found[index] = _in_a_row(words, found[index - 1], found[index])
    yield from found


def _in_a_row(words: tuple[Word, ...], one: Found, other: Found) -> tuple[Found, Found]:
    """Let two days with only "đến" or "và" between share a year, and be a range."""
    between = {word.said for word in words[one.end : other.begin]}
    if one.kind is not Kind.DATE or other.kind is not Kind.DATE or not between <= _JOINS:
        return one, other
    assert isinstance(one.value, Day)
    assert isinstance(other.value, Day)
    if not one.value.year and (one.value.month, one.value.day) < (
        other.value.month,
        other.value.day,
    ):
        one = replace(one, value=replace(one.value, year=other.value.year))
    if between & _TO and one.role in {Role.EVENT, Role.START}:
        one, other = replace(one, role=Role.START), replace(other, role=Role.END)
    elif one.role is Role.BIRTH:
        other = replace(other, role=Role.BIRTH)
    return one, other


def _chain(words: tuple[Word, ...], start: int) -> list[Found]:
    """Return the days that begin at ``start`` and share a month: "ngày 9, 10 và 11/12/2026"."""
    if number_at(words, start) is None and words[start].said not in DAY_LEADS | {"rằm"}:
        return []
    if said_at(words, start - 1) == "thứ":
        return []
    named: list[tuple[int, int, int, bool]] = []  # first word, its end, day, after "đến"
    at, to = start, False
    while (day := _day_number(words, at)) is not None:
        begin, number, end = at, *day
        named.append((begin, end, number, to))
        month = _month(words, end)
        if month is not None:
            return _dated(words, named, *month)
        to, at = False, end
        while said_at(words, at) in _JOINS:
            to = to or said_at(words, at) in _TO
            at += 1
        if at == end:
            break
    return []


def _day_number(words: tuple[Word, ...], at: int) -> tuple[int, int] | None:
    if said_at(words, at) == "rằm":
        return 15, at + 1
    at += said_at(words, at) in DAY_LEADS
    found = number_at(words, at)
    if found is None or not 1 <= found.value <= 31 or found.value != int(found.value):
        return None
    return int(found.value), found.end


def _month(words: tuple[Word, ...], at: int) -> tuple[int, int, int] | None:
    """Read "tháng mười hai năm 2026": month, year (0 without), where it ends."""
    if said_at(words, at) in _ENGLISH:
        year = number_at(words, at + 1)
        known = year is not None and 1900 <= year.value <= 2200
        number = _ENGLISH.index(said_at(words, at)) + 1
        return (number, int(year.value), year.end) if year and known else (number, 0, at + 1)
    if said_at(words, at) != "tháng":
        return None
    name = said_at(words, at + 1)
    number, end = _MONTHS.get(name, 0), at + 2
    if not number:
        found = number_at(words, at + 1)
        if found is None or not 1 <= found.value <= 12 or found.value != int(found.value):
            return None
        number, end = int(found.value), found.end
    if said_at(words, end) == "," and said_at(words, end + 1) == "năm":
        year = number_at(words, end + 2)
        if year is not None and 1900 <= year.value <= 2200:
            return number, int(year.value), year.end
    if said_at(words, end) == "năm":
        year = number_at(words, end + 1)
        if year is not None and 1900 <= year.value <= 2200:
            return number, int(year.value), year.end
    return number, 0, end


def _dated(
    words: tuple[Word, ...],
    named: list[tuple[int, int, int, bool]],
    month: int,
    year: int,
    end: int,
) -> list[Found]:
    lunar = _by_the_moon(words, named[0][0], end)
    kind = Kind.LUNAR if lunar else Kind.DATE
    role = _cited_or(words, named[0][0], role_at(words, named[0][0]))
    found = [
        Found(kind, Day(day, month, year), begin, stop, Role.END if to else role)
        for begin, stop, day, to in named
    ]
    found[-1] = replace(found[-1], end=end)
    for index, one in enumerate(named[1:], 1):
        if one[3] and found[index - 1].role is Role.EVENT:
            found[index - 1] = replace(found[index - 1], role=Role.START)
    return found


def _by_the_moon(words: tuple[Word, ...], begin: int, end: int) -> bool:
    inside = {word.said for word in words[begin:end]}
    after = [word.said for word in words[end : end + 4] if not word.mark]
    lunar = after[:2] == ["âm", "lịch"] or after[:1] == ["âl"]
    return lunar or bool(inside & _LUNAR_WORDS)


def _cited_or(words: tuple[Word, ...], index: int, role: Role) -> Role:
    """Say whether a date is that of a document named before it in the sentence."""
    if role is not Role.EVENT:
        return role
    for word in reversed(words[max(0, index - 30) : index]):
        if word.said in ENDS:
            break
        if word.rule == "document number":
            return Role.CITED
        if word.rule in {"time", "hours"}:
            break
    recent = before(words, index, 2)
    return Role.CITED if " ".join(reversed(recent)) in _DOCUMENTS else role


def _month_alone(words: tuple[Word, ...], at: int) -> list[Found]:
    month = _month(words, at)
    if month is None or said_at(words, month[2]) in {"tuổi", "trở"}:
        return []
    previous = said_at(words, at - 1)
    if said_at(words, at) in _ENGLISH:  # "may" alone is mostly no month
        return []
    if words[at - 1 : at] and (previous in DAY_LEADS or number_at(words, at - 1) is not None):
        return []
    if said_at(words, at + 1) in {"giêng", "chạp"}:
        return [Found(Kind.LUNAR, Day(0, month[0], month[1]), at, month[2])]
    return [Found(Kind.MONTH, Day(0, month[0], month[1]), at, month[2])]


def weekdays_in(words: tuple[Word, ...]) -> Iterator[Found]:
    """Yield every weekday that a text names, ordinals and those of every week left out."""
    for at, word in enumerate(words):
        number = weekday_at(words, at) if word.said in {"thứ", "chủ"} else 0
        if number and not _every_week(words, at, at + 2):
            yield Found(Kind.DATE, Day(weekday=number), at, at + 2, role_at(words, at))


def weekday_at(words: tuple[Word, ...], at: int) -> int:
    """Return the weekday of two words that begin at ``at``, Monday as 1; 0 where none is."""
    if said_at(words, at) == "chủ":
        return 7 if said_at(words, at + 1) == "nhật" else 0
    number = _WEEKDAYS.get(said_at(words, at + 1), 0) if said_at(words, at) == "thứ" else 0
    counted = said_at(words, at - 1) in _COUNTED
    return 0 if counted and not words[at + 1].capital else number


def _every_week(words: tuple[Word, ...], at: int, end: int) -> bool:
    following = end + 1 if said_at(words, end) in _JOINS else end
    if weekday_at(words, following) and _every_week(words, following, following + 2):
        return True  # "thứ Ba, thứ Sáu hằng tuần"
    around = {*before(words, at, 3), *(word.said for word in words[end : end + 2])}
    return bool(around & _EVERY)
