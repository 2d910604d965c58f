"""Steps of an escalation that can never happen: no chat, no team, over before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from campaigns.escalation_schema import StepSpec, order_faults, wait_word
from campaigns.registry_schema import RegistrySpec
from campaigns.schema import CampaignSpec
from campaigns.sections import SectionSpec
from campaigns.sound import Cuts
from campaigns.source import Source
from engine.clock import local
from engine.errors import Problem
from engine.i18n import gettext as _
from engine.models import Team
from engine.models.escalation import Act


def campaign_faults(
    source: Source,
    cuts: Cuts,
    spec: CampaignSpec,
    sections: Mapping[str, SectionSpec],
    now: datetime,
    teams: Collection[Team] | None,
) -> Iterator[Problem]:
    """Yield each step of a campaign that stands in the wrong place or can never happen.

    ``teams`` are the commune's; None where nobody knows them here.
    """
    steps = spec.escalation
    if not steps:
        return
    if "chat" not in sections:
        message = _(
            "without the channel chat nobody asks the heads to pass it on; use channels.chat, or "
            "write escalation: none"
        )
        yield source.problem(("escalation",), message, at_key=True)
        return
    yield from order_faults(source, steps)
    yield from _without_teams(source, steps, teams)
    if not cuts.touch("valid"):
        yield from _too_late(source, spec, now)


def registry_faults(spec: RegistrySpec, source: Source, cuts: Cuts) -> Iterator[Problem]:
    """Yield each step of a commune's own rule that stands wrong or can never happen."""
    steps = spec.escalation
    if not steps or cuts.touch("escalation"):
        return
    if not spec.chat.groups and not cuts.touch("chat"):
        message = _(
            "no chat group is named in chat.groups, so nobody asks the heads to pass anything on"
        )
        yield source.problem(("escalation",), message, at_key=True)
        return
    yield from order_faults(source, steps)
    if not cuts.touch("teams"):
        yield from _without_teams(source, steps, spec.teams)


def _without_teams(
    source: Source, steps: Collection[StepSpec], teams: Collection[object] | None
) -> Iterator[Problem]:
    for place, step in enumerate(steps):
        if step.do is Act.TEAM_VISIT and teams is not None and not teams:
            message = _("no team is named in commune.yaml (teams); allowed here: {allowed}")
            allowed = ", ".join(act for act in Act if act is not Act.TEAM_VISIT)
            yield source.problem(("escalation", place), message.format(allowed=allowed))


def _too_late(source: Source, spec: CampaignSpec, now: datetime) -> Iterator[Problem]:
    """Yield steps that come after the campaign's end, even if it is sent the moment it may be."""
    until = spec.valid.until
    begins = max(spec.valid.from_ or now, now)
    if until <= begins:
        return  # told already
    for place, step in enumerate(spec.escalation):
        if begins + step.after > until:
            message = _(
                "{after} after the heads are told is after the campaign's end ({until}): this can "
                "never happen"
            )
            message = message.format(
                after=wait_word(step.after), until=f"{local(until):%d/%m/%Y %H:%M}"
            )
            yield source.problem(("escalation", place), message)
