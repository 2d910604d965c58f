"""Whether a text fits, told from texts like it: typesetting each hamlet's own takes minutes.

Texts that differ in single words are held against one that is at least as wide in every word.
If that one fits, so do they: a shorter word never makes a paragraph longer where lines are
filled one after the other, as Typst does for ragged text.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

#: Stands for any letter, digit or mark that ``_is_slim`` lets through: none is wider (in Noto
#: Sans's table hmtx: m has 935 units, the next, W, 930).
_WIDEST = "m"

#: Longer words may be broken anywhere (templates/common.typ), and wider could then be shorter.
_LONGEST = 11

_PLAIN = frozenset(string.ascii_letters + string.digits)
_MARKS = frozenset("đĐ.,:/-")
_SPACE = re.compile(r"(\s)")


@dataclass
class Envelope:
    """The widest text of one shape that is known to fit; ``shape_of`` tells shapes apart."""

    _pieces: list[str] = field(default_factory=list)
    _full: bool = False

    def learn(self, text: str) -> None:
        """Take in a text that was seen to fit."""
        if not self._pieces:
            self._pieces = _SPACE.split(text)

    def covers(self, text: str, fits: Callable[[str], bool]) -> bool:
        """Say whether ``text`` surely fits; False when only typesetting it can tell.

        ``fits`` is asked about a wider text when this one is wider than all before it.
        """
        if not self._pieces:
            return False
        pieces = _SPACE.split(text)
        wider = [_wider(*pair) for pair in zip(self._pieces, pieces, strict=True)]
        if wider == self._pieces:
            return True
        if self._full or None in wider or not fits("".join(filter(None, wider))):
            self._full = self._full or None not in wider
            return False
        self._pieces = [piece or "" for piece in wider]
        return True


def shape_of(text: str) -> tuple[str, ...]:
    """Return what a text must share with another to be held against it.

    Its spaces and line ends, so the number of words in each line, and the first word of each
    line, because a line that begins like a list hangs under its text.
    """
    first_words = (line.partition(" ")[0] for line in text.split("\n"))
    return ("".join(_SPACE.findall(text)), *first_words)


def _wider(known: str, piece: str) -> str | None:
    """Return a word at least as wide as both; None when none can be named."""
    if piece == known:
        return known
    if not (_is_slim(known) and _is_slim(piece)):
        return None
    longest = max(len(known), len(piece))
    return known if known == _WIDEST * longest else _WIDEST * longest


def _is_slim(word: str) -> bool:
    """Say whether the widest letter, as often as ``word`` has letters, is at least as wide.

    And whether a line may end before and after the word, as it may around plain letters.
    """
    return (
        len(word) <= _LONGEST
        and word[:1].isalnum()
        and all(c in _MARKS or unicodedata.normalize("NFD", c)[0] in _PLAIN for c in word)
    )
