"""From ``commune.yaml`` to a Registry, or to every fault in it at once."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from campaigns.escalation_schema import steps_of
from campaigns.registry_checks import faults_of, refers, warnings_of
from campaigns.registry_fields import EVERY
from campaigns.registry_schema import (
    FlyersSpec,
    HamletSpec,
    NamedSpec,
    RegistrySpec,
)
from campaigns.sound import read_sound
from campaigns.source import read_source
from campaigns.station_schema import StationSpec
from engine.errors import InputError, Problem
from engine.models import (
    ChatGroup,
    Cluster,
    Commune,
    Hamlet,
    Person,
    Portal,
    PrintPoint,
    Registry,
    StationRules,
    Team,
)

#: The largest registry file read: 10,000 hamlets with all that belongs to them take 3 MB.
MAX_REGISTRY_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class LoadedRegistry:
    """A checked registry with the bytes it was read from, and what a person should look at."""

    registry: Registry
    source: bytes
    sha256: str
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ExaminedRegistry:
    """All that is known of a registry file: every fault, and what of it can be used.

    ``loaded`` is None where there are faults; ``places`` where these touch the places that a
    campaign names.
    """

    problems: tuple[Problem, ...]
    loaded: LoadedRegistry | None = None
    places: Registry | None = None


def load_registry(path: Path, players: Collection[str] | None = None) -> LoadedRegistry:
    """Read a registry file. Raises InputError with every fault at once.

    ``players`` are the names of what can play; None when nobody knows them here.
    """
    examined = examine_registry(path, players)
    if examined.loaded is None:
        raise InputError(examined.problems)
    return examined.loaded


def examine_registry(path: Path, players: Collection[str] | None = None) -> ExaminedRegistry:
    """Find every fault of a registry file; ``players`` as for ``load_registry``."""
    try:
        source = read_source(path, MAX_REGISTRY_BYTES)
    except InputError as error:
        return ExaminedRegistry(error.problems)
    read = read_sound(source, RegistrySpec, _STAND_INS)
    problems = (*read.problems, *faults_of(read.spec, read.source, read.cuts, players))
    if any(re.split(r"[.\[]", problem.field)[0] in _PLACES for problem in problems):
        return ExaminedRegistry(problems)
    registry = _registry(read.spec)
    if problems:
        return ExaminedRegistry(problems, places=registry)
    warnings = warnings_of(registry, source)
    loaded = LoadedRegistry(registry, source.data, source.sha256, warnings)
    return ExaminedRegistry((), loaded, registry)


#: The parts of a registry that campaigns and the rules about them look at.
_PLACES = frozenset({"commune", "hamlets", "loudspeakers", "station", "chat", "teams"})

_STAND_INS: Mapping[str, Any] = {
    "commune": {"id": "x", "name": "x", "province": "x", "office": "x"},
    "hamlets": [{"id": "x", "name": "x", "households": 0}],
    "station": {"hours": ["05:00-06:00"], "sessions_per_day": 1, "minutes_per_session": 1},
    "flyers": {"print_point": "x"},
    "portal": {"name": "x", "url": "https://x.example"},
}


def _registry(spec: RegistrySpec) -> Registry:
    every = tuple(hamlet.id for hamlet in spec.hamlets)
    commune, portal, point = spec.commune, spec.portal, spec.flyers.print_point
    return Registry(
        commune=Commune(
            commune.id,
            commune.name,
            commune.province,
            commune.office,
            commune.phone or "",
            commune.address or "",
        ),
        hamlets=tuple(_hamlet(hamlet, spec.flyers) for hamlet in spec.hamlets),
        people=tuple(_people(spec)),
        clusters=tuple(
            Cluster(c.id, _all_of(c.hamlets, every), c.place or "", c.volume_group or "", c.player)
            for c in spec.loudspeakers
        ),
        chat_groups=_groups(spec, every),
        teams=tuple(
            Team(
                team.id,
                team.name,
                tuple(person_id(m, f"{team.id}-{n}") for n, m in enumerate(team.members, 1)),
                _all_of(team.hamlets, every),
                team.visits_per_day,
            )
            for team in spec.teams
        ),
        print_point=PrintPoint(point.id, point.name),
        portal=Portal(portal.id, portal.name, portal.url),
        station=station_rules(spec.station),
        chat_hours=spec.chat.hours,
        pronounce=dict(spec.pronounce),
        obligations=tuple(one.obligation() for one in spec.obligations),
        signature=spec.flyers.official.signature(),
        escalation=steps_of(spec.escalation),
    )


def station_rules(spec: StationSpec) -> StationRules:
    return StationRules(
        hours=tuple(sorted(spec.hours, key=lambda hours: hours.start)),
        sessions_per_day=spec.sessions_per_day,
        minutes_per_session=spec.minutes_per_session,
        days=frozenset(spec.days),
        relays=tuple(one.relay() for one in spec.relays),
        quiet=tuple(one.quiet() for one in spec.quiet),
        name=spec.name or "",
        order=spec.order,
        fixed=tuple(one.fixed() for one in spec.fixed_order),
        cutoff_minutes=spec.cutoff_minutes,
    )


def _groups(spec: RegistrySpec, every: tuple[str, ...]) -> tuple[ChatGroup, ...]:
    return tuple(
        ChatGroup(
            id=group.id,
            name=group.name,
            platform=group.platform,
            backend=group.sent_by().value,
            kind=group.kind,
            hamlets=_all_of(group.hamlets, every),
            run_by=group.run_by,
            agreed_on=group.agreed_on,
            address=group.address or "",
        )
        for group in spec.chat.groups
    )


def _all_of(hamlets: tuple[str, ...], every: tuple[str, ...]) -> tuple[str, ...]:
    return every if hamlets == (EVERY,) else tuple(dict.fromkeys(hamlets))


def _hamlet(spec: HamletSpec, flyers: FlyersSpec) -> Hamlet:
    copies = spec.flyer_copies if spec.flyer_copies is not None else flyers.copies
    if copies is None:
        ratio = flyers.copies_per_household
        copies = math.ceil(spec.households * (Decimal(1) if ratio is None else ratio))
    return Hamlet(
        id=spec.id,
        name=spec.name,
        households=spec.households,
        poor_households=spec.poor_households,
        near_poor_households=spec.near_poor_households,
        elderly_households=spec.elderly_households,
        no_smartphone_households=spec.no_smartphone_households,
        head=person_id(spec.head, f"{spec.id}-head") if spec.head else None,
        tags=frozenset(spec.tags),
        flyer_copies=copies,
        deputies=spec.deputies,
        point=spec.point,
    )


def person_id(named: NamedSpec, own: str) -> str:
    """Return the id of somebody: the one referred to, or ``own`` for a person written out."""
    return named.name if refers(named) else own


def _people(spec: RegistrySpec) -> Iterable[Person]:
    """Yield the people listed, then those written out where they serve."""
    for person in spec.people:
        yield Person(
            person.id,
            person.name,
            person.phone or "",
            person.role or "",
            frozenset(person.rights),
            person.zalo or "",
        )
    for hamlet in spec.hamlets:
        if hamlet.head and not refers(hamlet.head):
            role = f"Trưởng {hamlet.name}"
            yield _written_out(f"{hamlet.id}-head", hamlet.head, role)
    for team in spec.teams:
        for number, member in enumerate(team.members, 1):
            if not refers(member):
                yield _written_out(f"{team.id}-{number}", member, team.name)


def _written_out(own: str, named: NamedSpec, role: str) -> Person:
    return Person(own, named.name, named.phone or "", role, zalo=named.zalo or "")
