"""What an office works with, and how it plans: today, and as something was frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from campaigns.loader import LoadedCampaign
from channels.base import Channel
from engine.artifacts import ArtifactStore
from engine.boundary import Boundary, no_boundary
from engine.clock import Clock
from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Ledger, Revision
from engine.models import (
    Campaign,
    Plan,
    Priority,
    Registry,
)
from engine.planner.airing import Standing, on_air_besides
from engine.planner.amendment import (
    Loads,
    with_facts,
)
from engine.planner.binding import bound_hash
from engine.planner.ending import to_whom
from engine.planner.known import Known, known_of
from engine.planner.newest import newest_revision
from engine.planner.people import People
from engine.planner.plan import plan_campaign
from engine.planner.progress import Progress
from engine.planner.spots import located

#: Proves what a plan would air in a registry's hamlets. Raises LoaError, and says of what.
Prove = Callable[[Plan, Registry, Progress], None]


class Desk:
    """What officials do with campaigns.

    ``workspace`` is its folder. ``registry`` is the registry as it stands,
    ``registry_revision`` its number in the ledger; ``load`` reads a campaign file against it;
    ``prove`` listens to what would be heard, before it is approved.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        artifacts: ArtifactStore,
        channels: Mapping[str, Channel],
        clock: Clock,
        registry: Registry,
        registry_revision: int,
        workspace: Path,
        load: Loads,
        prove: Prove,
        boundary: Boundary = no_boundary,
    ) -> None:
        self._ledger = ledger
        self._artifacts = artifacts
        self._channels = channels
        self._clock = clock
        self._registry = registry
        self._registry_revision = registry_revision
        self._workspace = workspace
        self._load = load
        self._prove = prove
        self._boundary = boundary
        self._people = People(registry.people, ledger.credentials)

    def plan(self, path: Path) -> tuple[Campaign, Plan]:
        """Plan a campaign file without writing anything. Raises InputError."""
        loaded = self._load(path)
        return loaded.campaign, self._plan(loaded)

    def load(self, path: Path) -> LoadedCampaign:
        """Read a campaign file as of now. Raises InputError."""
        return self._load(path)

    def newest(self, campaign_id: str) -> Revision:
        """Return a campaign's newest revision. Raises LoaError when none was ever submitted."""
        return newest_revision(self._ledger.revisions, campaign_id)

    def known(self, campaign_id: str) -> Known:
        """Return what people may know of a campaign by now. Raises LoaError."""
        return Known.of(campaign_id, self._ledger, self._recalled, self._clock.now())

    @property
    def _recalled(self) -> frozenset[str]:
        """Channels from which what was handed over ahead of its slot can be taken back."""
        return frozenset(name for name, one in self._channels.items() if one.cumulative)

    def _plan(self, loaded: LoadedCampaign) -> Plan:
        """Plan a campaign file, with the lines of what contradicts itself in it."""
        return located(self._planned_now(loaded.campaign), loaded.places)

    def _planned_now(self, campaign: Campaign) -> Plan:
        """Plan a campaign as of now; an all-clear for those whom its alert reached."""
        plan = self._planned(campaign, self._registry, self._clock.now())
        if not campaign.all_clear:
            return plan
        return to_whom(plan, self._ledger.views.reached(campaign.all_clear))

    def _planned(self, campaign: Campaign, registry: Registry, now: datetime) -> Plan:
        """Plan a campaign among all that is on air, as it stands in the ledger."""
        taken = on_air_besides(campaign, self._ledger, self._channels, registry, now)
        standing = Standing.of(campaign, self._ledger)
        known = known_of(campaign, self._ledger, self._channels, self._clock.now())
        return plan_campaign(campaign, registry, self._channels, now, taken, standing, known)

    def _unchanged(self, revision: Revision) -> Plan:
        """Return today's plan of the file that was submitted; refuse if it says anything else."""
        facts = revision.campaign.correction
        source, campaign = revision.source, revision.campaign
        if facts is None or not facts.withdraws:  # a withdrawal is of what was approved, no file
            as_of = facts.read_as_of if facts is not None else None
            loaded = with_facts(self._load(self._workspace / revision.path, as_of), facts)
            source, campaign = loaded.source, loaded.campaign
            plan = self._plan(loaded)
        else:
            plan = self._planned_now(campaign)
        if bound_hash(source, campaign, plan) != revision.content_hash:
            message = _(
                "{campaign}: the file, an attachment, the registry or Loa itself changed after it "
                "was submitted; submit it again"
            )
            raise LoaError(message.format(campaign=revision.campaign_id))
        return plan

    def _frozen(self, revision: Revision, now: datetime) -> Plan:
        """Return the plan of what the ledger froze. Raises LoaError if that was altered."""
        registry = self._ledger.registries.load(revision.registry_revision)
        if revision.priority is Priority.EMERGENCY:
            # It takes its slots whatever is there, and must not wait until all that was read.
            known = known_of(revision.campaign, self._ledger, self._channels, self._clock.now())
            plan = plan_campaign(revision.campaign, registry, self._channels, now, known=known)
        else:
            plan = self._planned(revision.campaign, registry, now)
        if bound_hash(revision.source, revision.campaign, plan) != revision.content_hash:
            message = _("{campaign}: what was approved is not what would be sent; submit it again")
            raise LoaError(message.format(campaign=revision.campaign_id))
        return plan
