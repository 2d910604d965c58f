"""The one mark that a text may carry for the voice: ``[[0272.3000.111]]`` is said twice.

It is written in the campaign's text, where the words are; whoever prints them takes it off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MARKED = re.compile(r"\[\[([^\[\]\n]+)\]\]")


def unmarked(text: str) -> str:
    """Return ``text`` as people read it: marked words without their mark."""
    return MARKED.sub(r"\1", text) if "[[" in text else text


def marked(line: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each mark in ``line``, without marks, and the marked words."""
    for found in MARKED.finditer(line):
        yield unmarked(line[: found.start()]), found[1]


def loose_mark(text: str) -> int | None:
    """Return where a mark begins that does not end on its line; None if none does.

    Brackets that close nothing are taken for what they are: a text may hold any.
    """
    blanked = MARKED.sub(lambda found: " " * len(found[0]), text)
    position = blanked.find("[[")
    return position if position >= 0 else None
