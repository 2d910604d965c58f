"""Programmes from approval to the outbox: their order, who joins late, what drops out."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from support.commune import PASSPHRASE

from engine.app import App, open_app
from engine.clock import VIETNAM, SimulatedClock
from engine.states import State
from workers.embedded import EmbeddedRuntime

DAY = "2026-12-02"


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=VIETNAM)


def talk(
    name: str, *, times: str = '"05:00"', days: str = DAY, sentences: int = 1, **more: str
) -> str:
    """A campaign on the loudspeakers alone; a sentence takes about four seconds."""
    keys = "".join(f"{key}: {value}\n" for key, value in more.items())
    return (
        f"id: {name}\ntitle: Tin {name}\nvalid: {{from: 2026-12-01, until: 2026-12-05}}\n"
        f"contact: Xã\ntext: {'Mời bà con đến họp tại nhà văn hóa ấp. ' * sentences}\n"
        f"schedule: {{dates: [{days}], times: [{times}]}}\n{keys}"
        "channels: {loudspeaker: true, flyer: false, portal: false, chat: false}\n"
    )


def release(app: App, name: str, text: str) -> None:
    path = app.workspace / "campaigns" / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    app.office.submit(path, "lan")
    app.office.approve(name, "minh", PASSPHRASE)
    assert isinstance(app.clock, SimulatedClock)
    app.clock.advance_to(app.clock.now() + timedelta(seconds=1))


def with_rules(app: App, rules: str) -> App:
    """The same workspace with more said about its station."""
    path = app.workspace / "commune.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?m)^station: \{", f"station: {{{rules}, ", text), encoding="utf-8")
    return open_app(app.workspace)


def run_until(app: App, moment: datetime) -> None:
    EmbeddedRuntime(app).run(until=moment)
    assert isinstance(app.clock, SimulatedClock)
    if app.clock.now() < moment:
        app.clock.advance_to(moment)


def lying(app: App, cluster: str, slot: str = f"{DAY}/0500") -> tuple[list[str], set[str]]:
    """Return the campaigns that a cluster's manifest lists, and the sounds in its folder."""
    folder = app.outbox / "loudspeaker" / cluster
    listed: Any = json.loads((folder / f"{slot}.json").read_bytes())
    sounds = {path.name for path in (folder / slot).parent.glob("*.mp3")}
    return [one["campaign"] for one in listed["items"]], sounds


def rows(app: App, name: str) -> list[Any]:
    return app.ledger.views.deliveries(name, replaced=True)


def test_a_programme_airs_by_the_communes_order_and_by_age(app: App) -> None:
    with with_rules(app, "order: [y-te-*]") as ruled:
        for name in ("z-cu", "a-moi"):
            release(ruled, name, talk(name))
        for name in ("an-ninh", "y-te-sot"):
            release(ruled, name, talk(name, priority="important"))
        # A later revision of an old campaign leaves it where it was.
        release(ruled, "z-cu", talk("z-cu", sentences=2))
        run_until(ruled, at(4, 45))
        assert lying(ruled, "cum-1")[0] == ["y-te-sot", "an-ninh", "z-cu", "a-moi"]


def test_a_fixed_order_for_a_slot_is_kept(app: App) -> None:
    with with_rules(app, 'fixed_order: [{time: "05:00", order: [b, c]}]') as ruled:
        for name in ("a", "b", "c"):
            release(ruled, name, talk(name))
        run_until(ruled, at(4, 45))
        assert lying(ruled, "cum-1")[0] == ["b", "c", "a"]


def test_the_same_list_is_joined_once_for_all_clusters(app: App) -> None:
    release(app, "a", talk("a"))
    release(app, "b", talk("b"))
    run_until(app, at(4, 45))
    kept = app.workspace / "artifacts" / "speech" / "programmes"
    joined = [path for path in kept.rglob("*.mp3") if b"CTOC" in path.read_bytes()[:2000]]
    assert len(joined) == 1
    for cluster in ("cum-1", "cum-2"):
        lies = app.outbox / "loudspeaker" / cluster / f"{DAY}/0500-programme.mp3"
        assert lies.read_bytes() == joined[0].read_bytes()


def test_a_cancelled_item_drops_out_of_what_was_handed_over(app: App) -> None:
    release(app, "o-lai", talk("o-lai"))
    release(app, "bi-huy", talk("bi-huy"))
    run_until(app, at(4, 45))
    both = lying(app, "cum-1")
    assert both[0] == ["o-lai", "bi-huy"]
    whole = (app.outbox / f"loudspeaker/cum-1/{DAY}/0500-programme.mp3").read_bytes()
    app.office.cancel("bi-huy", "minh", "hoãn")
    run_until(app, at(4, 50))
    for cluster in ("cum-1", "cum-2"):
        listed, sounds = lying(app, cluster)
        assert listed == ["o-lai"]
        assert not [name for name in sounds if "bi-huy" in name or "bridge" in name]
    again = (app.outbox / f"loudspeaker/cum-1/{DAY}/0500-programme.mp3").read_bytes()
    assert len(again) < len(whole)
    assert {row.state for row in rows(app, "bi-huy")} == {State.WITHDRAWN}
    assert {row.state for row in rows(app, "o-lai")} == {State.SENT}


def test_a_late_approval_joins_what_was_handed_over(app: App) -> None:
    release(app, "som", talk("som"))
    run_until(app, at(4, 45))
    release(app, "muon", talk("muon"))
    run_until(app, at(4, 50))
    assert lying(app, "cum-2")[0] == ["som", "muon"]
    assert Path(app.outbox / f"loudspeaker/cum-2/{DAY}/0500-bridge.mp3").is_file()
