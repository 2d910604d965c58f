"""What lies with players is taken back when the rules change: in the ledger, and where it lies."""

from __future__ import annotations

import pytest
from integration.test_airtime import Stricter, add, slots, stricter
from integration.test_airtime import release as release_in
from integration.test_programmes import at, lying, run_until

from engine.app import App
from engine.states import State
from workers.embedded import EmbeddedRuntime

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
    release_in(app, name)
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
