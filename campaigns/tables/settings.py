"""What a commune's hamlets share: from its row, else as it was, else as the province says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from campaigns.escalation_schema import steps_of
from campaigns.registry_fields import Url
from campaigns.tables.cells import CommuneRow
from campaigns.tables.columns import COMMUNES
from campaigns.tables.listed import ListedCommune
from engine.errors import InputError, Problem
from engine.i18n import gettext as _
from engine.models import (
    Commune,
    Hours,
    Portal,
    PrintPoint,
    Province,
    Registry,
    StationRules,
)
from engine.models.escalation import Steps

_URL: TypeAdapter[str] = TypeAdapter(Url)


@dataclass(frozen=True, slots=True)
class Shared:
    commune: Commune
    print_point: PrintPoint
    portal: Portal
    station: StationRules
    chat_hours: Hours
    pronounce: Mapping[str, str]
    escalation: Steps


def shared_of(commune: ListedCommune, earlier: Registry | None, province: Province) -> Shared:
    """Return what the commune's hamlets share. Raises InputError naming all that nothing says."""
    row = commune.settings or CommuneRow(commune_id=commune.id)
    chosen = _Chosen(commune, earlier, province, row)
    name = commune.name or (earlier.commune.name if earlier else "")
    missing: list[Problem] = []
    if not name:
        missing.append(chosen.unsaid("commune_name"))
    if not commune.hamlets and earlier is None:
        message = _("{commune} has no hamlet: list its hamlets too")
        missing.append(chosen.problem(message.format(commune=commune.id)))
    station = chosen.station(missing)
    point = chosen.text("print_point", province.communes.print_point, missing)
    portal_name = chosen.text("portal_name", province.communes.portal_name, missing)
    portal_url = chosen.text("portal_url", province.communes.portal_url, missing)
    if portal_url:
        try:
            portal_url = _URL.validate_python(portal_url)
        except ValidationError as error:
            missing.append(chosen.problem(str(error.errors()[0]["ctx"]["error"])))
    office = chosen.text("office", province.communes.office, missing)
    if missing or station is None:
        raise InputError(missing)
    before = earlier.commune if earlier else None
    return Shared(
        commune=Commune(
            commune.id,
            name,
            province.name,
            office,
            row.phone or (before.phone if before else ""),
            row.address or (before.address if before else ""),
        ),
        print_point=PrintPoint(earlier.print_point.id if earlier else "van-phong", point),
        portal=Portal(earlier.portal.id if earlier else "cong", portal_name, portal_url),
        station=station,
        chat_hours=row.chat_hours
        or (earlier.chat_hours if earlier else province.communes.chat_hours),
        pronounce=province.communes.pronounce or (earlier.pronounce if earlier else {}),
        escalation=chosen.escalation(),
    )


@dataclass(frozen=True)
class _Chosen:
    commune: ListedCommune
    earlier: Registry | None
    province: Province
    row: CommuneRow

    def text(self, key: str, default: str, missing: list[Problem]) -> str:
        """Return one text: the row's, else the earlier one, else the default filled in."""
        found = getattr(self.row, key) or self._earlier(key) or self._filled(default)
        if not found:
            missing.append(self.unsaid(key))
        return str(found or "")

    def station(self, missing: list[Problem]) -> StationRules | None:
        """Return the station's rules; each part may come from elsewhere."""
        base = self.earlier.station if self.earlier else self.province.communes.station
        row = self.row
        hours = row.station_hours or (base.hours if base else ())
        sessions = row.sessions_per_day or (base.sessions_per_day if base else 0)
        minutes = row.minutes_per_session or (base.minutes_per_session if base else 0)
        parts: dict[str, Any] = {
            "station_hours": hours,
            "sessions_per_day": sessions,
            "minutes_per_session": minutes,
        }
        unsaid = [self.unsaid(key) for key, value in parts.items() if not value]
        missing.extend(unsaid)
        if unsaid:
            return None
        days = base.days if base else frozenset(range(1, 8))
        ordered = tuple(sorted(hours, key=lambda one: one.start))
        # What has no columns comes from the earlier registry, or the province's defaults.
        base = base or StationRules(ordered, sessions, minutes, days)
        # A name is one commune's own: never the province's.
        name = self.earlier.station.name if self.earlier else ""
        return replace(
            base,
            hours=ordered,
            sessions_per_day=sessions,
            minutes_per_session=minutes,
            name=name,
        )

    def escalation(self) -> Steps:
        """Return what is done where nobody passes a message on; ``none`` in the row: nothing."""
        if self.row.escalation is not None:
            return steps_of(self.row.escalation)
        return self.earlier.escalation if self.earlier else self.province.communes.escalation

    def unsaid(self, key: str) -> Problem:
        heading = next(column.headings[0] for column in COMMUNES if column.key == key)
        message = _(
            '{commune}: nothing says "{heading}"; give this column in a list of communes, or a'
            " default for all communes in province.yaml"
        )
        return self.problem(message.format(commune=self.commune.id, heading=heading))

    def problem(self, message: str) -> Problem:
        at = self.commune.settings_at or self.commune.at
        return Problem(at.file, at.line, at.column, at.field, message)

    def _earlier(self, key: str) -> str:
        if self.earlier is None:
            return ""
        return {
            "office": self.earlier.commune.office,
            "print_point": self.earlier.print_point.name,
            "portal_name": self.earlier.portal.name,
            "portal_url": self.earlier.portal.url,
        }[key]

    def _filled(self, text: str) -> str:
        """Put the commune's name and id in; a name within a sentence begins small: xã Mẫu."""
        name = self.commune.name
        if not text.startswith("{name}"):
            name = name[:1].lower() + name[1:]
        return text.replace("{name}", name).replace("{id}", self.commune.id)
