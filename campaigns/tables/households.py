"""Private lists: households that teams are to visit, from CSV or XLSX.

What stands in the cells is personal: faults name row and column, never what was found there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.characters import forbidden_character
from campaigns.tables.columns import Column, folded
from campaigns.tables.headings import Headings, faults, find
from campaigns.tables.sheets import Row, is_mistake, opened
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.models import Registry

#: One row for each household.
HOUSEHOLDS: tuple[Column, ...] = (
    Column("hamlet", ("Ấp", "Hamlet", "Mã ấp", "Tên ấp", "Thôn"), "ap-1", required=True),
    Column("name", ("Họ tên", "Name", "Chủ hộ", "Họ và tên", "Hộ"), "Nguyễn Giả", required=True),
    Column("address", ("Địa chỉ", "Address", "Nơi ở")),
    Column("phone", ("Điện thoại", "Phone", "Số điện thoại", "SĐT")),
    Column("why", ("Vì sao đến", "Why", "Lý do", "Hoàn cảnh")),
    Column("team", ("Tổ", "Team", "Mã tổ")),
)

#: Households of one list.
MOST = 20_000

_LONGEST = {"name": 100, "address": 200, "why": 200}
_PHONE = re.compile(r"(?:\+84|0|1)[0-9 .-]{2,17}")


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    """One row, in its place; ``team`` is "" where the table does not say."""

    place: Problem = field(repr=False)
    hamlet_id: str
    team_id: str
    name: str = field(repr=False)
    address: str = field(repr=False)
    phone: str = field(repr=False)
    why: str = field(repr=False)

    def problem(self, message: str) -> Problem:
        """Return a fault of this row."""
        at = self.place
        return Problem(at.file, at.line, at.column, at.field, message)


def read_households(path: Path, registry: Registry) -> list[HouseholdRow]:
    """Read a private list. Raises InputError with every fault of every row."""
    problems: list[Problem] = []
    rows: list[HouseholdRow] = []
    reader = _Reader(registry)
    with opened(path) as sheets:
        for sheet in sheets:
            headings = find(sheet.name, sheet.rows, (HOUSEHOLDS,))
            if headings is None:
                continue
            wrong = list(faults(headings))
            problems += wrong
            if any(problem.column == 0 for problem in wrong):
                continue
            for row in sheet.rows:
                if any(row.cells):
                    rows += reader.read(headings, row, problems)
    if len(rows) > MOST:
        message = _("{found} households; at most {most} are allowed")
        problems.append(Problem(str(path), 0, 0, "", message.format(found=len(rows), most=MOST)))
    if not rows and not problems:
        needed = ", ".join(column.headings[0] for column in HOUSEHOLDS if column.required)
        message = _("no household was found below a row of headings; needed are: {needed}")
        problems.append(Problem(str(path), 1, 1, "", message.format(needed=needed)))
    if problems:
        raise InputError(problems)
    return rows


class _Reader:
    """Reads rows; knows what stood before."""

    def __init__(self, registry: Registry) -> None:
        self._hamlets = {folded(one.name): one.id for one in registry.hamlets}
        self._hamlets |= {one.id: one.id for one in registry.hamlets}
        self._teams = {folded(one.name): one.id for one in registry.teams}
        self._teams |= {one.id: one.id for one in registry.teams}
        self._seen: dict[tuple[str, str, str], int] = {}

    def read(self, headings: Headings, row: Row, problems: list[Problem]) -> Iterator[HouseholdRow]:
        cells = {
            key: " ".join(row.cells[index].split()) if index < len(row.cells) else ""
            for key, index in headings.columns.items()
        }
        hamlet = self._named(cells["hamlet"], self._hamlets)
        team = self._named(cells.get("team", ""), self._teams)
        found = list(self._faults(cells, hamlet, team))
        key = (hamlet, cells["name"].casefold(), cells.get("address", "").casefold())
        before = self._seen.setdefault(key, row.number)
        if before != row.number and not found:
            message = _("this household stands in row {row} already").format(row=before)
            found.append(("name", message))
        for column, message in found:
            index = headings.columns.get(column, headings.columns["name"])
            problems.append(headings.problem(row.number, index, message))
        if not found:
            yield HouseholdRow(
                headings.problem(row.number, headings.columns["hamlet"], ""),
                hamlet,
                team,
                *(cells.get(key, "") for key in ("name", "address", "phone", "why")),
            )

    def _faults(
        self, cells: Mapping[str, str], hamlet: str, team: str
    ) -> Iterator[tuple[str, str]]:
        if not hamlet:
            known = ", ".join(dict.fromkeys(self._hamlets.values()))
            yield "hamlet", _("no such hamlet (there are: {known})").format(known=known)
        if cells.get("team") and not team:
            known = ", ".join(dict.fromkeys(self._teams.values())) or "–"
            yield "team", _("no such team (there are: {known})").format(known=known)
        if not cells["name"]:
            yield "name", _("the cell is empty; it must be filled in")
        for key, most in _LONGEST.items():
            if len(cells.get(key, "")) > most:
                message = _("found {count} characters; at most {most} are allowed")
                yield key, message.format(count=len(cells[key]), most=most)
        if cells.get("phone") and not _PHONE.fullmatch(cells["phone"]):
            yield "phone", _("no phone number: digits, spaces, dots, from 0, 1 or +84")
        for key, cell in cells.items():
            if is_mistake(cell):
                message = _("found {found}: the spreadsheet's formula went wrong here")
                yield key, message.format(found=cell)
            hidden = forbidden_character(cell)
            if hidden:
                message = _("the invisible character {name} is not allowed; delete it")
                yield key, message.format(name=hidden[1])

    def _named(self, cell: str, known: Mapping[str, str]) -> str:
        return known.get(cell) or known.get(folded(cell), "")
