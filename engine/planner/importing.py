"""Taking a province's tables into the ledger: one registry revision for each commune.

Nothing is written before every cell of every row is in order. Then each commune is one
transaction, so that nothing urgent waits; one that was cut short is done again in whole.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from campaigns.tables.listed import Listed, ListedCommune
from campaigns.tables.registry import registry_of
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.ledger.areas import Areas
from engine.ledger.codec import dump_registry
from engine.ledger.database import Database
from engine.ledger.registries import COMMUNE_FILE, Registries, newest_registries
from engine.ledger.seal import Seal
from engine.models import Hamlet, Province, Registry


@dataclass(frozen=True, slots=True)
class Change:
    """What an import changes in one commune.

    ``revision`` is the registry's number afterwards; 0 when nothing was written.
    ``own_file``: the commune keeps its registry in its own commune.yaml; nothing changes.
    ``shared``: something that the hamlets share changed: hours, portal, people, groups.
    """

    commune_id: str
    name: str
    revision: int = 0
    new: bool = False
    own_file: bool = False
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    shared: bool = False

    @property
    def anything(self) -> bool:
        return bool(self.new or self.added or self.changed or self.removed or self.shared)


class Importer:
    """Compares tables with the registries in the ledger, and writes what differs."""

    def __init__(self, database: Database, seal: Seal, province: Province) -> None:
        self._database = database
        self._seal = seal
        self._province = province
        self._newest = newest_registries(database)

    def changes(self, listed: Listed) -> list[Change]:
        """Return what would change, writing nothing. Raises InputError for every commune at once.

        An area of another province, or an id that is the province's own, is a fault too.
        """
        problems = list(self._strangers(listed))
        found: list[Change] = []
        for commune in listed.communes.values():
            try:
                found.append(self._compared(commune)[0])
            except InputError as error:
                problems.extend(error.problems)
        if problems:
            raise InputError(problems)
        return found

    def write(
        self,
        listed: Listed,
        changes: Iterable[Change],
        at: datetime,
        origin: str,
        done: Callable[[Change], None],
    ) -> list[Change]:
        """Write what ``changes`` found; ``done`` hears of each commune. Returns the changes."""
        found: list[Change] = []
        for change in changes:
            if change.anything:
                compared, registry = self._compared(listed.communes[change.commune_id])
                change = self._saved(compared, registry, at, origin) if registry else compared
            found.append(change)
            done(change)
        Areas(self._database, self._province.id).claim([change.commune_id for change in found])
        return found

    def _saved(self, change: Change, registry: Registry, at: datetime, origin: str) -> Change:
        body = dump_registry(registry)
        number = self._registries(change.commune_id).save(
            registry, hashlib.sha256(body.encode()).hexdigest(), at, origin=origin
        )
        return dataclasses.replace(change, revision=number)

    def _compared(self, commune: ListedCommune) -> tuple[Change, Registry | None]:
        """Return the change and the registry to write; None when there is nothing to write."""
        newest = self._newest.get(commune.id)
        if newest is not None and newest.origin == COMMUNE_FILE:
            return Change(commune.id, commune.name, newest.revision, own_file=True), None
        earlier = self._registries(commune.id).load(newest.revision) if newest else None
        registry = registry_of(commune, earlier, self._province)
        change = _difference(registry, earlier)
        if newest is not None and not change.anything:
            return dataclasses.replace(change, revision=newest.revision), None
        return change, registry

    def _strangers(self, listed: Listed) -> Iterator[Problem]:
        elsewhere = Areas(self._database, self._province.id).of_others(listed.communes)
        for commune in listed.communes.values():
            at = commune.at
            if commune.id in elsewhere:
                message = _("{commune} belongs to the province {province}")
                message = message.format(commune=commune.id, province=elsewhere[commune.id])
                yield Problem(at.file, at.line, at.column, at.field, message)
            if commune.id == self._province.id:
                message = _('the id "{name}" is the province\'s own').format(name=commune.id)
                yield Problem(at.file, at.line, at.column, at.field, message)

    def _registries(self, commune_id: str) -> Registries:
        return Registries(self._database, commune_id, self._seal)


def _difference(registry: Registry, earlier: Registry | None) -> Change:
    commune = registry.commune
    before: dict[str, Hamlet] = dict(earlier.hamlets_by_id) if earlier else {}
    now = registry.hamlets_by_id
    heads = earlier.people_by_id if earlier else {}
    changed = tuple(
        name
        for name, hamlet in now.items()
        if name in before
        and (
            hamlet != before[name]
            or (hamlet.head and registry.people_by_id.get(hamlet.head) != heads.get(hamlet.head))
        )
    )
    added = tuple(name for name in now if name not in before)
    removed = tuple(name for name in before if name not in now)
    return Change(
        commune_id=commune.id,
        name=commune.name,
        new=earlier is None,
        added=added,
        changed=changed,
        removed=removed,
        shared=earlier is not None and _shared(registry) != _shared(earlier),
    )


def _shared(registry: Registry) -> tuple[object, ...]:
    """Return what is no single hamlet's: settings, people with rights, places, teams."""
    serving = {member for team in registry.teams for member in team.members}
    entitled = {one.id: one for one in registry.people if one.rights or one.id in serving}
    return (
        registry.commune,
        registry.print_point,
        registry.portal,
        registry.station,
        registry.chat_hours,
        registry.clusters,
        registry.chat_groups,
        registry.teams,
        registry.pronounce,
        registry.escalation,
        entitled,
    )
