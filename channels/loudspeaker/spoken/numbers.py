"""Numbers: cardinals, decimals, digits one by one, and the ways in which they are written.

The reading follows Vietnamese school usage: mười/mươi, mốt, tư, lăm, and "không trăm lẻ"
(South) or "không trăm linh" (North) for empty places inside a number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from .model import Region

DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
BILLION: Final = 10**9
#: Longer runs of digits are identity or account numbers: nobody says them as a quantity.
LONGEST_QUANTITY: Final = 15
_LONGEST_BREATH: Final = 5

_ZERO_TENS: Final = {Region.SOUTH: "lẻ", Region.NORTH: "linh"}
_THOUSAND: Final = {Region.SOUTH: "ngàn", Region.NORTH: "nghìn"}

#: A number as written: 1.500.000 | 1.500,75 | 1,500,000 | 1 500 000 | 1,5 | 1.5 | 1500.
#: No sign, no unit.
NUMBER: Final = (
    r"(?:[1-9]\d{0,2}(?:\.\d{3})+(?!\d)(?:,\d{1,15}(?!\d))?"
    r"|[1-9]\d{0,2}(?:,\d{3}){2,}(?!\d)(?:\.\d{1,15}(?!\d))?"
    r"|[1-9]\d{0,2}(?: \d{3}){2,}(?!\d)"
    r"|\d{1,15},\d{1,15}(?!\d)"
    r"|\d{1,15}\.\d{1,2}(?!\d)"
    r"|\d+)"
)
_DOTTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?")
_ENGLISH = re.compile(r"[1-9]\d{0,2}(?:,\d{3}){2,}(?:\.\d+)?")


def thousand(region: Region) -> str:
    """Return the region's word for 1,000."""
    return _THOUSAND[region]


@lru_cache(maxsize=16_384)
def read_number(n: int, region: Region = Region.SOUTH) -> str:
    """Return the cardinal ``n``; negative numbers begin with "âm"."""
    if n < 0:
        return "âm " + read_number(-n, region)
    if n < BILLION:
        return " ".join(_below_billion(n, region, padded=False)) or DIGITS[0]
    high, low = divmod(n, BILLION)
    words = [read_number(high, region), "tỷ"]
    if low:
        words += _below_billion(low, region, padded=True)
    return " ".join(words)


def _below_billion(n: int, region: Region, *, padded: bool) -> list[str]:
    """Read the three groups; ``padded`` says that something was said before them."""
    words: list[str] = []
    for unit, size in (("triệu", 10**6), (thousand(region), 10**3), ("", 1)):
        group, n = divmod(n, size)
        if group:
            words += _group(group, region, padded=padded or bool(words))
            if unit:
                words.append(unit)
    return words


def _group(n: int, region: Region, *, padded: bool) -> list[str]:
    """Read 1..999; ``padded`` says the empty hundreds aloud: "không trăm lẻ năm"."""
    hundreds, rest = divmod(n, 100)
    words = [DIGITS[hundreds], "trăm"] if hundreds or padded else []
    tens, ones = divmod(rest, 10)
    if tens == 0:
        if ones:
            words += [_ZERO_TENS[region], DIGITS[ones]] if words else [DIGITS[ones]]
        return words
    words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if ones:
        words.append(_ones_after_tens(tens, ones))
    return words


def _ones_after_tens(tens: int, ones: int) -> str:
    if ones == 5:
        return "lăm"
    if tens > 1 and ones in (1, 4):
        return "mốt" if ones == 1 else "tư"
    return DIGITS[ones]


def read_digits(digits: str) -> str:
    """Return the digits of ``digits`` said one by one; other characters are passed over."""
    return " ".join(DIGITS[int(digit)] for digit in digits if digit in "0123456789")


def read_groups(digits: str) -> str:
    """Return digits said one by one, with a pause wherever the writer put a separator.

    A digit alone joins the group after it. A longer unbroken run is cut as people say it: in
    threes, with fours in front where needed.
    """
    joined = re.sub(r"(?<!\d)(\d)\D+(?=\d)", r"\1", digits)
    pieces = [piece for run in re.findall(r"\d+", joined) for piece in _cut(run)]
    return ", ".join(read_digits(piece) for piece in pieces)


def _cut(run: str) -> list[str]:
    if len(run) <= _LONGEST_BREATH:
        return [run]
    fours = len(run) % 3
    starts = [4 * i for i in range(fours)] + list(range(4 * fours, len(run), 3))
    return [run[a:b] for a, b in zip(starts, [*starts[1:], len(run)], strict=True)]


def read_integer(digits: str, region: Region) -> str:
    """Return a run of digits as a quantity, or digit by digit where it cannot be one.

    "05" is five, as offices write it; "007" and very long runs are said digit by digit.
    """
    if len(digits) > LONGEST_QUANTITY or (len(digits) > 2 and digits[0] == "0"):
        return read_digits(digits) if len(digits) <= 5 else read_groups(digits)
    return read_number(int(digits), region)


def read_decimal(whole: str, fraction: str, region: Region) -> str:
    """Return a decimal: 1,25 is "một phẩy hai mươi lăm", 3,05 "ba phẩy không năm"."""
    if len(fraction) <= 2 and fraction[0] != "0":
        tail = read_number(int(fraction), region)
    else:
        tail = read_digits(fraction)
    return f"{read_integer(whole, region)} phẩy {tail}"


@lru_cache(maxsize=16_384)
def read_written(number: str, region: Region) -> str:
    """Return the reading of what ``NUMBER`` matches."""
    number = number.replace(" ", "")
    if _DOTTED.fullmatch(number):
        number = number.replace(".", "")
    elif _ENGLISH.fullmatch(number):
        number = number.replace(",", "").replace(".", ",")
    whole, _, fraction = number.replace(".", ",").partition(",")
    return read_decimal(whole, fraction, region) if fraction else read_integer(whole, region)
