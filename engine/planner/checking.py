"""The rules that a campaign file would break, told at the place in the file that breaks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from campaigns.checks import Check
from campaigns.loader import ASAP, Examined
from campaigns.tree import Path
from channels.base import Channel
from engine.clock import VIETNAM, local
from engine.errors import Problem
from engine.models import Audience, Breach, Campaign, Registry, Section
from engine.models.wording import breach_line
from engine.planner.plan import plan_campaign
from engine.planner.spots import placed

#: No campaign that is only outlined ends before this.
_OPEN_END = datetime(2101, 1, 1, tzinfo=VIETNAM)


def broken_rules(
    examined: Examined, registry: Registry, channels: Mapping[str, Channel], now: datetime
) -> Iterator[Problem]:
    """Yield every rule of the commune that the file would break, other campaigns apart.

    Of a file that has faults, the times that are known are judged.
    """
    check = examined.check
    if check is None:
        return
    if examined.loaded is not None:
        campaign = examined.loaded.campaign
        if campaign.valid_until < now:
            return
        stops = plan_campaign(campaign, registry, channels, now).stops
        broken = [one for one in stops if check.finished_is_fault or not one.late]
    elif check.cuts.touch("priority"):  # an emergency may break them
        return
    else:
        stops = plan_campaign(_outline(check, channels), registry, channels, now).stops
        broken = [one for one in stops if one.slots]
    for breach in broken:
        breach = placed(breach, check.source)
        here = [spot.path for spot in breach.spots if spot.line]
        path = here[-1] if here else _place(breach, check)
        yield check.source.problem(path, breach_line(breach))


def _outline(check: Check, channels: Mapping[str, Channel]) -> Campaign:
    """Return the campaign as far as its times go, told everywhere, with nothing to say."""
    known = check.schedules()
    return Campaign(
        id=check.spec.id,
        title="x",
        issuer="x",
        priority=check.spec.priority,
        audience=Audience(),
        valid_from=None,
        valid_until=_OPEN_END,
        contact="x",
        body="x",
        schedule=known.get("") or ASAP,
        sections={
            name: replace(Section(channels[name].options()), schedule=known.get(name))
            for name in check.sections
        },
    )


def _place(breach: Breach, check: Check) -> Path:
    """Return what of the file breaks a rule: a time, all times, or a channel."""
    if not breach.channel:
        return ()
    section = check.sections.get(breach.channel)
    if section is None:  # what is missing is the channel itself
        return ("channels",)
    own = section.schedule is not None
    schedule = section.schedule if own else check.spec.schedule
    if not breach.slots or schedule is None:
        return ("channels", breach.channel)
    where: Path = ("channels", breach.channel) if own else ()
    path: Path = (*where, "schedule", "times")
    if len(breach.slots) > 1:
        return path
    time = local(breach.slots[0]).time()
    return (*path, schedule.times.index(time)) if time in schedule.times else path
