"""What the readers of dates, hours, amounts, numbers and places hand over, and what they share."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rules.one_truth.facts import Kind, Role, Value
from engine.rules.one_truth.numbers import DIGITS
from engine.rules.one_truth.words import Word, before, said_at

#: Words just before a day or an hour that make it the last one.
_ENDING = frozenset({"trước", "hạn", "chót", "nhất", "hết", "quá", "thúc", "tới", "đến", "cuối"})
_BEGINNING = frozenset({"từ", "kể", "đầu"})
#: First halves of words that end in "sinh" and tell of no birth: "vệ sinh", "học sinh".
_ENDS_IN_SINH = frozenset(
    {"vệ", "học", "thí", "thú", "phát", "hy", "hi", "môi", "an", "dân", "kí", "ký", "vi", "hộ",
     "y", "tái", "kháng", "hồi", "quang", "tuyển"}
)  # fmt: skip
#: Words that stand between these and the day or hour.
_BETWEEN = frozenset(
    {"ngày", "mùng", "mồng", "thứ", "chủ", "nhật", "hai", "ba", "tư", "năm", "sáu", "bảy", "là",
     "lúc", "vào", "khoảng", "hôm", "sáng", "trưa", "chiều", "tối", "đêm", "buổi", "một", "bốn"}
)  # fmt: skip


#: What a clock time is said with.
_CLOCK = frozenset({*DIGITS, "mười", "mươi", "lăm", "mốt", "tư", "giờ", "phút", "rưỡi", ","})


@dataclass(frozen=True, slots=True)
class Found:
    """A fact and the words it is said in: from word ``begin`` up to, not with, word ``end``.

    ``written`` is the part of them that it is written in, where these hold several facts.
    """

    kind: Kind
    value: Value
    begin: int
    end: int
    role: Role = Role.EVENT
    venue: bool = False
    written: str = ""


def role_at(words: tuple[Word, ...], index: int) -> Role:
    """Return what the words before a day or hour say that it is."""
    timed = "giờ" in before(words, index, 6)
    if timed and said_at(words, index - 1) in _CLOCK:  # "trước 17 giờ ngày 02/12"
        at = index
        while said_at(words, at - 1) in _CLOCK:
            at -= 1
        return Role.END if said_at(words, at - 1) in {"trước", "nhất", "chót"} else Role.EVENT
    recent = before(words, index, 6)
    for place, said in enumerate(recent):
        if _is_born(recent, place) or (said in _BEGINNING and _is_born(recent, place + 1)):
            return Role.BIRTH
        if said in _ENDING:
            return Role.END
        if said in _BEGINNING:
            return Role.START
        if said not in _BETWEEN:
            break
    return Role.END if _labelled_as_last(words, index) else Role.EVENT


def _is_born(recent: list[str], place: int) -> bool:
    """Say whether "sinh" stands there and is no part of a word: "sinh từ", not "vệ sinh"."""
    before_it = recent[place + 1 : place + 2]
    return recent[place : place + 1] == ["sinh"] and not _ENDS_IN_SINH.intersection(before_it)


def _labelled_as_last(words: tuple[Word, ...], index: int) -> bool:
    """Say whether a day or hour follows a label like "Hạn chót đăng ký:"."""
    label = [word for word in words[max(0, index - 2) : index] if word.said == ":"]
    if not label:
        return False
    said = before(words, index, 12)
    return not {"hạn", "chót", "chậm", "muộn"}.isdisjoint(said)
