"""The station's rules, each in the plan, at approval and at sending; and what moves for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from integration.test_programmes import at, lying, run_until, talk
from support.commune import PASSPHRASE, loa

from engine.app import App, open_app
from engine.clock import VIETNAM, SimulatedClock, local
from engine.errors import LoaError
from engine.ledger import DeliveryRow
from engine.models import Plan
from engine.states import State
from workers.embedded import EmbeddedRuntime

#: When and to whom things go is what these tests are about; the sounds are made once.
pytestmark = pytest.mark.usefixtures("said_once")

Stricter = Callable[..., App]


@pytest.fixture
def stricter(app: App) -> Iterator[Stricter]:
    """Open the workspace again by other rules, on the same clock."""
    opened: list[App] = []

    def change(*changes: tuple[str, str]) -> App:
        path = app.workspace / "commune.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert re.search(old, text)
            text = re.sub(old, new, text, count=1)
        path.write_text(text, encoding="utf-8")
        opened.append(open_app(app.workspace, clock=app.clock))
        return opened[-1]

    yield change
    for one in opened:
        one.close()


def add(rule: str) -> tuple[str, str]:
    return r"station: \{", f"station: {{{rule}, "


#: One change of the rules by which what airs at 05:00 on 2 December is forbidden, and its words.
FORBIDS = {
    "hours": (('"05:00-06:30"', '"06:00-06:30"'), "outside the allowed hours|may not speak"),
    "days": (add("days: [mon, tue, thu, fri, sat]"), "outside the allowed hours|may not speak"),
    "minutes": (("minutes_per_session: 30", "minutes_per_session: 1"), "minutes"),
    "sessions": (("sessions_per_day: 2", "sessions_per_day: 1"), "sessions"),
    "relay": (add('relays: [{hours: "04:30-05:30", name: VOV}]'), "relay of VOV"),
    "quiet": (add('quiet: [{from: 2026-12-02, reason: Tang lễ, hours: "04:00-08:00"}]'), "Tang lễ"),
}
EACH = pytest.mark.parametrize("rule", FORBIDS)


def write(app: App, name: str, text: str) -> Path:
    path = app.workspace / "campaigns" / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def submit(app: App, name: str, **more: Any) -> Plan:
    values = {"times": '"05:00"', "sentences": 20, **more}
    return app.office.submit(write(app, name, talk(name, **values)), "lan").plan


def approve(app: App, name: str) -> Plan:
    plan = app.office.approve(name, "minh", PASSPHRASE).plan
    assert isinstance(app.clock, SimulatedClock)
    app.clock.advance_to(app.clock.now() + timedelta(seconds=1))
    return plan


def release(app: App, name: str, **more: Any) -> Plan:
    submit(app, name, **more)
    return approve(app, name)


def earlier_session(app: App, rule: str) -> str:
    """Give the day its one session before the campaign's, where that is what is judged."""
    if rule != "sessions":
        return '"05:00"'
    release(app, "som-hon", times='"05:00"')
    return '"17:00"'


def rows(app: App, name: str) -> list[DeliveryRow]:
    return app.ledger.views.deliveries(name, replaced=True)


def slots(app: App, name: str, state: State) -> set[str]:
    return {f"{local(row.slot):%d %H:%M}" for row in rows(app, name) if row.state is state}


@EACH
def test_the_plan_judges(app: App, stricter: Stricter, rule: str) -> None:
    times = earlier_session(app, rule)
    change, words = FORBIDS[rule]
    ruled = stricter(change)
    path = write(ruled, "tin", talk("tin", times=times, sentences=20))
    _campaign, plan = ruled.office.plan(path)
    assert re.search(words, " ".join(breach.message for breach in plan.stops))
    with pytest.raises(LoaError, match=words):
        ruled.office.submit(path, "lan")


@EACH
def test_the_approval_judges_again(app: App, stricter: Stricter, rule: str) -> None:
    submit(app, "tin", times=earlier_session(app, rule))
    change, words = FORBIDS[rule]
    ruled = stricter(change)
    with pytest.raises(LoaError, match=words):
        ruled.office.approve("tin", "minh", PASSPHRASE)
    assert not rows(ruled, "tin")


@EACH
def test_sending_judges_once_more(app: App, stricter: Stricter, rule: str) -> None:
    times = earlier_session(app, rule)
    release(app, "tin", times=times)
    change, words = FORBIDS[rule]
    ruled = stricter(change)
    hour = int(times[1:3])
    run_until(ruled, at(hour, 12))
    assert not (ruled.outbox / f"loudspeaker/cum-1/2026-12-02/{hour:02}00.json").exists()
    slot = f"02 {hour:02}:00"
    left = [row for row in rows(ruled, "tin") if f"{local(row.slot):%d %H:%M}" == slot]
    expected = State.FAILED if rule == "minutes" else State.SUPERSEDED
    assert {row.state for row in left} == {expected}
    assert all(re.search(words, row.reason) for row in left)
    told = [one for one in ruled.ledger.views.events("tin") if re.search(words, one.detail)]
    assert {one.actor for one in told} == {"loa"}
    if expected is State.SUPERSEDED:
        EmbeddedRuntime(ruled).run()
        then = {"hours": "02 06:00", "relay": "02 05:30", "quiet": "02 17:00"}
        assert slots(ruled, "tin", State.SENT) == {then.get(rule, "03 05:00")}


@EACH
def test_an_emergency_may_and_its_approver_is_on_record(
    app: App, stricter: Stricter, rule: str
) -> None:
    times = earlier_session(app, rule)
    change, words = FORBIDS[rule]
    ruled = stricter(change)
    plan = release(ruled, "khan", times=times, priority="emergency")
    assert not plan.stops
    (approval,) = [one for one in ruled.ledger.views.events("khan") if one.to_state == "approved"]
    assert approval.actor == "minh"
    assert re.search(words, approval.detail)
    hour = int(times[1:3])
    run_until(ruled, at(hour, 1))
    assert lying(ruled, "cum-1", f"2026-12-02/{hour:02}00")[0] == ["khan"]


def test_the_trail_and_the_report_name_who_let_the_hours_be_broken(app: App) -> None:
    release(app, "khan", times='"03:15"', priority="emergency")
    trail = loa("events", "khan", cwd=app.workspace).stdout
    (line,) = [one for one in trail.splitlines() if "outside the allowed hours" in one]
    assert "minh" in line
    assert "approved" in line
    loa("report", "khan", cwd=app.workspace)
    (page,) = (app.workspace / "reports" / "khan").glob("*.html")
    (row,) = [
        one
        for one in re.findall(r"<tr>.*?</tr>", page.read_text(encoding="utf-8"), re.DOTALL)
        if "outside the allowed hours" in one
    ]
    assert "minh" in row


def test_an_emergency_takes_nobody_along_into_a_forbidden_hour(
    app: App, stricter: Stricter
) -> None:
    release(app, "tin")
    ruled = stricter(FORBIDS["quiet"][0])
    release(ruled, "khan", priority="emergency")
    run_until(ruled, at(5, 1))
    assert lying(ruled, "cum-1")[0] == ["khan"]
    assert slots(ruled, "tin", State.PLANNED) == {"02 17:00"}


def test_what_weighs_less_gives_way_and_that_is_said(app: App, stricter: Stricter) -> None:
    ruled = stricter(("minutes_per_session: 30", "minutes_per_session: 2"))
    release(ruled, "thuong", sentences=15)
    plan = submit(ruled, "uu-tien", sentences=15, priority="important")
    said = "the session at 05:00 02/12/2026 is full: thuong gives way and moves to 17:00 02/12/2026"
    assert [breach.message for breach in plan.breaches] == [said]
    assert slots(ruled, "thuong", State.PLANNED) == {"02 05:00"}, "nothing moves before approval"
    shown = loa("plan", "campaigns/uu-tien.yaml", cwd=app.workspace).stdout
    assert said in shown
    approve(ruled, "uu-tien")
    assert slots(ruled, "thuong", State.PLANNED) == {"02 17:00"}
    moved = [one for one in ruled.ledger.views.events("thuong") if said in one.detail]
    assert {(one.actor, one.to_state) for one in moved} == {
        ("minh", "superseded"),
        ("minh", "planned"),
    }
    assert all("uu-tien" in one.detail for one in moved)
    EmbeddedRuntime(ruled).run()
    assert lying(ruled, "cum-1")[0] == ["uu-tien"]
    assert lying(ruled, "cum-2", "2026-12-02/1700")[0] == ["thuong"]


def test_what_was_handed_over_gives_way_too(app: App, stricter: Stricter) -> None:
    ruled = stricter(("minutes_per_session: 30", "minutes_per_session: 2"))
    release(ruled, "thuong", sentences=15)
    run_until(ruled, at(4, 40))
    assert lying(ruled, "cum-1")[0] == ["thuong"]
    release(ruled, "uu-tien", sentences=15, priority="important")
    run_until(ruled, at(4, 50))
    assert lying(ruled, "cum-1")[0] == ["uu-tien"]
    assert slots(ruled, "thuong", State.WITHDRAWN) == {"02 05:00"}
    assert slots(ruled, "thuong", State.PLANNED) == {"02 17:00"}


def test_a_session_that_is_too_long_when_it_is_made_loses_the_lightest(
    app: App, stricter: Stricter
) -> None:
    for name, priority in (("cu", "routine"), ("uu-tien", "important"), ("moi", "routine")):
        release(app, name, sentences=12, priority=priority)
    ruled = stricter(("minutes_per_session: 30", "minutes_per_session: 2"))
    run_until(ruled, at(4, 40))
    assert lying(ruled, "cum-1")[0] == ["uu-tien"]
    assert slots(ruled, "cu", State.PLANNED) == {"02 17:00"}
    assert slots(ruled, "moi", State.PLANNED) == {"03 05:00"}
    reasons = [row.reason for row in rows(ruled, "moi")]
    assert all("longer than 2 minutes" in reason for reason in reasons)


def test_a_later_revision_leaves_what_moved_where_it_went(app: App, stricter: Stricter) -> None:
    ruled = stricter(("minutes_per_session: 30", "minutes_per_session: 2"))
    days = "2026-12-02, 2026-12-03"
    release(ruled, "thuong", sentences=15, days=days)
    release(ruled, "uu-tien", sentences=15, priority="important")
    run_until(ruled, at(5, 15))
    release(ruled, "thuong", sentences=16, days=days)
    EmbeddedRuntime(ruled).run()
    assert slots(ruled, "thuong", State.SENT) == {"02 17:00", "03 05:00"}
    assert {row.revision for row in rows(ruled, "thuong") if row.state is State.SENT} == {2}


def test_what_has_nowhere_to_go_is_told_to_be_off_the_air(app: App, stricter: Stricter) -> None:
    ruled = stricter(("minutes_per_session: 30", "minutes_per_session: 2"))
    text = talk("ngan", sentences=15).replace("until: 2026-12-05", "until: 2026-12-02T12:00")
    ruled.office.submit(write(ruled, "ngan", text), "lan")
    approve(ruled, "ngan")
    plan = release(ruled, "uu-tien", sentences=15, priority="important")
    assert "ngan gives way, and no later session" in plan.breaches[0].message
    assert slots(ruled, "ngan", State.FAILED) == {"02 05:00"}


def test_too_late_for_one_session_is_for_the_next(app: App) -> None:
    run_until(app, at(4, 54))
    early = release(app, "som")
    assert not early.breaches
    run_until(app, at(4, 56))
    plan = submit(app, "muon")
    said = (
        "too late for 05:00 02/12/2026: its programme is closed 5 minutes before; "
        "it moves to 17:00 02/12/2026"
    )
    assert [breach.message for breach in plan.breaches] == [said]
    approve(app, "muon")
    (approval,) = [one for one in app.ledger.views.events("muon") if one.to_state == "approved"]
    assert said in approval.detail
    EmbeddedRuntime(app).run()
    assert lying(app, "cum-1")[0] == ["som"]
    assert lying(app, "cum-1", "2026-12-02/1700")[0] == ["muon"]


def test_too_late_for_the_last_session_is_refused(app: App) -> None:
    run_until(app, at(4, 56))
    text = talk("muon").replace("until: 2026-12-05", "until: 2026-12-02T12:00")
    with pytest.raises(LoaError, match="too late for 05:00"):
        app.office.submit(write(app, "muon", text), "lan")


def test_what_is_late_and_airs_later_anyway_airs_once(app: App) -> None:
    run_until(app, at(4, 56))
    release(app, "muon", times='"05:00", "17:00"')
    EmbeddedRuntime(app).run()
    assert len([row for row in rows(app, "muon") if row.target == "cum-1"]) == 1


def test_the_cut_off_is_the_communes_own_and_no_emergency_knows_it(
    app: App, stricter: Stricter
) -> None:
    ruled = stricter(add("cutoff_minutes: 30"))
    run_until(ruled, at(4, 31))
    assert "30 minutes before" in submit(ruled, "tin").breaches[0].message
    plan = submit(ruled, "khan", priority="emergency")
    assert {local(one.slot) for one in plan.deliveries} == {
        datetime(2026, 12, 2, 5, 0, tzinfo=VIETNAM)
    }
