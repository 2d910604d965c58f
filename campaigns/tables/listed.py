"""From tables to the communes and hamlets that they list, or to every fault in them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from campaigns.characters import forbidden_character
from campaigns.faults import in_words
from campaigns.registry_checks import unknown_player
from campaigns.tables.cells import (
    HAMLET_ROW,
    CommuneRow,
    Fault,
    HamletRow,
    MisplacedError,
    doubts_about,
)
from campaigns.tables.columns import HAMLETS
from campaigns.tables.headings import Headings, faults, find
from campaigns.tables.sheets import Row, Sheet, is_mistake, opened
from campaigns.tables.team_cells import TeamRow
from engine.errors import InputError, Problem
from engine.i18n import gettext as _

#: Says where in the tables a fault of a row stands.
Placed = Callable[[Fault], Problem]


@dataclass(frozen=True, slots=True)
class ListedTeam:
    """A team as a table has it; ``placed`` says where in its row a fault stands."""

    row: TeamRow
    placed: Placed


@dataclass(slots=True)
class ListedCommune:
    """A commune as the tables have it. ``given`` are the hamlets' columns that are there.

    ``at`` is the place of its first row, ``settings_at`` that of its row in a list of communes.
    ``teams`` are its rows in a list of teams, with the columns that ``teams_given`` names.
    ``deputies_at`` says by hamlet where a fault of its deputies stands.
    """

    id: str
    name: str
    at: Problem
    given: frozenset[str] = frozenset()
    hamlets: list[HamletRow] = field(default_factory=list)
    settings: CommuneRow | None = None
    settings_at: Problem | None = None
    settings_row: Placed | None = None
    teams: list[ListedTeam] = field(default_factory=list)
    teams_given: frozenset[str] = frozenset()
    deputies_at: dict[str, Placed] = field(default_factory=dict)


@dataclass(slots=True)
class Listed:
    """What tables list. ``unread`` names the sheets without headings, which nobody read."""

    communes: dict[str, ListedCommune] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    @property
    def hamlets(self) -> int:
        return sum(len(commune.hamlets) for commune in self.communes.values())


def read_tables(paths: Iterable[Path], players: Collection[str] | None = None) -> Listed:
    """Read tables of hamlets and of communes. Raises InputError with every fault of every cell.

    ``players`` are the names of what can play; None when nobody knows them here.
    """
    reader = _Reader(players)
    for path in paths:
        reader.read(path)
    return reader.done()


class _Reader:
    """Gathers rows and faults; places of rows tell where an id stood before."""

    def __init__(self, players: Collection[str] | None) -> None:
        self._players = players
        self._playing: dict[tuple[str, str], tuple[str, int]] = {}
        self._listed = Listed()
        self._problems: list[Problem] = []
        self._rows: dict[tuple[str, str], int] = {}
        self._settings: dict[str, tuple[CommuneRow, Problem, Placed]] = {}
        self._teams: dict[tuple[str, str], tuple[ListedTeam, int, frozenset[str]]] = {}

    def read(self, path: Path) -> None:
        try:
            with opened(path) as sheets:
                self._sheets(path, sheets)
        except InputError as error:
            self._problems.extend(error.problems)

    def done(self) -> Listed:
        """Return what was read. Raises InputError."""
        for commune_id, (row, place, placed) in self._settings.items():
            commune = self._listed.communes.get(commune_id)
            if commune is None:
                commune = ListedCommune(commune_id, row.commune_name or "", place)
                self._listed.communes[commune_id] = commune
            elif row.commune_name and row.commune_name != commune.name:
                message = _('{commune} is called "{other}" in the list of hamlets')
                message = message.format(commune=commune_id, other=commune.name)
                self._problems.append(_replaced(place, message))
            commune.settings, commune.settings_at, commune.settings_row = row, place, placed
        for team, _number, given in self._teams.values():
            name = team.row.commune_id
            at = team.placed(Fault("commune_id", ""))
            commune = self._listed.communes.setdefault(name, ListedCommune(name, "", at))
            commune.teams_given = commune.teams_given & given if commune.teams else given
            commune.teams.append(team)
        if self._problems:
            raise InputError(self._problems)
        return self._listed

    def _sheets(self, path: Path, sheets: Iterator[Sheet]) -> None:
        unread = []
        found = False
        for sheet in sheets:
            headings = find(sheet.name, sheet.rows)
            if headings is None:
                unread.append(sheet.name)
                continue
            found = True
            problems = list(faults(headings))
            self._problems.extend(problems)
            if any(problem.column == 0 for problem in problems):
                continue  # a needed column is missing: every row would only say so again
            for row in sheet.rows:
                if any(row.cells):
                    self._row(headings, row)
        self._listed.unread.extend(unread)
        if not found:
            needed = ", ".join(column.headings[0] for column in HAMLETS if column.required)
            message = _("no row of headings was found; needed are: {needed}")
            self._problems.append(Problem(str(path), 1, 1, "", message.format(needed=needed)))

    def _row(self, headings: Headings, row: Row) -> None:
        cells, problems = _cells(headings, row)
        read: HamletRow | CommuneRow | TeamRow
        try:
            if headings.of_hamlets:
                read = HAMLET_ROW.validate_python(cells)
            elif headings.of_teams:
                read = TeamRow.model_validate(cells)
            else:
                read = CommuneRow.model_validate(cells)
        except ValidationError as error:
            faulty = {problem.column for problem in problems}
            for fault in _faults(error):
                problem = _placed(headings, row, fault)
                if problem.column not in faulty:
                    problems.append(problem)
        else:
            if isinstance(read, HamletRow):
                doubts = (*doubts_about(read), *self._doubts_about_players(read, row.number))
                problems.extend(_placed(headings, row, fault) for fault in doubts)
                if not problems:
                    self._hamlet(headings, row, read)
            elif isinstance(read, TeamRow) and not problems:
                self._team(headings, row, read)
            elif isinstance(read, CommuneRow) and not problems:
                self._commune(headings, row, read)
        self._problems.extend(problems)

    def _doubts_about_players(self, read: HamletRow, number: int) -> Iterator[Fault]:
        """Yield players that are not there, and clusters for which two rows name two players."""
        named = dict.fromkeys(cell.player for cell in read.players)
        for name in named:
            if self._players is not None and name not in self._players:
                yield Fault("players", unknown_player(name, self._players))
        for cluster in dict.fromkeys(cell.id for cell in read.loudspeakers):
            player = read.player_of(cluster)
            if player is None:
                continue
            key = (read.commune_id, cluster)
            before, where = self._playing.setdefault(key, (player, number))
            if before != player:
                message = _("{cluster} is played by {other} in row {row}; write one player")
                message = message.format(cluster=cluster, other=before, row=where)
                yield Fault("players", message)

    def _hamlet(self, headings: Headings, row: Row, read: HamletRow) -> None:
        key = (read.commune_id, read.hamlet_id)
        if key in self._rows:
            message = _('the id "{name}" is already used in {commune}, row {row}')
            message = message.format(name=key[1], commune=key[0], row=self._rows[key])
            self._problems.append(_placed(headings, row, Fault("hamlet_id", message)))
            return
        self._rows[key] = row.number
        given = frozenset(headings.columns)
        commune = self._listed.communes.get(read.commune_id)
        if commune is None:
            at = _placed(headings, row, Fault("hamlet_id", ""))
            commune = ListedCommune(read.commune_id, read.commune_name, at, given)
            self._listed.communes[read.commune_id] = commune
        if read.commune_name != commune.name:
            message = _('{commune} is called "{other}" in row {row}; write one name')
            message = message.format(commune=commune.id, other=commune.name, row=commune.at.line)
            self._problems.append(_placed(headings, row, Fault("commune_name", message)))
        commune.given &= given
        commune.hamlets.append(read)
        if read.deputies:
            commune.deputies_at[read.hamlet_id] = partial(_placed, headings, row)

    def _commune(self, headings: Headings, row: Row, read: CommuneRow) -> None:
        at = _placed(headings, row, Fault("commune_id", ""))
        placed = partial(_placed, headings, row)
        _kept, before, _how = self._settings.setdefault(read.commune_id, (read, at, placed))
        if before is not at:
            message = _('the commune "{name}" stands in row {row} already')
            message = message.format(name=read.commune_id, row=before.line)
            self._problems.append(_replaced(at, message))

    def _team(self, headings: Headings, row: Row, read: TeamRow) -> None:
        placed, key = partial(_placed, headings, row), (read.commune_id, read.team_id)
        team = ListedTeam(read, placed)
        kept, before, _given = self._teams.setdefault(
            key, (team, row.number, frozenset(headings.columns))
        )
        if kept is not team:
            message = _('the id "{name}" is already used in {commune}, row {row}')
            message = message.format(name=key[1], commune=key[0], row=before)
            self._problems.append(placed(Fault("team_id", message)))


def _cells(headings: Headings, row: Row) -> tuple[dict[str, str], list[Problem]]:
    """Return the row's filled cells by column, and the faults of cells that no column reads."""
    problems = []
    keys = {index: key for key, index in headings.columns.items()}
    cells: dict[str, str] = {}
    for index, cell in enumerate(row.cells):
        if not cell:
            continue
        found = forbidden_character(cell.replace("\n", " "))
        if found:
            message = _("the invisible character {name} is not allowed; delete it")
            problems.append(headings.problem(row.number, index, message.format(name=found[1])))
        elif index >= len(headings.row.cells) or not headings.row.cells[index]:
            message = _('found "{found}" in a column without a heading')
            problems.append(headings.problem(row.number, index, message.format(found=cell[:40])))
        elif index in keys and is_mistake(cell):
            message = _("found {found}: the spreadsheet's formula went wrong here")
            problems.append(headings.problem(row.number, index, message.format(found=cell)))
        elif index in keys:
            cells[keys[index]] = cell
    return cells, problems


def _faults(error: ValidationError) -> Iterator[Fault]:
    for found in error.errors(include_url=False):
        cause = (found.get("ctx") or {}).get("error")
        if isinstance(cause, MisplacedError):
            yield Fault(cause.key, str(cause))
        elif found["type"] == "missing":
            yield Fault(str(found["loc"][0]), _("the cell is empty; it must be filled in"))
        else:
            yield Fault(str(found["loc"][0]), _in_cell(dict(found)))


def _in_cell(fault: Mapping[str, Any]) -> str:
    """Say what is wrong in a cell; a telephone number most often lost its zero on the way."""
    words = in_words(fault, CommuneRow)
    number = str(fault["input"])
    if str(fault["loc"][0]).endswith("phone") and number[:1] in "23456789" and len(number) == 9:
        words += _("; the spreadsheet dropped the first 0: format the column as text")
    return words


def _placed(headings: Headings, row: Row, fault: Fault) -> Problem:
    index = headings.columns.get(fault.key, headings.columns["commune_id"])
    return headings.problem(row.number, index, fault.message)


def _replaced(place: Problem, message: str) -> Problem:
    return Problem(place.file, place.line, place.column, place.field, message)
