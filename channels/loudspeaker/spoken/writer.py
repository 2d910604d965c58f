"""Puts readings together: one space between words, one mark between clauses, none in front."""

from __future__ import annotations

from typing import Final

from .context import MARKS

#: The stronger of two marks in a row stays.
_STRENGTH: Final = {mark: rank for rank, mark in enumerate(",:;….!?")}


class Writer:
    """One line of spoken text in the making."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._item = False

    def add(self, spoken: str) -> None:
        """Add words, with a mark after them or not, a single mark, or nothing."""
        if not spoken:
            return
        mark = spoken[-1] if spoken[-1] in MARKS else ""
        words = spoken[:-1] if mark else spoken
        if words:
            if self._pieces:
                self._pieces.append(" ")
            self._pieces.append(words)
        if mark:
            self._mark(mark)

    def begin_item(self) -> None:
        """Say that the line is an item of a list: it will end as a sentence of its own."""
        self._item = True

    def _mark(self, mark: str) -> None:
        if not self._pieces:
            return
        last = self._pieces[-1]
        if last not in MARKS:
            self._pieces.append(mark)
        elif _STRENGTH[mark] > _STRENGTH[last]:
            self._pieces[-1] = mark

    def line(self) -> str:
        """Return the line; a comma at its end is dropped, for the end itself is a pause."""
        if self._pieces and self._pieces[-1] == ",":
            self._pieces.pop()
        if self._item and self._pieces and self._pieces[-1] not in MARKS:
            self._pieces.append(".")
        return "".join(self._pieces)
