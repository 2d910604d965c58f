"""Telephone numbers in a text, whatever stands between their digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine.rules.one_truth.facts import Kind, Number
from engine.rules.one_truth.found import Found
from engine.rules.one_truth.numbers import DIGITS
from engine.rules.one_truth.words import Word

#: What parts two numbers that were read together.
_PARTED: Final = re.compile(r"[,;/]|\s[-–]\s|\bhoặc\b|\bvà\b")
#: Bare digits in a row that were said one by one are a number from so many on.
_SHORTEST_SAID: Final = 8


def phones_in(words: tuple[Word, ...]) -> Iterator[Found]:
    """Yield every telephone number of a text, in national digits."""
    at = 0
    while at < len(words):
        word = words[at]
        if word.rule.startswith("phone") or word.rule == "short number":
            end = at
            while end < len(words) and (words[end].start, words[end].rule) == (
                word.start,
                word.rule,
            ):
                end += 1
            for part in _PARTED.split(word.written):
                digits = national(part)
                if len(digits) >= 3:
                    yield Found(Kind.PHONE, Number(digits), at, end, written=part.strip())
            at = end
            continue
        end, digits = _said(words, at)
        if digits:
            yield Found(Kind.PHONE, Number(digits), at, end)
        at = max(end, at + 1)


def national(written: str) -> str:
    """Return a number's digits as dialled within the country: +84 272… is 0272…."""
    digits = "".join(character for character in written if character.isdigit())
    international = digits.startswith("84") and ("+" in written or len(digits) >= 11)
    return "0" + digits[2:].removeprefix("0") if international else digits


def _said(words: tuple[Word, ...], at: int) -> tuple[int, str]:
    """Read digits that an author wrote in words: "không hai bảy hai, ba không không không…"."""
    digits, end = "", at
    for word in words[at:]:
        if word.said in DIGITS and not word.rule:
            digits += str(DIGITS[word.said])
        elif not (digits and word.said in {",", "."}):
            break
        end += 1
    while end > at and words[end - 1].mark:
        end -= 1
    looks = len(digits) >= _SHORTEST_SAID and digits.startswith(("0", "18", "19"))
    return (end, digits) if looks else (at, "")
