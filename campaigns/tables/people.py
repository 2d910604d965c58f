"""The people of a commune: those with rights, heads, and whoever teams and groups name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from campaigns.faults import unknown
from campaigns.tables.cells import CommuneRow, Fault, HamletRow, PersonCell
from campaigns.tables.listed import ListedCommune, Placed
from campaigns.tables.team_cells import MemberCell
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.models import ChatGroup, Hamlet, Person, Registry, Right, Team


def people_of(
    commune: ListedCommune,
    earlier: Registry | None,
    hamlets: Sequence[Hamlet],
    groups: Sequence[ChatGroup],
    teams: Sequence[Team],
) -> tuple[Person, ...]:
    """Return the people of the new registry. Raises InputError for an id that names nobody.

    A row that names anybody with a right names all of them; else rights stay as they were.
    """
    before = earlier.people_by_id if earlier else {}
    found: dict[str, Person] = {}
    row = commune.settings
    if row and (row.submitters or row.approvers or row.confirmers):
        found.update(_entitled(commune, row, before))
    else:
        found.update({key: person for key, person in before.items() if person.rights})
    if "head_name" in commune.given:
        for listed in commune.hamlets:
            if listed.head_name:
                name = f"{listed.hamlet_id}-head"
                role = f"Trưởng {listed.hamlet_name}"
                found[name] = Person(name, listed.head_name, listed.head_phone or "", role)
    problems = []
    for cell in _served_by(commune):
        if not cell.who.refers:
            if cell.id in found:
                problems.append(
                    cell.fault(_('the id "{name}" is already used').format(name=cell.id))
                )
            found[cell.id] = Person(cell.id, cell.who.name, cell.who.phone or "", cell.role)
    for name in _named(hamlets, groups, teams):
        if name not in found and name in before:
            found[name] = before[name]
    problems += [
        cell.fault(unknown(_("person"), cell.id, found))
        for cell in _served_by(commune)
        if cell.id not in found
    ]
    if problems:
        raise InputError(problems)
    return tuple(found[name] for name in sorted(found))


def deputies_of(row: HamletRow) -> tuple[str, ...]:
    """Return the ids of a hamlet's deputies, each once."""
    return tuple(dict.fromkeys(_deputy_ids(row)))


def _deputy_ids(row: HamletRow) -> list[str]:
    place = f"{row.hamlet_id}-pho"
    return [one.id_in(place, number) for number, one in enumerate(row.deputies, 1)]


@dataclass(frozen=True, slots=True)
class _Serving:
    """Somebody in a cell of deputies or members: ``placed`` says where its faults stand."""

    who: MemberCell
    id: str
    role: str
    column: str
    placed: Placed

    def fault(self, message: str) -> Problem:
        return self.placed(Fault(self.column, message))


def _served_by(commune: ListedCommune) -> Iterator[_Serving]:
    """Yield deputies and members of teams as the tables name them."""
    for listed in commune.hamlets:
        for one, name in zip(listed.deputies, _deputy_ids(listed), strict=True):
            placed = commune.deputies_at[listed.hamlet_id]
            yield _Serving(one, name, f"Phó {listed.hamlet_name}", "deputies", placed)
    for team in commune.teams:
        for number, one in enumerate(team.row.members, 1):
            name = one.id_in(team.row.team_id, number)
            yield _Serving(one, name, team.row.team_name, "members", team.placed)


def _named(
    hamlets: Sequence[Hamlet], groups: Sequence[ChatGroup], teams: Sequence[Team]
) -> Iterator[str]:
    yield from (hamlet.head for hamlet in hamlets if hamlet.head)
    yield from (deputy for hamlet in hamlets for deputy in hamlet.deputies)
    yield from (group.run_by for group in groups if group.run_by)
    yield from (member for team in teams for member in team.members)


def _entitled(
    commune: ListedCommune, row: CommuneRow, before: dict[str, Person]
) -> dict[str, Person]:
    listed = {
        Right.SUBMIT: row.submitters,
        Right.APPROVE: row.approvers,
        Right.CONFIRM: row.confirmers,
    }
    cells: dict[str, PersonCell] = {}
    rights: dict[str, set[Right]] = {}
    for right, people in listed.items():
        for cell in people:
            rights.setdefault(cell.id, set()).add(right)
            if cell.name or cell.id not in cells:
                cells[cell.id] = cell
    unknown = [name for name, cell in cells.items() if not cell.name and name not in before]
    if unknown:
        at = commune.settings_at or commune.at
        message = _("{person} is named nowhere; write id: name: phone")
        raise InputError(
            [
                Problem(at.file, at.line, at.column, at.field, message.format(person=name))
                for name in unknown
            ]
        )
    return {
        name: Person(
            name,
            cell.name or before[name].name,
            cell.phone or (before[name].phone if name in before else ""),
            before[name].role if name in before else "",
            frozenset(rights[name]),
        )
        for name, cell in cells.items()
    }
