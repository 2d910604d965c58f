"""The province (tỉnh): the office above communes, and what holds where a commune says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from functools import cached_property

from engine.models.escalation import Steps
from engine.models.registry import Person
from engine.models.station import Hours, StationRules


@dataclass(frozen=True, slots=True)
class CommuneDefaults:
    """What a commune gets that neither a table nor an earlier revision says.

    ``{name}`` and ``{id}`` in the texts stand for the commune's; empty texts and None say
    nothing. ``copies`` is a number of flyers for each hamlet, else ``copies_per_household``
    counts. ``pronounce`` is the lexicon of every commune: no table has one.
    """

    office: str = "Ủy ban nhân dân {name}"
    station: StationRules | None = None
    chat_hours: Hours = field(default=Hours(time(6, 0), time(21, 0)))
    print_point: str = ""
    copies: int | None = None
    copies_per_household: Decimal = Decimal(1)
    portal_name: str = ""
    portal_url: str = ""
    pronounce: Mapping[str, str] = field(default_factory=dict)
    escalation: Steps = ()


@dataclass(frozen=True)
class Province:
    """One numbered state of the province's own file: who it is, and who may act for it."""

    id: str
    name: str
    office: str
    phone: str = ""
    address: str = ""
    people: tuple[Person, ...] = ()
    communes: CommuneDefaults = field(default_factory=CommuneDefaults)

    @cached_property
    def people_by_id(self) -> dict[str, Person]:
        return {person.id: person for person in self.people}
