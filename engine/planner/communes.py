"""A province's campaign in each of its communes: planned one at a time, so memory stays flat."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.loader import LoadedCampaign
from channels.base import Channel
from engine.artifacts import ArtifactStore
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Ledger, Submission
from engine.models import Breach, Campaign, Plan
from engine.models.targets import campaign_below, left_out
from engine.planner.airing import Standing, hear_recordings, on_air_besides
from engine.planner.binding import bound_hash
from engine.planner.known import known_of
from engine.planner.plan import plan_campaign
from engine.planner.progress import Progress


@dataclass(frozen=True, slots=True)
class CommunePlan:
    """What a campaign comes to in one commune; ``stops`` forbid it there."""

    commune_id: str
    deliveries: int
    submission: Submission
    stops: tuple[Breach, ...] = ()
    waived: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvincePlan:
    """A campaign in all the communes that it is for; ``left_out`` are those it is not sent to."""

    loaded: LoadedCampaign
    parts: tuple[CommunePlan, ...]
    left_out: tuple[str, ...] = ()

    @property
    def deliveries(self) -> int:
        return sum(part.deliveries for part in self.parts)

    @property
    def blocked(self) -> tuple[CommunePlan, ...]:
        return tuple(part for part in self.parts if part.stops)


class CommunePlanner:
    """Plans a province's campaign in its communes, each by its newest registry.

    ``ledger_of`` gives a commune's part of the ledger; ``channels`` are used for planning alone.
    """

    def __init__(
        self,
        *,
        province_id: str,
        communes: Sequence[str],
        ledger_of: Callable[[str], Ledger],
        artifacts: ArtifactStore,
        channels: Mapping[str, Channel],
    ) -> None:
        self._province_id = province_id
        self._communes = tuple(communes)
        self._ledger_of = ledger_of
        self._artifacts = artifacts
        self._channels = channels

    def plan(
        self, loaded: LoadedCampaign, place: str, now: datetime, progress: Progress
    ) -> ProvincePlan:
        """Plan every commune that is meant. Raises LoaError when none is."""
        parts: list[CommunePlan] = []
        for number, commune_id in enumerate(self._communes, 1):
            part = self._planned(commune_id, loaded, place, now)
            if part is not None:
                parts.append(part)
            progress(number, len(self._communes))
        if not parts:
            message = _("{campaign}: no hamlet of any commune is meant")
            raise LoaError(message.format(campaign=loaded.campaign.id))
        return ProvincePlan(loaded, tuple(parts))

    def ending(
        self, communes: Iterable[str], over: Campaign, source: bytes, place: str, now: datetime
    ) -> Iterator[CommunePlan]:
        """Yield revisions that end the campaign in ``communes``, which it no longer is for."""
        for commune_id in sorted(communes):
            ledger = self._ledger_of(commune_id)
            number = ledger.registries.latest()
            campaign = left_out(over, self._province_id)
            known = known_of(campaign, ledger, self._channels, now)
            registry = ledger.registries.load(number)
            plan = plan_campaign(campaign, registry, self._channels, now, known=known)
            yield CommunePlan(
                commune_id,
                len(plan.deliveries),
                _submission(campaign, source, place, plan, number),
                tuple(breach for breach in plan.stops if not breach.late),
                tuple(breach for breach in plan.breaches if breach.waived),
            )

    def hear(self, part: CommunePlan, now: datetime) -> None:
        """Render recordings now; they are the same in every commune. Raises LoaError."""
        ledger = self._ledger_of(part.commune_id)
        registry = ledger.registries.load(part.submission.registry_revision)
        plan = plan_campaign(part.submission.campaign, registry, self._channels, now)
        hear_recordings(plan, self._channels, self._artifacts, registry.hamlets[0])

    def _planned(
        self, commune_id: str, loaded: LoadedCampaign, place: str, now: datetime
    ) -> CommunePlan | None:
        """Plan one commune; None when nobody there is meant."""
        ledger = self._ledger_of(commune_id)
        number = ledger.registries.latest()
        registry = ledger.registries.load(number)
        campaign = campaign_below(loaded.campaign, self._province_id, registry)
        if campaign is None:
            return None
        taken = on_air_besides(campaign, ledger, self._channels, registry, now)
        standing = Standing.of(campaign, ledger)
        known = known_of(campaign, ledger, self._channels, now)
        plan = plan_campaign(campaign, registry, self._channels, now, taken, standing, known)
        return CommunePlan(
            commune_id,
            len(plan.deliveries),
            _submission(campaign, loaded.source, place, plan, number),
            plan.stops,
            tuple(breach for breach in plan.breaches if breach.waived),
        )


def by(part: Submission, actor: str) -> Submission:
    """Return a commune's submission as ``actor``'s."""
    return dataclasses.replace(part, submitted_by=actor)


def _submission(
    campaign: Campaign, source: bytes, place: str, plan: Plan, registry_revision: int
) -> Submission:
    return Submission(
        campaign=campaign,
        path=place,
        source=source,
        source_sha256=hashlib.sha256(source).hexdigest(),
        content_hash=bound_hash(source, campaign, plan),
        registry_revision=registry_revision,
        submitted_by="",
    )
