"""Second tries among campaigns that come after them: they take nobody's session of the day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.test_airtime import release, slots
from integration.test_programmes import at, lying, run_until, talk
from support.commune import PASSPHRASE, make_commune

from engine.app import App, open_app
from engine.app.station import day_of
from engine.states import State
from workers.embedded import EmbeddedRuntime

#: When and to whom things go is what these tests are about; the sounds are made once.
pytestmark = pytest.mark.usefixtures("said_once")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A commune whose players never report, and whose morning's item is to be tried again."""
    folder = make_commune(tmp_path / "xa")
    with (folder / "loa.toml").open("a", encoding="utf-8") as settings:
        settings.write('[players.folder]\nkind = "folder"\nmust_report = true\n')
    with open_app(folder) as opened:
        opened.office.set_passphrase("minh", PASSPHRASE, None)
        text = talk("cu").replace("loudspeaker: true", "loudspeaker: {if_not_played: again}")
        path = folder / "campaigns" / "cu.yaml"
        path.write_text(text, encoding="utf-8")
        opened.office.submit(path, "lan")
        opened.office.approve("cu", "minh", PASSPHRASE)
        yield opened


def hear_nothing(app: App) -> None:
    """The morning's programme is over and nobody has reported it."""
    run_until(app, at(5, 1))
    run_until(app, at(5, 40))
    assert app.station_watch is not None
    assert app.station_watch.judge() == 2
    assert slots(app, "cu", State.PLANNED) == {"02 17:00"}


def test_a_new_campaign_takes_the_session_of_a_second_try_which_joins_it(app: App) -> None:
    release(app, "trua", times='"05:45"')
    hear_nothing(app)
    plan = release(app, "toi", times='"17:30"')
    assert not plan.stops
    said = (
        "the session of a second try at 17:00 02/12/2026 is needed: cu gives way and moves to "
        "17:30 02/12/2026"
    )
    assert said in [breach.message for breach in plan.breaches]
    assert slots(app, "cu", State.PLANNED) == {"02 17:30"}
    EmbeddedRuntime(app).run(until=at(17, 31))
    assert lying(app, "cum-1", "2026-12-02/1730")[0] == ["cu", "toi"]
    told = [one.detail for one in app.ledger.views.events("cu") if said in one.detail]
    assert told
    assert all("(for toi)" in one for one in told)


def test_the_day_shows_before_approval_where_a_second_try_goes(app: App) -> None:
    release(app, "trua", times='"05:45"')
    hear_nothing(app)
    path = app.workspace / "campaigns" / "toi.yaml"
    path.write_text(talk("toi", times='"17:30"'), encoding="utf-8")
    day = day_of(app, at(5).date(), path, "cum-1")
    evening = [one for one in day.clusters[0].sessions if one.slot > at(12)]
    assert [(one.slot, [item.campaign_id for item in one.items]) for one in evening] == [
        (at(17, 30), ["cu", "toi"])
    ]
    assert evening[0].items[0].moved_from == at(17)
    assert not day.clashes
    assert "cu gives way and moves to 17:30" in day.moves[0].message


def test_a_session_that_nobody_needs_stays_the_second_tries_own(app: App) -> None:
    hear_nothing(app)
    plan = release(app, "toi", times='"17:30"')
    assert not plan.breaches
    assert slots(app, "cu", State.PLANNED) == {"02 17:00"}
