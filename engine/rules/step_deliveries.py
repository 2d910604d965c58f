"""What a step of an escalation says, and where it goes: as it is done, and as it is foreseen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from channels.base import Channel
from channels.chat.kit import KitBackend
from channels.team.channel import TeamChannel
from channels.team.options import TeamOptions
from engine.models import (
    Campaign,
    Content,
    Forecast,
    GroupKind,
    Hamlet,
    Plan,
    PlannedDelivery,
    Purpose,
    Registry,
    digest,
)
from engine.models.asking import asked
from engine.models.escalation import Act, Step
from engine.models.plan import Frozen
from engine.models.registry import private_target
from engine.rules.escalated import nobody_to_ask, told_by
from engine.rules.escalation import Due, Outlook, Situation, foreseen

#: A place to ask at: target, backend.
Place = tuple[str, str]


def said_in(step: Step, told: Content, needs: Mapping[str, str], campaign: Campaign) -> Frozen:
    """Return what a step says, made of what the head was ``told``, with what goes beside it."""
    content = asked(told, step)
    if step.do is not Act.TEAM_VISIT:
        return content, dict(needs) if step.do is Act.SECOND_CONTACT else {}
    section = campaign.sections.get(TeamChannel.name)
    options = section.options if section is not None else TeamOptions()
    return replace(content, channel=TeamChannel.name, options=options), {}


def places_of(
    act: Act,
    told_at: str,
    hamlet: Hamlet,
    standing: Registry,
    visits: Callable[[], Iterable[Place]],
) -> Iterator[Place]:
    """Yield where a step asks, by the registry as it stands; nowhere, if nobody is there.

    ``told_at`` is the target of the message to the head; ``visits`` finds teams.
    """
    if act is Act.TEAM_VISIT:
        yield from visits()
    elif act is Act.SECOND_CONTACT:
        for person in standing.seconds(hamlet):
            yield private_target(person), KitBackend.name
    elif act is Act.REMIND:
        group = standing.chat_group(told_at)
        if group is not None and group.kind is GroupKind.HEADS:
            yield group.id, group.backend
            return
        people = hamlet.speakers or standing.seconds(hamlet)
        for person in people[:1]:
            yield private_target(person), KitBackend.name


def teams_in(team: Channel, content: Content, hamlet: Hamlet, pinned: Registry) -> Iterator[Place]:
    """Yield the teams that a visit sends out: those of the revision, whose registry is ``pinned``.

    Their sheets are made by it.
    """
    for placement in team.slots(content, hamlet, pinned):
        yield placement.target, placement.backend


@dataclass(frozen=True, slots=True)
class StepsAhead:
    """What steps would send, as a plan; ``acts`` says by content what it is done for."""

    plan: Plan
    acts: Mapping[str, Act]


def steps_ahead(
    campaign: Campaign, plan: Plan, registry: Registry, channels: Mapping[str, Channel]
) -> StepsAhead:
    """Return what the steps of a plan would send where nobody ever answers.

    Its messages leave at their slots, as ``foreseen_steps`` has it.
    """
    steps = campaign.steps(registry.escalation)
    ahead = _Ahead(campaign, plan, registry, channels)
    for hamlet, told in told_by(campaign, plan, registry).items():
        known = Situation(told.slot, campaign.valid_until)
        for due in foreseen(steps, known, registry, campaign.urgency, told.slot):
            nobody = nobody_to_ask(hamlet, due.step.do, registry)
            if due.at is not None and due.outlook is not Outlook.NEVER and not nobody:
                ahead.add(hamlet, told, due, due.at)
    found = Plan(
        campaign.id,
        tuple(ahead.found),
        {**plan.contents, **ahead.contents},
        {**plan.needs, **ahead.needs},
    )
    return StepsAhead(found, ahead.acts)


class _Ahead:
    """Gathers the deliveries of steps that a plan would bring, with what they say."""

    def __init__(
        self,
        campaign: Campaign,
        plan: Plan,
        registry: Registry,
        channels: Mapping[str, Channel],
    ) -> None:
        self._campaign = campaign
        self._plan = plan
        self._registry = registry
        self._channels = channels
        self._forecasts: dict[str, Forecast] = {}
        self.contents: dict[str, Content] = {}
        self.needs: dict[str, Mapping[str, str]] = {}
        self.acts: dict[str, Act] = {}
        self.found: list[PlannedDelivery] = []

    def add(self, hamlet: Hamlet, told: PlannedDelivery, due: Due, at: datetime) -> None:
        registry, plan = self._registry, self._plan
        beside = plan.needs.get(told.content_hash, {})
        said = plan.contents[told.content_hash]
        content, needs = said_in(due.step, said, beside, self._campaign)
        key = digest(content, needs)
        self.contents[key], self.needs[key], self.acts[key] = content, needs, due.step.do
        if key not in self._forecasts:
            self._forecasts[key] = self._channels[content.channel].forecast(content, hamlet)
        team = self._channels[TeamChannel.name]
        places = places_of(
            due.step.do,
            told.target,
            hamlet,
            registry,
            lambda: teams_in(team, content, hamlet, registry),
        )
        for target, backend in places:
            one = replace(
                told,
                channel=content.channel,
                backend=backend,
                target=target,
                slot=at,
                asap=False,
                purpose=Purpose.REMINDER,
                content_hash=key,
                work_at=at,
                expires_at=due.expires_at or told.expires_at,
                forecast=self._forecasts[key],
                moved_from=None,
            )
            self.found.append(one)
