"""Faults of a province's campaign: areas that nobody knows, texts with gaps in some hamlet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from campaigns.checks import Check, LonelyCheck, ReadCampaign
from campaigns.faults import unknown
from campaigns.loader import Examined, LoadedCampaign, examine
from campaigns.text_checks import Place
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models import Audience, Province, Registry
from engine.models.targets import audience_below, values_below

#: A province's campaign is kept in every commune that it reaches, so it must be small.
MAX_CAMPAIGN_BYTES = 64 * 1024


class Territory(Protocol):
    """The communes of a province, and the registry of each as it stands."""

    @property
    def province(self) -> Province: ...

    @property
    def commune_ids(self) -> Sequence[str]: ...

    def registry(self, commune_id: str) -> Registry: ...


def load_province_campaign(
    path: Path, territory: Territory, options: Mapping[str, type[BaseModel]], now: datetime
) -> LoadedCampaign:
    """Read a province's campaign file. Raises InputError with every fault at once."""
    return examine_province_campaign(path, territory, options, now, finished_is_fault=True).sound()


def examine_province_campaign(
    path: Path,
    territory: Territory | None,
    options: Mapping[str, type[BaseModel]],
    now: datetime,
    *,
    finished_is_fault: bool,
) -> Examined:
    """Find every fault of a province's campaign file; without a territory, those that need none."""

    def check(read: ReadCampaign) -> Check:
        if territory is None:
            return LonelyCheck(read=read, now=now, finished_is_fault=finished_is_fault)
        return ProvinceCheck(
            read=read, now=now, finished_is_fault=finished_is_fault, territory=territory
        )

    return examine(path, options, check, MAX_CAMPAIGN_BYTES)


@dataclass(frozen=True, kw_only=True)
class ProvinceCheck(Check):
    """A campaign file against the communes of a province, one registry at a time."""

    territory: Territory

    @property
    def office(self) -> tuple[str, str]:
        return self.territory.province.office, self.territory.province.phone

    def _places(self) -> Iterator[Place]:
        for registry, audience in self._reached():
            commune = registry.commune
            values = values_below(self.spec.hamlets, registry)
            for hamlet in registry.hamlets:
                if audience.includes(hamlet):
                    yield Place(hamlet, commune, values, f"{hamlet.name} ({commune.name})")

    def _reached(self) -> Iterator[tuple[Registry, Audience]]:
        written = self.spec.audience
        whole = Audience((), written.tags, written.households, written.communes, written.areas)
        for commune_id in self.territory.commune_ids:
            audience = audience_below(whole, self.territory.province.id, commune_id)
            if audience is not None:
                yield self.territory.registry(commune_id), audience

    def _names(self) -> Iterator[Problem]:
        audience = self.spec.audience
        if audience.hamlets:
            message = _("a province names a hamlet with its commune, under areas: xa-mau/ap-1")
            yield self.source.problem(("audience", "hamlets"), message, at_key=True)
        known = self.territory.commune_ids
        yield from self._unknown(_("commune"), ("audience", "communes"), audience.communes, known)
        for index, area in enumerate(audience.areas):
            fault = self._area_fault(area)
            if fault:
                yield self.source.problem(("audience", "areas", index), fault)
        yield from self._values_faults()
        yield from self._tags_faults()
        if not self.sections and not self.cuts.touch("channels"):
            yield self.source.problem(("channels",), _("no channel is in use"))
        yield from self._commune_options()

    def _area_fault(self, area: str) -> str:
        """Say why ``area`` is none of the province's; empty when it is one."""
        commune_id, _slash, hamlet_id = area.partition("/")
        if not hamlet_id and commune_id == self.territory.province.id:
            return ""
        communes = set(self.territory.commune_ids)
        if commune_id not in communes:
            return unknown(_("commune"), commune_id, communes)
        hamlets = self.territory.registry(commune_id).hamlets_by_id if hamlet_id else {}
        if hamlet_id and hamlet_id not in hamlets:
            return unknown(_("hamlet"), hamlet_id, hamlets)
        return ""

    def _values_faults(self) -> Iterator[Problem]:
        written = self.spec.audience
        for area in self.spec.hamlets:
            fault = self._area_fault(area)
            commune_id, _slash, hamlet_id = area.partition("/")
            if not fault and not self.cuts.touch("audience"):
                whole = Audience((), (), written.households, written.communes, written.areas)
                told = audience_below(whole, self.territory.province.id, commune_id)
                if told is None or (hamlet_id and told.hamlets and hamlet_id not in told.hamlets):
                    fault = _("this area is not in the audience, so it would not be told")
            if fault:
                yield self.source.problem(("hamlets", area), fault, at_key=True)

    def _tags_faults(self) -> Iterator[Problem]:
        wanted = self.spec.audience.tags
        if not wanted:
            return
        tags = {
            tag
            for registry, _audience in self._reached()
            for hamlet in registry.hamlets
            for tag in hamlet.tags
        }
        yield from self._unknown(_("tag"), ("audience", "tags"), wanted, tags)

    def _commune_options(self) -> Iterator[Problem]:
        """Lists of places in a channel's settings are a commune's own."""
        for channel, section in self.sections.items():
            for part in ("clusters", "groups", "teams"):
                if getattr(section, part, None):
                    message = _("{part} are named by a commune, not by a province; leave it out")
                    where = ("channels", channel, part)
                    yield self.source.problem(where, message.format(part=part), at_key=True)
