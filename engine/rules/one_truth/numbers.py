"""Said numbers: "một triệu năm trăm nghìn" is 1,500,000, "bảy rưỡi" is 7.5."""

from __future__ import annotations

from typing import Final, NamedTuple

from engine.rules.one_truth.words import Word, said_at

DIGITS: Final = {
    "không": 0, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
#: Digits that stand only behind tens.
_UNITS: Final = {**DIGITS, "mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
_UNITS_OF_TEN: Final = {key: value for key, value in _UNITS.items() if key != "năm"}
_SCALES: Final = {"nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}
_HUNDREDS_MISSING: Final = frozenset({"linh", "lẻ"})


class Said(NamedTuple):
    """A number, where the text goes on, and its last scale (1 when it has none)."""

    value: float
    end: int
    scale: int = 1


def number_at(words: tuple[Word, ...], start: int) -> Said | None:
    """Return the longest number that begins at ``start``; None where none does.

    Written numerals come as words; "rưỡi" and what follows "phẩy" count in.
    """
    total, last, at = 0.0, 1, start
    while (group := _group(words, at, first=at == start)) is not None:
        value, end = group
        scale = _SCALES.get(said_at(words, end), 0)
        if scale >= last > 1:  # "1.500 ngàn", "một ngàn năm trăm triệu"
            return Said((total + value) * scale, end + 1, scale)
        if not scale:
            if total and last > 1 and end == at + 1 and value < 10:
                if said_at(words, at) == "một" and said_at(words, end)[:1].isalpha():
                    break  # "25 nghìn một tháng"
                value *= last / 10  # "một triệu hai": 1,200,000
            elif total and last == 1:
                break
            return Said(total + value, end, last)
        total, last, at = total + value * scale, scale, end + 1
        while (more := _SCALES.get(said_at(words, at), 0)) > 1 and last >= 1_000:
            total, last, at = total * more, last * more, at + 1  # "nghìn tỷ"
        if said_at(words, at) == "rưỡi":
            return Said(total + scale / 2, at + 1, last)
    return Said(total, at, last) if at > start else None


def _group(words: tuple[Word, ...], at: int, *, first: bool) -> tuple[float, int] | None:
    """Read a number below a thousand, with what follows a decimal comma."""
    whole = _hundreds(words, at, first=first)
    if whole is None:
        return None
    value, end = whole
    if said_at(words, end) != "phẩy":
        return value, end
    digits, at = "", end + 1
    tail = _hundreds(words, at, first=True)
    while said_at(words, at) == "không":
        digits, at = digits + "0", at + 1
    tail = _hundreds(words, at, first=True) or tail
    if tail is None and not digits:
        return value, end
    if tail is not None and said_at(words, at) != "không":
        digits, at = digits + str(int(tail[0])), tail[1]
    return value + float(f"0.{digits or '0'}"), at


def _hundreds(words: tuple[Word, ...], at: int, *, first: bool) -> tuple[float, int] | None:
    digit = DIGITS.get(said_at(words, at))
    if digit is not None and said_at(words, at + 1) == "trăm":
        below = _tens(words, at + 2, behind=True)
        if said_at(words, at + 2) == "rưỡi":
            return digit * 100 + 50.0, at + 3
        return (digit * 100.0, at + 2) if below is None else (digit * 100.0 + below[0], below[1])
    return _tens(words, at, behind=not first)


def _tens(words: tuple[Word, ...], at: int, *, behind: bool) -> tuple[float, int] | None:
    """Read a number below a hundred; ``behind`` hundreds it may begin with linh or lẻ."""
    said, following = said_at(words, at), said_at(words, at + 1)
    if behind and said in _HUNDREDS_MISSING and following in _UNITS:
        return float(_UNITS[following]), at + 2
    if said == "mười":
        unit = _UNITS_OF_TEN.get(following)
        return (10.0, at + 1) if not unit else (10.0 + unit, at + 2)
    if said not in DIGITS:
        return None
    if following == "mươi" or (following in {"mốt", "lăm", "nhăm", "tư"} and DIGITS[said] > 1):
        tens, at = DIGITS[said] * 10.0, at + (2 if following == "mươi" else 1)
        unit = _UNITS_OF_TEN.get(said_at(words, at))
        return (tens, at) if not unit else (tens + unit, at + 1)
    return float(DIGITS[said]), at + 1
