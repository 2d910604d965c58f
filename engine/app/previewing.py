"""Preview: what a revision would send, through the very code that will send it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from campaigns.source import source_of
from engine.app.channels import close_channels
from engine.app.opening import App
from engine.dispatch import Renderer
from engine.dispatch.preview import Previewed, Previewer
from engine.ledger import Revision
from engine.models import Breach, Plan, Registry
from engine.planner import plan_campaign
from engine.planner.spots import located
from engine.rules.step_deliveries import steps_ahead

#: Where in a preview lies what is sent where nobody passes it on.
STEPS = "neu-chua-chuyen"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a revision would send, and the folder in which it lies.

    ``steps`` are what would follow where nobody says that it was passed on.

    ``doubts`` are the readings that an official should look at, ``breaches`` the rules that it
    breaks, by leave or not.
    """

    revision: Revision
    folder: Path
    bundles: tuple[Previewed, ...]
    doubts: tuple[str, ...]
    breaches: tuple[Breach, ...] = ()
    steps: tuple[Previewed, ...] = ()


def preview(app: App, campaign_id: str) -> Preview:
    """Deliver the newest revision of a campaign into ``preview/``, as it would be sent now.

    Raises LoaError for an unknown campaign, OSError when the folder cannot be written.
    """
    revision = app.office.newest(campaign_id)
    registry = app.ledger.registries.load(revision.registry_revision)
    moment = revision.approved_at or app.clock.now()
    plan = plan_campaign(revision.campaign, registry, app.channels, moment)
    plan = located(plan, source_of(revision.source, revision.path))
    folder = app.workspace / "preview" / f"{campaign_id}-{revision.revision}"
    if folder.exists():
        shutil.rmtree(folder)
    bundles = _written(app, plan, registry, folder)
    ahead = steps_ahead(revision.campaign, plan, registry, app.channels).plan
    steps = _written(app, ahead, registry, folder / STEPS) if ahead.deliveries else ()
    return Preview(revision, folder, bundles, plan.doubts, plan.breaches, steps)


def _written(app: App, plan: Plan, registry: Registry, folder: Path) -> tuple[Previewed, ...]:
    channels = app.house.channels(folder, app.ledger, preview=True)
    renderer = Renderer(app.channels, app.artifacts, plan.frozen)
    previewer = Previewer(channels=channels, renderer=renderer, registry=registry, folder=folder)
    try:
        return tuple(previewer.write(plan))
    finally:
        close_channels(channels)
