"""The words of a text as the search knows them: without marks, without capitals.

``templates/tim.js`` does the same to what people type; a test holds the two together.
"""

from __future__ import annotations

import re
import unicodedata

#: Words are cut to so many characters.
LONGEST = 32

_MARKS = re.compile("[\u0300-\u036f]")

#: Scripts that put no space between words (Thai, Lao, Myanmar, Khmer, Chinese and Japanese):
#: found by pairs of their characters.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0003ffff]"
)

_PLAIN = re.compile("[a-z0-9]{1,2}")

#: A number in groups is one word, however it is grouped: 500.000 (thousands), 0272 3000 111 and
#: 1900.1234 (telephone numbers: 10 or 11 digits after a 0, else 8 or 10).
_GROUPED = re.compile(
    r"(^|[^0-9.,])([0-9]{1,3}(?:[.,][0-9]{3})+)(?![.,]?[0-9])"
    r"|(^|[^0-9])(0(?:[ .\u00a0-]?[0-9]){9,10}|1[89]00(?:[ .\u00a0-]?[0-9]){4}"
    r"(?:(?:[ .\u00a0-]?[0-9]){2})?)(?![0-9])"
)
_APART = re.compile("[^0-9]")


class _Parts(dict[int, int | str]):
    """Maps letters, marks and numbers to themselves, and all else to a space."""

    def __missing__(self, point: int) -> int | str:
        self[point] = point if unicodedata.category(chr(point))[0] in "LMN" else " "
        return self[point]


_PARTS = _Parts()


def folded(text: str) -> str:
    """Return ``text`` in small letters without Vietnamese marks: "Lũ Đỏ" is "lu do"."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.lower()))
    return bare.replace("đ", "d")


def words(text: str) -> set[str]:
    """Return the distinct words of ``text``."""
    found: set[str] = set()
    for word in folded(_GROUPED.sub(_joined, text)).translate(_PARTS).split():
        if _UNSPACED.search(word):
            found.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found.add(word[:LONGEST])
    return found


def _joined(number: re.Match[str]) -> str:
    """Return a number in groups as one, apart from what stands beside it."""
    return f"{number[1] or number[3] or ''} {_APART.sub('', number[2] or number[4])} "


def bucket(word: str) -> str:
    """Return the name of the part of the index in which a word stands: its first two letters."""
    head = word[:2]
    return head if _PLAIN.fullmatch(head) else f"x{ord(word[0]) >> 6:x}"
