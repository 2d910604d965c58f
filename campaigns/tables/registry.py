"""A commune's registry from its rows, from what it was before, and from the province's defaults.

A column that is not there leaves what was; an empty cell of a hamlet empties it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from campaigns.tables.cells import CommuneRow, HamletRow
from campaigns.tables.listed import ListedCommune
from campaigns.tables.people import deputies_of, people_of
from campaigns.tables.settings import shared_of
from campaigns.tables.teams import escalation_faults, teams_of
from engine.errors import InputError, Problem
from engine.models import ChatGroup, Cluster, GroupKind, Hamlet, Province, Registry, Signature
from engine.models.registry import USUAL_PLAYER

FoundT = TypeVar("FoundT")


def registry_of(commune: ListedCommune, earlier: Registry | None, province: Province) -> Registry:
    """Return the commune's new registry. Raises InputError for all that nothing says."""
    problems: list[Problem] = []
    merged = _Merged(commune, earlier, province)
    hamlets = merged.hamlets()
    every = tuple(hamlet.id for hamlet in hamlets)
    kept = set(every)
    groups = merged.groups(every)
    shared = _tried(problems, lambda: shared_of(commune, earlier, province))
    teams = _tried(problems, lambda: teams_of(commune, earlier, every)) or ()
    people = _tried(problems, lambda: people_of(commune, earlier, hamlets, groups, teams))
    problems += escalation_faults(commune, groups, teams)
    if problems or shared is None or people is None:
        raise InputError(problems)
    return Registry(
        commune=shared.commune,
        hamlets=hamlets,
        people=people,
        clusters=merged.clusters(kept),
        chat_groups=groups,
        teams=teams,
        print_point=shared.print_point,
        portal=shared.portal,
        station=shared.station,
        chat_hours=shared.chat_hours,
        pronounce=shared.pronounce,
        signature=earlier.signature if earlier else Signature(),
        escalation=shared.escalation,
    )


def _tried(problems: list[Problem], make: Callable[[], FoundT]) -> FoundT | None:
    """Return what ``make`` does; where it cannot, add its faults to those found already."""
    try:
        return make()
    except InputError as error:
        problems.extend(error.problems)
        return None


@dataclass(frozen=True)
class _Merged:
    commune: ListedCommune
    earlier: Registry | None
    province: Province

    def hamlets(self) -> tuple[Hamlet, ...]:
        """Return the listed hamlets; those of before when only the commune itself is listed."""
        if not self.commune.hamlets and self.earlier is not None:
            return self.earlier.hamlets
        return tuple(self._hamlet(row) for row in self.commune.hamlets)

    def clusters(self, kept: set[str]) -> tuple[Cluster, ...]:
        before = self.earlier.clusters if self.earlier else ()
        if "loudspeakers" not in self.commune.given:
            return tuple(
                dataclasses.replace(one, hamlets=left, player=self._player(one.id, one.player))
                for one in before
                if (left := _left(one.hamlets, kept))
            )
        known = {one.id: one for one in before}
        heard: dict[str, list[str]] = {}
        places: dict[str, str] = {}
        for row in self.commune.hamlets:
            for cell in row.loudspeakers:
                heard.setdefault(cell.id, []).append(row.hamlet_id)
                if cell.place:
                    places[cell.id] = cell.place
        return tuple(
            Cluster(
                name,
                tuple(dict.fromkeys(hamlets)),
                places.get(name) or (known[name].place if name in known else ""),
                known[name].volume_group if name in known else "",
                self._player(name, known[name].player if name in known else USUAL_PLAYER),
            )
            for name, hamlets in heard.items()
        )

    def _player(self, cluster: str, before: str) -> str:
        """Return what plays in a cluster: as the rows of its hamlets say, else as ``before``."""
        if "players" not in self.commune.given:
            return before
        said = (row.player_of(cluster) for row in self.commune.hamlets if self._hears(row, cluster))
        return next((player for player in said if player is not None), USUAL_PLAYER)

    def _hears(self, row: HamletRow, cluster: str) -> bool:
        if "loudspeakers" in self.commune.given:
            return any(cell.id == cluster for cell in row.loudspeakers)
        before = self.earlier.clusters if self.earlier else ()
        return any(one.id == cluster and row.hamlet_id in one.hamlets for one in before)

    def groups(self, every: tuple[str, ...]) -> tuple[ChatGroup, ...]:
        kept = set(every)
        before = self.earlier.chat_groups if self.earlier else ()
        heads = [group for group in before if group.kind is GroupKind.HEADS]
        of_hamlets: Iterable[ChatGroup] = (
            group for group in before if group.kind is GroupKind.HAMLET
        )
        if self.commune.settings and self.commune.settings.heads_group:
            name = heads[0].id if heads else "truong-ap"
            heads = [_heads_group(name, self.commune.settings)]
        if "chat_group" in self.commune.given:
            of_hamlets = (_hamlet_group(row) for row in self.commune.hamlets if row.chat_group)
        return (
            *(self._with_heads(group, every) for group in heads),
            *(
                dataclasses.replace(group, hamlets=left)
                for group in of_hamlets
                if (left := _left(group.hamlets, kept))
            ),
        )

    def _with_heads(self, group: ChatGroup, every: tuple[str, ...]) -> ChatGroup:
        """A group that held every head, or is new, holds every head of today."""
        before = {one.id for one in self.earlier.hamlets} if self.earlier else set()
        all_of_them = not group.hamlets or before <= set(group.hamlets)
        hamlets = every if all_of_them else _left(group.hamlets, set(every))
        return dataclasses.replace(group, hamlets=hamlets)

    def _hamlet(self, row: HamletRow) -> Hamlet:
        given = self.commune.given
        before = self.earlier.hamlets_by_id.get(row.hamlet_id) if self.earlier else None
        known = before or Hamlet(row.hamlet_id, row.hamlet_name, row.households)
        head = f"{row.hamlet_id}-head" if row.head_name else None
        poor, near = row.poor_households, row.near_poor_households
        return Hamlet(
            id=row.hamlet_id,
            name=row.hamlet_name,
            households=row.households,
            poor_households=poor if "poor_households" in given else known.poor_households,
            near_poor_households=near
            if "near_poor_households" in given
            else known.near_poor_households,
            head=head if "head_name" in given else known.head,
            tags=frozenset(row.tags) if "tags" in given else known.tags,
            flyer_copies=self._copies(row, before),
            point=row.point if "point" in given else known.point,
            elderly_households=self._of(row, "elderly_households", known),
            no_smartphone_households=self._of(row, "no_smartphone_households", known),
            deputies=deputies_of(row) if "deputies" in given else known.deputies,
        )

    def _of(self, row: HamletRow, key: str, known: Hamlet) -> int:
        """Return a number that a table may leave out: what is known stays."""
        found: int = getattr(row if key in self.commune.given else known, key)
        return found

    def _copies(self, row: HamletRow, before: Hamlet | None) -> int:
        if row.flyer_copies is not None:
            return row.flyer_copies
        kept = "flyer_copies" not in self.commune.given and before is not None
        if kept and before is not None and before.households == row.households:
            return before.flyer_copies
        rule = self.province.communes
        if rule.copies is not None:
            return rule.copies
        return math.ceil(row.households * rule.copies_per_household)


def _left(hamlets: Sequence[str], kept: set[str]) -> tuple[str, ...]:
    return tuple(hamlet for hamlet in hamlets if hamlet in kept)


def _heads_group(name: str, row: CommuneRow) -> ChatGroup:
    platform = row.heads_platform or "zalo"
    return ChatGroup(
        id=name,
        name=row.heads_group or "",
        platform=platform,
        backend=_backend(platform),
        kind=GroupKind.HEADS,
        hamlets=(),
        address=row.heads_address or "",
    )


def _hamlet_group(row: HamletRow) -> ChatGroup:
    platform = row.chat_platform or "zalo"
    return ChatGroup(
        id=f"nhom-{row.hamlet_id}",
        name=row.chat_group or "",
        platform=platform,
        backend=_backend(platform),
        kind=GroupKind.HAMLET,
        hamlets=(row.hamlet_id,),
        run_by=f"{row.hamlet_id}-head" if row.head_name else None,
        agreed_on=row.chat_agreed_on,
        address=row.chat_address or "",
    )


def _backend(platform: str) -> str:
    return "telegram" if platform == "telegram" else "kit"
