"""``loa plan`` for 10,000 hamlets on four channels: reading, checking, planning, printing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from jinja2.sandbox import ImmutableSandboxedEnvironment

from bench.figures import Figure, timed
from bench.made_up import NOTICE, Hours, write_campaign, write_workspace
from engine.app import App, open_app
from engine.cli.memory import settle
from engine.cli.planned import plan_lines

HAMLETS = 10_000
CHANNELS = 4


def figures(folder: Path) -> Iterator[Figure]:
    settle()  # as the command line does
    workspace = folder / "xa"
    write_workspace(workspace, HAMLETS)
    plain, _texts = timed(lambda: rendered_one_by_one(NOTICE))
    against = "a Jinja2 loop over hamlets × channels"
    opened, app = timed(lambda: open_app(workspace))
    yield Figure(f"reading the registry of {HAMLETS:,} hamlets", opened, "s CPU")
    with app:
        for name, hours in (("the same text", Hours.SAME), ("an hour per hamlet", Hours.FEW)):
            path = write_campaign(workspace, hours.value, hamlets=HAMLETS, hours=hours)
            seconds, lines = timed(partial(planned, app, path))
            yield Figure(f"plan, {name}", seconds, "s CPU", plain, against)
        path = write_campaign(workspace, "differing", hamlets=HAMLETS, hours=Hours.ALL_DIFFER)
        seconds, lines = timed(partial(planned, app, path))
        yield Figure("plan, every text differs", seconds, "s CPU", plain, against)
        long = NOTICE + "\n" + NOTICE.replace("{{ gio }}", "cả ngày")
        path = write_campaign(workspace, "long", hamlets=HAMLETS, hours=Hours.ALL_DIFFER, text=long)
        seconds, lines = timed(partial(planned, app, path))
        yield Figure(
            "plan, every text differs and fills the flyer", seconds, "s CPU", plain, against
        )
    assert lines > HAMLETS * CHANNELS


def planned(app: App, path: Path) -> int:
    """Do what ``loa plan`` does; return how many lines it would print."""
    campaign, plan = app.office.plan(path)
    return len(list(plan_lines(campaign, plan, app.registry)))


def rendered_one_by_one(text: str) -> int:
    """Fill the text in for every hamlet and channel, and do nothing else."""
    template = ImmutableSandboxedEnvironment().from_string(text)
    return sum(
        len(template.render(gio=f"{hamlet % 12} giờ", hamlet={"name": f"Ấp {hamlet}"}))
        for hamlet in range(HAMLETS)
        for _channel in range(CHANNELS)
    )
