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
    for word in folded(text).translate(_PARTS).split():
        if _UNSPACED.search(word):
            found.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found.add(word[:LONGEST])
    return found


def bucket(word: str) -> str:
    """Return the name of the part of the index in which a word stands: its first two letters."""
    head = word[:2]
    return head if _PLAIN.fullmatch(head) else f"x{ord(word[0]) >> 6:x}"
