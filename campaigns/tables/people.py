"""The people of a commune: those with rights, heads, and whoever teams and groups name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from campaigns.tables.cells import CommuneRow, PersonCell
from campaigns.tables.listed import ListedCommune
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
    for name in _named(hamlets, groups, teams):
        if name not in found and name in before:
            found[name] = before[name]
    return tuple(found[name] for name in sorted(found))


def _named(
    hamlets: Sequence[Hamlet], groups: Sequence[ChatGroup], teams: Sequence[Team]
) -> Iterator[str]:
    yield from (hamlet.head for hamlet in hamlets if hamlet.head)
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
