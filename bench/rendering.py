"""Rendering once: the same text for 4 and for 4,000 hamlets.

A flyer that names its hamlet, as flyers do unless told otherwise, is its own artifact; what is
counted here is a campaign that says ``show_hamlet: false``, where all words are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.figures import Figure, timed
from bench.made_up import write_campaign, write_workspace
from engine.app import App, open_app
from engine.dispatch import Renderer

FEW, MANY = 4, 4_000


def figures(folder: Path) -> Iterator[Figure]:
    costs = {}
    for hamlets in (FEW, MANY):
        workspace = folder / f"xa-{hamlets}"
        write_workspace(workspace, hamlets)
        path = write_campaign(workspace, "lich-tiem", shared_flyer=True)
        with open_app(workspace) as app:
            costs[hamlets], _none = timed(partial(render_all, app, path))
            against = f"{FEW} hamlets"
            baseline = costs[FEW] / FEW * 1000 if hamlets > FEW else None
            yield Figure(f"{hamlets:,} hamlets, same text: renderings", app.artifacts.rendered, "")
            cost = costs[hamlets] / hamlets * 1000
            yield Figure(f"{hamlets:,} hamlets: cost of each", cost, "ms CPU", baseline, against)


def render_all(app: App, path: Path) -> None:
    """Render every delivery of a campaign through the store, as sending would."""
    _campaign, plan = app.office.plan(path)
    renderer = Renderer(app.channels, app.artifacts, plan.frozen)
    hamlets = app.registry.hamlets_by_id
    for delivery in plan.deliveries:
        renderer.make(delivery.content_hash, hamlets[delivery.hamlet_id])
