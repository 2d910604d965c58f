"""What a rule may look at, and what a rule is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from .model import Doubtful, Region
from .numbers import read_number, read_written
from .syllables import LETTERS, UPPER, is_syllable

WORD = re.compile(f"[{LETTERS}]+")
NEXT_WORD = re.compile(f"[ ]*([{LETTERS}]+)")
#: No letter and no digit may follow: the token is whole.
WHOLE = f"(?![{LETTERS}0-9])"
UPPERCASE = f"[{UPPER}]"
MARKS = ".,;:?!…"


def _has_words(line: str) -> bool:
    return sum(len(word) > 1 and is_syllable(word) for word in WORD.findall(line)) > 1


@dataclass(slots=True)
class Context:
    """One line being read, up to ``history``: the written tokens so far, marks included.

    ``shouting`` says that the whole line is in capitals, and no mere row of abbreviations.
    """

    line: str
    region: Region
    history: list[str] = field(default_factory=list)
    shouting: bool = field(init=False)

    def __post_init__(self) -> None:
        self.shouting = self.line.isupper() and _has_words(self.line)

    def last(self) -> str:
        """Return the token just read, in lower case; empty at the start of the line."""
        return self.history[-1].lower() if self.history else ""

    def after(self, words: Collection[str]) -> bool:
        """Say whether the token just read is one of ``words`` (lower case)."""
        return bool(self.history) and self.history[-1].lower() in words

    def near(self, words: Collection[str], reach: int = 4) -> bool:
        """Say whether one of ``words`` stands among the last ``reach`` tokens of the clause."""
        for word in reversed(self.history[-reach:]):
            if word in ".;?!…":
                return False
            if word.lower().lstrip("/ ") in words:
                return True
        return False

    def next_word(self, position: int) -> str:
        """Return the word that begins at ``position`` after spaces, in lower case, or nothing."""
        found = NEXT_WORD.match(self.line, position)
        return found.group(1).lower() if found else ""

    def in_capitals(self, end: int) -> bool:
        """Say whether a neighbour is a Vietnamese word in capitals: a heading, an emphasis."""
        before = self.history[-1] if self.history else ""
        found = NEXT_WORD.match(self.line, end)
        after = found.group(1) if found else ""
        return any(len(w) > 1 and w.isupper() and is_syllable(w) for w in (before, after))

    def number(self, written: str) -> str:
        """Read a number as written."""
        return read_written(written, self.region)

    def cardinal(self, n: int) -> str:
        """Read a cardinal."""
        return read_number(n, self.region)


Reading: TypeAlias = str | Doubtful | None
"""A rule's answer: what to say, a doubtful reading, or None if it does not apply."""

Reader: TypeAlias = Callable[[re.Match[str], Context], Reading]


@dataclass(frozen=True)
class Rule:
    """A named reading of what ``pattern`` matches at the place where reading stands.

    ``starts`` and ``then`` save trying in vain: the characters with which a match can begin
    (empty: any), and those of which one must follow its first run of digits, where any digit
    counts as 0 (None: nothing need follow). A space may stand between unless ``tight``.
    """

    name: str
    source: str
    read: Reader
    starts: str = ""
    then: str | None = None
    tight: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first asked for: most commands that load the rules read nothing."""
        return re.compile(self.source)


def rule(
    name: str,
    pattern: str,
    read: Reader,
    *,
    starts: str = "",
    then: str | None = None,
    tight: bool = False,
) -> Rule:
    """Build a rule from a pattern in text."""
    return Rule(name, pattern, read, starts, then, tight)
