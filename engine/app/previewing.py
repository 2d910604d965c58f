"""Preview: what a revision would send, through the very code that will send it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from engine.app.channels import close_channels
from engine.app.opening import App
from engine.dispatch import Renderer
from engine.dispatch.preview import Previewed, Previewer
from engine.ledger import Revision
from engine.planner import plan_campaign


@dataclass(frozen=True, slots=True)
class Preview:
    """What a revision would send, and the folder in which it lies.

    ``doubts`` are the readings that an official should look at.
    """

    revision: Revision
    folder: Path
    bundles: tuple[Previewed, ...]
    doubts: tuple[str, ...]


def preview(app: App, campaign_id: str) -> Preview:
    """Deliver the newest revision of a campaign into ``preview/``, as it would be sent now.

    Raises LoaError for an unknown campaign, OSError when the folder cannot be written.
    """
    revision = app.office.newest(campaign_id)
    registry = app.ledger.registries.load(revision.registry_revision)
    moment = revision.approved_at or app.clock.now()
    plan = plan_campaign(revision.campaign, registry, app.channels, moment)
    folder = app.workspace / "preview" / f"{campaign_id}-{revision.revision}"
    if folder.exists():
        shutil.rmtree(folder)
    channels = app.house.channels(folder, app.ledger, preview=True)
    renderer = Renderer(app.channels, app.artifacts, plan.frozen)
    previewer = Previewer(channels=channels, renderer=renderer, registry=registry, folder=folder)
    try:
        return Preview(revision, folder, tuple(previewer.write(plan)), plan.doubts)
    finally:
        close_channels(channels)
