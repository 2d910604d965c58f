"""A station's days as they go by: one player reports, the other says nothing, and is heard of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.commune import NOTICE, PASSPHRASE, make_commune

from engine.app import App, open_app
from engine.app.noticing import commune_desk
from engine.cli import demo_player
from engine.clock import SimulatedClock, local
from engine.ledger.needs import Needs
from engine.states import State
from workers.embedded import EmbeddedRuntime

AGAIN = """\
id: don-rac
title: Thu gom rác
valid: {from: 2026-12-01, until: 2026-12-04}
contact: Xã Mẫu
text: Sáng mai xe đến thu gom rác.
schedule: {dates: [2026-12-01], times: ["05:00"]}
channels:
  loudspeaker: {if_not_played: again}
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setenv("LOA_LANG", "en")
    folder = make_commune(tmp_path / "xa", {"tiem-phong": NOTICE, "don-rac": AGAIN})
    with (folder / "loa.toml").open("a", encoding="utf-8") as settings:
        settings.write('[players.folder]\nkind = "folder"\nmust_report = true\n')
    with open_app(folder) as opened:
        opened.office.set_passphrase("minh", PASSPHRASE, None)
        opened.office.submit(folder / "campaigns" / "don-rac.yaml", "lan")
        opened.office.approve("don-rac", "minh", PASSPHRASE)
        yield opened


def play(app: App, *clusters: str) -> None:
    """Write what the players of these clusters have played by now."""
    for cluster in clusters:
        folder = app.outbox / "loudspeaker" / cluster
        plays = demo_player.plays_of(folder, app.clock.now())
        (folder / "plays.jsonl").write_text("".join(one.line() for one in plays), "utf-8")


def states(app: App) -> list[tuple[str, str, State]]:
    rows = app.ledger.views.deliveries("don-rac", replaced=True)
    return sorted((row.target, f"{local(row.slot):%d %H:%M}", row.state) for row in rows)


def test_one_player_proves_the_other_is_tried_again_and_told(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    go_on(app, hours=1)
    assert states(app) == [("cum-1", "01 05:00", State.SENT), ("cum-2", "01 05:00", State.SENT)]
    play(app, "cum-2")
    go_on(app, hours=9)
    assert states(app) == [
        ("cum-1", "01 05:00", State.NOT_PLAYED),
        ("cum-1", "01 17:00", State.PLANNED),
        ("cum-2", "01 05:00", State.CONFIRMED),
    ]
    assert "cum-1 did not play 1 deliveries of 05:00 01/12/2026: no report" in caplog.text
    assert not_played(app) == [("don-rac", "cum-1")]
    go_on(app, hours=3)
    assert (app.outbox / "loudspeaker" / "cum-1" / "2026-12-01" / "1700.json").is_file()
    play(app, "cum-1")
    go_on(app, hours=1)
    assert {state for cluster, _slot, state in states(app) if cluster == "cum-1"} == {
        State.CONFIRMED
    }, "its log tells of the morning too: it was only late"
    assert not not_played(app)


@pytest.mark.parametrize("names", [("hop-1", "hop-2"), ("hop-1", "hop-1")])
def test_two_players_by_mistake_on_one_folder_prove_once_and_a_person_is_told(
    app: App, names: tuple[str, str]
) -> None:
    """Both play what lies there, some seconds apart, and write into one log."""
    go_on(app, hours=1)
    folder = app.outbox / "loudspeaker" / "cum-2"
    played = list(demo_player.plays_of(folder, app.clock.now()))
    lines = [
        replace(one, player=name, began=one.began + timedelta(seconds=late)).line()
        for late, name in enumerate(names)
        for one in played
    ]
    (folder / "plays.jsonl").write_text("".join(lines), "utf-8")
    go_on(app, hours=1)
    assert states(app)[-1] == ("cum-2", "01 05:00", State.CONFIRMED)
    events = app.ledger.views.events()
    rows = {row.id for row in app.ledger.views.deliveries("don-rac") if row.target == "cum-2"}
    confirmed = [e for e in events if e.to_state == State.CONFIRMED and e.delivery_id in rows]
    assert len(confirmed) == len(rows), "once each"
    keys = {one.notice.key for one in commune_desk(app.house, app.ledger, ()).look()}
    same = names[0] == names[1]
    assert ("reused-numbers:folder/hop-1" in keys, "two-players:cum-2" in keys) == (same, not same)


def go_on(app: App, *, hours: int) -> None:
    """Let time pass, and the runtime do whatever is due by then."""
    assert isinstance(app.clock, SimulatedClock)
    until = app.clock.now() + timedelta(hours=hours)
    EmbeddedRuntime(app).run(until=until)
    app.clock.advance_to(until)
    EmbeddedRuntime(app).run(until=until)


def not_played(app: App) -> list[tuple[str, str]]:
    found = Needs(app.ledger.database, "xa-mau").not_played(app.clock.now() - timedelta(days=2))
    return [(one.campaign_id, one.cluster) for one in found]
