"""Telephone numbers in a text, whatever stands between their digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine.rules.one_truth.facts import Kind, Number
from engine.rules.one_truth.found import Found
from engine.rules.one_truth.numbers import DIGITS
from engine.rules.one_truth.words import Word

#: Reading rules whose words are a telephone number.
NUMBERED: Final = ("phone", "short number", "hotline")
#: What parts two numbers that were read together.
_PARTED: Final = re.compile(r"[,;/]|\s[-–]\s|\bhoặc\b|\bvà\b")
#: Bare digits in a row that were said one by one are a number from so many on.
_SHORTEST_SAID: Final = 8
#: Digits of a subscriber's number where the area code is left out.
_WITHOUT_CODE: Final = range(6, 9)


def phones_in(words: tuple[Word, ...]) -> Iterator[Found]:
    """Yield every telephone number of a text, in national digits."""
    at = 0
    while at < len(words):
        word = words[at]
        if word.rule.startswith(NUMBERED):
            end = at
            while end < len(words) and (words[end].start, words[end].rule) == (
                word.start,
                word.rule,
            ):
                end += 1
            for part, digits in _numbers(word.written):
                yield Found(Kind.PHONE, Number(digits), at, end, written=part)
            at = end
            continue
        end, digits = _said(words, at)
        if digits:
            yield Found(Kind.PHONE, Number(digits), at, end)
        at = max(end, at + 1)


def _numbers(written: str) -> Iterator[tuple[str, str]]:
    """Yield each number of what was read together, as written and in national digits.

    Of "0272 3812345 - 3812346" the second goes without its area code.
    """
    first = ""
    for part in _PARTED.split(written):
        digits = national(part)
        if len(digits) in _WITHOUT_CODE and len(first) > len(digits):
            digits = first[: len(first) - len(digits)] + digits
        if len(digits) >= 3:
            first = first or digits
            yield part.strip(), digits


def national(written: str) -> str:
    """Return a number's digits as dialled within the country: +84 272… is 0272…."""
    digits = "".join(character for character in written if character.isdigit())
    bare = digits.removeprefix("00").removeprefix("0") if len(digits) >= 12 else digits
    international = bare.startswith("84") and ("+" in written or len(bare) >= 11)
    return "0" + bare[2:].removeprefix("0") if international else digits


def _said(words: tuple[Word, ...], at: int) -> tuple[int, str]:
    """Read digits that an author wrote in words: "không hai bảy hai, ba không không không…"."""
    digits, end, eighth = "", at, at
    while end < len(words) and len(digits) < _length(digits):
        word = words[end]
        if word.said in DIGITS and not word.rule:
            digits += str(DIGITS[word.said])
            eighth = end + 1 if len(digits) == 8 else eighth
        elif not (digits and word.said in {",", "."}):
            break
        end += 1
    if digits.startswith(("18", "19")) and len(digits) == 9:
        digits, end = digits[:8], eighth  # "1900 6868, một nghìn đồng một phút"
    while end > at and words[end - 1].mark:
        end -= 1
    if digits.startswith("84") and len(digits) == _length(digits):
        digits = "0" + digits[2:]
    looks = len(digits) >= _SHORTEST_SAID and digits.startswith(("0", "18", "19"))
    return (end, digits) if looks else (at, "")


def _length(begun: str) -> int:
    """Return how many digits a number has that begins so."""
    if begun.startswith("842"):
        return 12
    return 11 if begun.startswith(("02", "84")) else 10
