"""Faults of emergencies: what is said again and again, drills, and all-clears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from campaigns.schema import CampaignSpec
from campaigns.sections import SectionSpec
from campaigns.sound import Cuts
from campaigns.source import Source
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models import Priority


def emergency_faults(
    source: Source, cuts: Cuts, spec: CampaignSpec, sections: Mapping[str, SectionSpec]
) -> Iterator[Problem]:
    """Yield what only an emergency may, and what neither a drill nor an all-clear may."""
    known = not cuts.touch("priority", "drill")
    urgent = spec.priority is Priority.EMERGENCY
    if spec.schedule is not None and spec.schedule.repeat is not None and known and not urgent:
        message = _("only a campaign with priority: emergency is said again and again")
        yield source.problem(("schedule", "repeat"), message, at_key=True)
    for channel, section in sections.items():
        yield from _of_section(source, spec, channel, section)
    if spec.all_clear is None:
        return
    if spec.all_clear == spec.id and not cuts.touch("id"):
        yield source.problem(("all_clear",), _("a campaign cannot end itself"))
    if known and not urgent:
        message = _("an all-clear must have priority: emergency, or it would wait for the morning")
        yield source.problem(("all_clear",), message, at_key=True)


def _of_section(
    source: Source, spec: CampaignSpec, channel: str, section: SectionSpec
) -> Iterator[Problem]:
    where = ("channels", channel)
    if section.schedule is not None and section.schedule.repeat is not None:
        if not getattr(section, "takes_repeat", False):
            message = _("only the loudspeaker says a thing again and again")
            yield source.problem((*where, "schedule", "repeat"), message, at_key=True)
        elif spec.priority is not Priority.EMERGENCY:
            message = _("only a campaign with priority: emergency is said again and again")
            yield source.problem((*where, "schedule", "repeat"), message, at_key=True)
    if spec.drill and getattr(section, "audio", None) is not None:
        message = _("a drill is spoken: no recording says of itself that it is one")
        yield source.problem((*where, "audio"), message, at_key=True)
