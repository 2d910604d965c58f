"""What lies with players is taken back when the rules change: in the ledger, and where it lies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from integration.test_airtime import FORBIDS as ALL_RULES
from integration.test_airtime import (
    Stricter,
    add,
    earlier_session,
    release,
    rows,
    slots,
    stricter,
    write,
)
from integration.test_programmes import at, lying, run_until, talk
from support.commune import _REGISTRY, PASSPHRASE, make_commune
from support.console import workspace_of
from support.redis_server import RedisServer

from channels.base import ChannelError
from channels.loudspeaker.players.folder import FolderBackend
from engine.app import App, Communes, open_app
from engine.app.noticing import commune_desk
from engine.clock import local
from engine.ledger.player_tables import players
from engine.models.airing import Cancel, Message, Programme, decode
from engine.models.notice import Concern
from engine.notices.words import what, what_to_do
from engine.states import State
from workers.distributed import SchedulerService
from workers.embedded import EmbeddedRuntime
from workers.rounds import Rounds

#: When and to whom things go is what these tests are about; the sounds are made once.
pytestmark = pytest.mark.usefixtures("said_once")

__all__ = ["stricter"]

QUIET = add('quiet: [{from: 2026-12-02, reason: Tang lễ, hours: "04:00-08:00"}]')

#: A change of the rules by which what airs at 05:00 on 2 December is forbidden, its words, and
#: when it airs instead.
FORBIDS = {
    "hours": (('"05:00-06:30"', '"06:00-06:30"'), "may not speak at 05:00", "02 06:00"),
    "days": (add("days: [mon, tue, thu, fri, sat]"), "may not speak at 05:00", "03 05:00"),
    "relay": (add('relays: [{hours: "04:30-05:30", name: VOV}]'), "relay of VOV", "02 05:30"),
    "quiet": (QUIET, "Tang lễ", "02 17:00"),
}


def handed_over(app: App, name: str = "tin") -> None:
    """Let 05:00's programme lie with the players, as it does from 04:30 on."""
    release(app, name)
    run_until(app, at(4, 40))
    assert lying(app, "cum-1")[0] == [name]
    assert slots(app, name, State.SENT) == {"02 05:00"}


@pytest.mark.parametrize("rule", FORBIDS)
def test_what_lies_with_a_player_is_taken_back_and_airs_when_it_may(
    app: App, stricter: Stricter, rule: str, caplog: pytest.LogCaptureFixture
) -> None:
    handed_over(app)
    change, words, then = FORBIDS[rule]
    ruled = stricter(change)
    run_until(ruled, at(4, 45))
    assert lying(ruled, "cum-1")[0] == []
    assert slots(ruled, "tin", State.WITHDRAWN) == {"02 05:00"}
    assert slots(ruled, "tin", State.PLANNED) == {then}
    told = [one for one in ruled.ledger.views.events("tin") if words in one.detail]
    assert {(one.actor, one.to_state) for one in told} == {
        ("loa", "withdrawn"),
        ("loa", "planned"),
    }
    assert "taken back from the players of cum-1" in caplog.text
    EmbeddedRuntime(ruled).run()
    assert slots(ruled, "tin", State.SENT) == {then}


def change_file(app: App, change: tuple[str, str]) -> None:
    """What an official does in an editor while Loa runs."""
    path = app.workspace / "commune.yaml"
    text, count = re.subn(*change, path.read_text(encoding="utf-8"), count=1)
    assert count
    path.write_text(text, encoding="utf-8")


#: What is told of what was taken back.
RECALLED = (Concern.RECALLED, Concern.TAKE_BACK)


def notices(app: App) -> list[tuple[str, str, str]]:
    """Return what the desk has about what was taken back: key, words, advice."""
    desk = commune_desk(app.house, app.ledger, app.rehearsing)
    found = [one.notice for one in desk.look() if one.notice.concern in RECALLED]
    return [(one.key, what(one), what_to_do(one)) for one in found]


def test_whoever_runs_already_sees_what_is_written_into_the_file(app: App) -> None:
    handed_over(app)
    change_file(app, QUIET)
    run_until(app, at(4, 45))
    assert lying(app, "cum-1")[0] == []
    assert slots(app, "tin", State.PLANNED) == {"02 17:00"}
    release(app, "sau", days="2026-12-03")
    assert slots(app, "sau", State.PLANNED) == {"03 05:00"}


@pytest.mark.parametrize("rule", ALL_RULES)
def test_what_is_due_is_judged_by_the_file_as_it_is_by_then(app: App, rule: str) -> None:
    """Approved by the old rules and sent by the new ones, by a process that runs already."""
    times = earlier_session(app, rule)
    release(app, "tin", times=times, sentences=20)
    runtime = EmbeddedRuntime(app)
    change, words = ALL_RULES[rule]
    change_file(app, change)
    hour = int(times[1:3])
    runtime.run(until=at(hour, 1))
    assert not (app.outbox / f"loudspeaker/cum-1/2026-12-02/{hour:02}00.json").exists()
    left = [row for row in rows(app, "tin") if row.slot == at(hour)]
    assert {row.state for row in left} <= {State.SUPERSEDED, State.FAILED}
    assert all(re.search(words, row.reason) for row in left)


def test_sessions_and_minutes_are_judged_for_what_lies_with_players_too(tmp_path: Path) -> None:
    with with_agents(tmp_path / "xa") as app:
        release(app, "tin", times='"05:00", "17:00"', sentences=20)
        run_until(app, at(5, 10, day=1))
        assert slots(app, "tin", State.SENT) == {"02 05:00", "02 17:00"}
        change_file(app, ("sessions_per_day: 2", "sessions_per_day: 1"))
        run_until(app, at(5, 15, day=1))
        assert slots(app, "tin", State.WITHDRAWN) == {"02 17:00"}
        change_file(app, ("minutes_per_session: 30", "minutes_per_session: 1"))
        run_until(app, at(5, 20, day=1))
        assert not slots(app, "tin", State.SENT)
        reasons = {row.reason for row in rows(app, "tin") if row.slot == at(5)}
        assert all("longer than 1 minutes; no later session" in reason for reason in reasons)
        assert [key for key, _words, _advice in notices(app)] == ["recalled:tin:nowhere"]


def test_a_player_that_has_not_asked_since_is_told_to_a_person(tmp_path: Path) -> None:
    with with_agents(tmp_path / "xa") as app:
        _player, _code = app.ledger.players.invite(
            ["cum-1"], name="", at=app.clock.now(), until=at(9)
        )
        with app.ledger.database.write() as connection:
            connection.exec_driver_sql("UPDATE players SET enrolled_at = made_at")
        release(app, "tin")
        run_until(app, at(5, 10, day=1))
        change_file(app, QUIET)
        run_until(app, at(5, 20, day=1))
        ((key, words, advice),) = notices(app)
        assert key == "recalled:tin:unseen"
        assert "on cum-1 (the last at 05:00 02/12/2026)" in words
        assert "loa players list" in advice
        with app.ledger.database.write() as connection:
            connection.execute(players.update().values(seen_at=app.clock.now()))
        assert not notices(app)


def test_looking_twice_takes_back_once_and_whoever_comes_next_tells_the_player(app: App) -> None:
    handed_over(app)
    change_file(app, QUIET)
    Communes.only(app).reread()
    assert app.recall is not None
    assert app.recall.look() == 2
    assert app.recall.look() == 0
    assert lying(app, "cum-1")[0] == ["tin"], "the process died before it handed anything over"
    with open_app(app.workspace, clock=app.clock) as again:
        run_until(again, at(4, 45))
    assert lying(app, "cum-1")[0] == []


def test_a_wrong_clock_takes_nothing_back(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over(app)
    change_file(app, QUIET)
    Communes.only(app).reread()
    monkeypatch.setattr("engine.dispatch.recall.emergencies_only", lambda _clock: True)
    assert app.recall is not None
    assert app.recall.look() == 0
    assert slots(app, "tin", State.SENT) == {"02 05:00"}


def test_a_drill_is_taken_to_the_next_allowed_hour(app: App, stricter: Stricter) -> None:
    release(app, "dien-tap", drill="true")
    run_until(app, at(4, 40))
    assert lying(app, "cum-1")[0] == ["dien-tap"]
    ruled = stricter(QUIET)
    run_until(ruled, at(4, 45))
    assert lying(ruled, "cum-1")[0] == []
    assert slots(ruled, "dien-tap", State.PLANNED) == {"02 17:00"}


def test_a_file_with_a_fault_changes_nothing_and_is_told_once(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    handed_over(app)
    change_file(app, (r"station: \{", "station: {quiet: [{from: 2026-13-02}], "))
    communes = Communes.only(app)
    rounds = Rounds(communes)
    for _round in range(3):
        rounds.recall()
    assert caplog.text.count("commune.yaml cannot be used as it is now") == 1
    assert slots(app, "tin", State.SENT) == {"02 05:00"}
    change_file(app, (r"quiet: \[\{from: 2026-13-02\}\]", QUIET[1].removeprefix("station: {")[:-2]))
    rounds.recall()
    assert slots(app, "tin", State.WITHDRAWN) == {"02 05:00"}


def test_a_scheduler_takes_back_as_well(app: App, redis_server: RedisServer) -> None:
    handed_over(app)
    change_file(app, QUIET)
    service = SchedulerService(Communes.only(app), redis_server.url)
    service.round()
    assert slots(app, "tin", State.WITHDRAWN) == {"02 05:00"}
    assert slots(app, "tin", State.PLANNED) == {"02 17:00"}


def test_a_registry_that_a_province_imports_is_seen_at_the_next_round(app: App) -> None:
    handed_over(app)
    rounds = Rounds(Communes.only(app))
    rounds.recall()
    assert slots(app, "tin", State.SENT) == {"02 05:00"}
    station = replace(app.registry.station, days=frozenset({1, 2, 4, 5}))
    imported = replace(app.registry, station=station)
    app.ledger.registries.save(imported, "9" * 64, app.clock.now(), origin="bang.xlsx")
    rounds._communes._file = None  # its own file is no longer the truth
    rounds.recall()
    assert slots(app, "tin", State.WITHDRAWN) == {"02 05:00"}
    assert slots(app, "tin", State.PLANNED) == {"03 05:00"}


def test_an_emergency_stays_and_airs(app: App, stricter: Stricter) -> None:
    release(app, "khan", priority="emergency")
    release(app, "tin")
    run_until(app, at(4, 40))
    assert lying(app, "cum-1")[0] == ["khan", "tin"]
    ruled = stricter(QUIET)
    run_until(ruled, at(4, 45))
    assert lying(ruled, "cum-1")[0] == ["khan"]
    assert slots(ruled, "khan", State.SENT) == {"02 05:00"}


def test_what_runs_into_a_relay_loses_only_what_no_longer_fits(
    app: App, stricter: Stricter
) -> None:
    release(app, "dai", sentences=40)
    release(app, "ngan")
    run_until(app, at(4, 40))
    assert lying(app, "cum-1")[0] == ["dai", "ngan"]
    ruled = stricter(add('relays: [{hours: "05:02-05:30", name: VOV}]'))
    run_until(ruled, at(4, 45))
    assert lying(ruled, "cum-1")[0] == ["ngan"]
    assert slots(ruled, "dai", State.PLANNED) == {"02 05:30"}


def test_a_programme_that_was_made_and_fits_is_left_whatever_was_foreseen(
    app: App, stricter: Stricter
) -> None:
    release(app, "tin", sentences=14)
    run_until(app, at(4, 40))
    ruled = stricter(("minutes_per_session: 30", "minutes_per_session: 2"))
    before = (ruled.outbox / "loudspeaker/cum-1/2026-12-02/0500.json").read_bytes()
    run_until(ruled, at(4, 45))
    assert (ruled.outbox / "loudspeaker/cum-1/2026-12-02/0500.json").read_bytes() == before
    assert slots(ruled, "tin", State.SENT) == {"02 05:00"}


def test_what_has_nowhere_to_go_is_taken_back_and_a_person_is_told(
    app: App, stricter: Stricter
) -> None:
    text = talk("tin").replace("until: 2026-12-05", "until: 2026-12-02T12:00")
    app.office.submit(write(app, "tin", text), "lan")
    app.office.approve("tin", "minh", PASSPHRASE)
    run_until(app, at(4, 40))
    assert lying(app, "cum-1")[0] == ["tin"]
    ruled = stricter(QUIET)
    run_until(ruled, at(4, 45))
    assert lying(ruled, "cum-1")[0] == []
    assert slots(ruled, "tin", State.WITHDRAWN) == {"02 05:00"}
    ((key, words, advice),) = notices(ruled)
    assert key == "recalled:tin:nowhere"
    assert "2 deliveries were taken back from cum-1, cum-2" in words
    assert "loa events tin" in advice


def test_a_player_that_does_not_take_it_back_is_told_until_it_does(
    app: App, stricter: Stricter, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_over(app)
    ruled = stricter(QUIET)
    real = FolderBackend.deliver

    def away(*_given: object) -> None:
        raise ChannelError("mất điện")

    monkeypatch.setattr(FolderBackend, "deliver", away)
    run_until(ruled, at(4, 46))
    ((key, words, advice),) = notices(ruled)
    assert key == "recalled:tin:away"
    assert "the players there do not take 2 deliveries back" in words
    assert "loa doctor" in advice
    monkeypatch.setattr(FolderBackend, "deliver", real)
    run_until(ruled, at(4, 58))
    assert lying(ruled, "cum-1")[0] == []
    assert not notices(ruled)


def test_a_package_is_made_anew_and_a_person_is_told_to_take_it_off(tmp_path: Path) -> None:
    registry = _REGISTRY
    for hamlet in ("ap-1", "ap-2"):
        registry = registry.replace(
            f"hamlets: [{hamlet}]}}", f"hamlets: [{hamlet}], player: tinh}}", 1
        )
    workspace = make_commune(tmp_path / "xa", registry=registry)
    with (workspace / "loa.toml").open("a", encoding="utf-8") as settings:
        settings.write('[players.tinh]\nkind = "package"\nahead_days = 1\n')
    with open_app(workspace) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        release(app, "tin")
        run_until(app, at(6, 0, day=1))
        assert slots(app, "tin", State.SENT) == {"02 05:00"}
        change_file(app, QUIET)
        run_until(app, at(7, 0, day=1))
        packages = app.outbox / "packages" / "tinh"
        (note,) = packages.glob("THU-HOI-*.txt")
        assert "cum-1: 05:00 2026-12-02" in note.read_text(encoding="utf-8")
        ((key, words, advice),) = notices(app)
        assert key.startswith("take-back:tin-")
        assert "must be taken off the province's system for 2 airings" in words
        assert note.name in advice
        run_until(app, at(5, 1))
        assert not notices(app), "there is nothing left to take off"


@contextmanager
def with_agents(folder: Path) -> Iterator[App]:
    workspace = workspace_of(folder, live=True)
    with open_app(workspace) as app:
        app.office.set_passphrase("minh", PASSPHRASE, None)
        yield app


def published(app: App) -> dict[str, Message]:
    """Return what the players of cum-1 are told, by slot."""
    found = {}
    for one in app.ledger.programmes.after(0, ["cum-1"], at=app.clock.now(), limit=100):
        message = decode(one.envelope.payload)
        found[f"{local(message.slot):%d %H:%M}"] = message
    return found


def test_loas_own_players_are_told_that_there_is_none_days_ahead(tmp_path: Path) -> None:
    with with_agents(tmp_path / "xa") as app:
        release(app, "tin", times='"05:00", "17:00"')
        run_until(app, at(5, 10, day=1))
        assert {slot: type(one) for slot, one in published(app).items()} == {
            "02 05:00": Programme,
            "02 17:00": Programme,
        }, "two days ahead"
        change_file(app, ("sessions_per_day: 2", "sessions_per_day: 1"))
        run_until(app, at(5, 20, day=1))
        assert {slot: type(one) for slot, one in published(app).items()} == {
            "02 05:00": Programme,
            "02 17:00": Cancel,
            "03 05:00": Programme,
        }
        change_file(app, QUIET)
        run_until(app, at(5, 30, day=1))
        told = {slot: type(one) for slot, one in published(app).items()}
        assert told["02 05:00"] is Cancel
        assert told["02 17:00"] is Programme
