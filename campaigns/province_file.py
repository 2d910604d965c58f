"""From ``province.yaml`` to a Province, or to every fault in it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from campaigns.escalation_schema import order_faults, steps_of
from campaigns.names import PROVINCE_FILE as PROVINCE_FILE
from campaigns.province_schema import DefaultsSpec, ProvinceFileSpec
from campaigns.registry_file import station_rules
from campaigns.sound import read_sound
from campaigns.source import Source, read_source
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.models import CommuneDefaults, Person, Province, Right
from engine.models.wording import right_name


@dataclass(frozen=True)
class LoadedProvince:
    """A checked province with the hash of its file, and what a person should look at."""

    province: Province
    sha256: str
    warnings: tuple[Problem, ...] = ()


def load_province(path: Path) -> LoadedProvince:
    """Read a province file. Raises InputError with every fault at once."""
    read = read_sound(read_source(path), ProvinceFileSpec, _STAND_INS)
    source = read.source
    problems = (*read.problems, *_faults(read.spec, source))
    if problems:
        raise InputError(problems)
    province = _province(read.spec)
    return LoadedProvince(province, source.sha256, tuple(_warnings(province, source)))


_STAND_INS: Mapping[str, Any] = {"province": {"id": "x", "name": "x", "office": "x"}}


def _faults(spec: ProvinceFileSpec, source: Source) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, person in enumerate(spec.people):
        other = first.setdefault(person.id, index)
        if other != index:
            message = _('the id "{name}" is already used on line {line}')
            line = source.root.mark_of(source.written(("people", other, "id"))).line
            yield source.problem(("people", index, "id"), message.format(name=person.id, line=line))
    communes = spec.communes
    if {"copies", "copies_per_household"} <= source.keys_at(("communes",)):
        yield source.problem(("communes",), _("give either copies_per_household or copies"))
    if communes.portal_url is not None and "{id}" not in communes.portal_url:
        message = _("found {found}; the address must hold {{id}}, or all communes have one")
        where = ("communes", "portal_url")
        yield source.problem(where, message.format(found=communes.portal_url))
    yield from order_faults(source, communes.escalation, ("communes", "escalation"))


def _warnings(province: Province, source: Source) -> Iterator[Problem]:
    for right in (Right.SUBMIT, Right.APPROVE):
        if not any(right in person.rights for person in province.people):
            message = _("nobody has the right: {right}").format(right=right_name(right))
            yield source.problem(("people",), message)


def _province(spec: ProvinceFileSpec) -> Province:
    one = spec.province
    return Province(
        id=one.id,
        name=one.name,
        office=one.office,
        phone=one.phone or "",
        address=one.address or "",
        people=tuple(
            Person(who.id, who.name, who.phone or "", who.role or "", frozenset(who.rights))
            for who in spec.people
        ),
        communes=_defaults(spec.communes),
    )


def _defaults(spec: DefaultsSpec) -> CommuneDefaults:
    ratio = spec.copies_per_household
    return CommuneDefaults(
        office=spec.office,
        station=station_rules(spec.station) if spec.station else None,
        chat_hours=spec.chat_hours,
        print_point=spec.print_point or "",
        copies=spec.copies,
        copies_per_household=Decimal(1) if ratio is None else ratio,
        portal_name=spec.portal_name or "",
        portal_url=spec.portal_url or "",
        pronounce=dict(spec.pronounce),
        escalation=steps_of(spec.escalation),
    )
