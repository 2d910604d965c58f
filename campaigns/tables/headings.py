"""Finding the row of headings in a table, and what its columns are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from campaigns.faults import suggestion, unknown
from campaigns.tables.columns import (
    COMMUNES,
    HAMLETS,
    IGNORED,
    TEAMS,
    Column,
    by_heading,
    folded,
    letter,
)
from campaigns.tables.sheets import Row
from engine.errors import Problem
from engine.i18n import gettext as _

#: How far down the headings may stand: below a title, a date, an office's name.
DEEPEST = 20
#: Fewer known headings than these are a row of something else.
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Headings:
    """A table's headings. ``columns`` holds each column's place, from 0, by its key."""

    sheet: str
    row: Row
    kind: tuple[Column, ...]
    columns: dict[str, int]

    @property
    def of_hamlets(self) -> bool:
        return self.kind is HAMLETS

    @property
    def of_teams(self) -> bool:
        return self.kind is TEAMS

    def problem(self, number: int, index: int, message: str) -> Problem:
        """Return a fault of the cell in row ``number`` at place ``index``."""
        heading = self.row.cells[index] if index < len(self.row.cells) else ""
        name = _('column {letter} "{heading}"') if heading else _("column {letter}")
        field = name.format(letter=letter(index + 1), heading=heading)
        return Problem(self.sheet, number, index + 1, field, message)


#: The tables of a province's registries.
REGISTRY = (HAMLETS, COMMUNES, TEAMS)


def find(
    sheet: str, rows: Iterator[Row], kinds: Sequence[tuple[Column, ...]] = REGISTRY
) -> Headings | None:
    """Return the headings, with ``rows`` left at the first row below them; None without any.

    ``kinds`` are the tables that it may be.
    """
    for row in rows:
        best = max((_matched(sheet, row, kind) for kind in kinds), key=_score)
        if len(best.columns) >= FEWEST:
            return best
        if row.number >= DEEPEST:
            return None
    return None


def _matched(sheet: str, row: Row, kind: tuple[Column, ...]) -> Headings:
    known = by_heading(kind)
    columns: dict[str, int] = {}
    for index, cell in enumerate(row.cells):
        column = known.get(folded(cell))
        if column is not None:
            columns.setdefault(column.key, index)
    return Headings(sheet, row, kind, columns)


def _score(headings: Headings) -> int:
    return len(headings.columns)


def faults(headings: Headings) -> Iterator[Problem]:
    """Yield headings that are unknown or stand twice, and columns that are missing."""
    known = by_heading(headings.kind)
    names = {column.headings[0] for column in headings.kind}
    seen: dict[str, int] = {}
    for index, cell in enumerate(headings.row.cells):
        column = known.get(folded(cell))
        number = headings.row.number
        if column is None:
            if cell and folded(cell) not in IGNORED:
                yield headings.problem(number, index, unknown(_("column"), cell, names))
            continue
        first = seen.setdefault(column.key, index)
        if first != index:
            message = _("the same column stands at {letter} already; keep one of them")
            yield headings.problem(number, index, message.format(letter=letter(first + 1)))
    yield from _missing(headings)


def _missing(headings: Headings) -> Iterator[Problem]:
    for column in headings.kind:
        if column.required and column.key not in headings.columns:
            heading = column.headings[0]
            message = _('the column "{heading}" is missing{hint}').format(
                heading=heading, hint=_nearest(heading, headings.row.cells)
            )
            yield Problem(headings.sheet, headings.row.number, 0, "", message)


def _nearest(heading: str, cells: Sequence[str]) -> str:
    return suggestion(heading, [cell for cell in cells if cell])
