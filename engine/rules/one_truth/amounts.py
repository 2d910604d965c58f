"""Amounts in a text: money in đồng, and other quantities with their units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.rules.one_truth.facts import Amount, Kind
from engine.rules.one_truth.found import Found
from engine.rules.one_truth.numbers import Said, number_at
from engine.rules.one_truth.phones import NUMBERED
from engine.rules.one_truth.words import Word, said_at

_TO: Final = frozenset({"đến", "tới", "-", "–"})
#: "đồng chí", "đồng thời": the word is no money before these.
_NO_MONEY: Final = frozenset(
    {"chí", "bào", "thời", "ý", "đội", "hồ", "hương", "loạt", "bộ", "nghiệp"}
)
#: What follows a great number that is money though it does not say đồng: "1,5 triệu một hộ".
_AFTER_MONEY: Final = frozenset(
    {
        "",
        "mỗi",
        "một",
        "cho",
        "trên",
        "hoặc",
        "trở",
        "và",
        "đối",
        "trước",
        "trong",
        "để",
        "vào",
        "ngay",
        "khi",
        "tại",
        "ở",
        "đến",
        "cùng",
        "là",
        "nếu",
    }
)
_UNITS: Final = {
    ("ki", "lô", "gam"): "kg", ("ký",): "kg", ("cân",): "kg", ("ki", "lô"): "kg", ("tấn",): "tấn",
    ("tạ",): "tạ", ("gam",): "gam", ("mi", "li", "lít"): "ml", ("lít",): "lít",
    ("phần", "trăm"): "%", ("suất",): "suất", ("phần", "quà"): "suất", ("liều",): "liều",
    ("tháng", "tuổi"): "tháng tuổi", ("tuổi",): "tuổi", ("phút",): "phút", ("bao",): "bao",
    ("thùng",): "thùng", ("con",): "con", ("cây",): "cây", ("héc", "ta"): "héc ta",
    ("mét", "vuông"): "mét vuông",
}  # fmt: skip
_LONGEST: Final = max(len(unit) for unit in _UNITS)


def amounts_in(words: tuple[Word, ...], taken: frozenset[int]) -> Iterator[Found]:
    """Yield every amount of a text; ``taken`` are the words of times, which are none."""
    at = 0
    while at < len(words):
        found = [] if at in taken else _amounts(words, at, taken)
        yield from found
        at = found[-1].end if found else _past_number(words, at)


def _past_number(words: tuple[Word, ...], at: int) -> int:
    number = number_at(words, at)
    return number.end if number is not None else at + 1


def _amounts(words: tuple[Word, ...], at: int, taken: frozenset[int]) -> list[Found]:
    """Read one amount, or two with "đến" between, of which the first takes the second's unit."""
    first = number_at(words, at)
    if first is None or words[at].rule.startswith((*NUMBERED, "document")):
        return []
    if said_at(words, first.end) in _TO and not _unit(words, first):
        second = number_at(words, first.end + 1)
        measured = _unit(words, second) if second is not None else None
        if second is not None and measured is not None and second.end - 1 not in taken:
            unit, end = measured
            value = first.value
            if unit == "đồng" and value < 1_000 <= second.value and first.scale == 1:
                value *= second.scale
            return [
                _found(Amount(value, unit), at, first.end),
                _found(Amount(second.value, unit), first.end + 1, end),
            ]
    measured = _unit(words, first)
    if measured is None:
        return []
    unit, end = measured
    return [_found(Amount(first.value, unit), at, end)]


def _found(amount: Amount, begin: int, end: int) -> Found:
    kind = Kind.MONEY if amount.unit == "đồng" else Kind.QUANTITY
    return Found(kind, amount, begin, end)


def _unit(words: tuple[Word, ...], number: Said) -> tuple[str, int] | None:
    """Return the unit behind a number and where it ends."""
    at, following = number.end, said_at(words, number.end)
    if following == "đồng" and said_at(words, at + 1) not in _NO_MONEY:
        return "đồng", at + 1
    if number.scale >= 1_000 and number.value >= 1_000 and _ends_as_money(words, number):
        return "đồng", at
    for length in range(_LONGEST, 0, -1):
        unit = _UNITS.get(tuple(said_at(words, at + step) for step in range(length)))
        if unit is not None and said_at(words, at + length) not in {"mét", "oát"}:
            return unit, at + length
    return None


def _ends_as_money(words: tuple[Word, ...], number: Said) -> bool:
    last = said_at(words, number.end - 1)
    if last not in {"triệu", "nghìn", "ngàn", "tỷ", "tỉ", "rưỡi"}:
        return False
    following = said_at(words, number.end)
    return following in _AFTER_MONEY or not following[0].isalnum()
