"""Deliveries that give way, on either ledger: stopped in one slot, planned in another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from support import builders
from support.dispatching import NOW, Post, Rig, check_chains
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from engine.ledger.places import Place
from engine.models import Hours, Shift, StationRules
from engine.states import State

SLOT = NOW + timedelta(hours=5)
THEN = NOW + timedelta(hours=9)
UNTIL = NOW + timedelta(days=2)


@pytest.fixture
def rig(tmp_path: Path, place: Place) -> Iterator[Rig]:
    at_any_hour = StationRules((Hours(time(0), time(23, 59)),), 9, 30)
    channel = FakeChannel("loudspeaker", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    channel.cumulative = True
    made = Rig(tmp_path, channel, place=place, registry=builders.registry(station=at_any_hour))
    yield made
    made.ledger.close()


def post(hamlet: str = "ap-1", slot: datetime = SLOT) -> Post:
    return Post(hamlet, "loudspeaker", "cum-1", slot=slot, expires_at=slot + timedelta(minutes=10))


def shift(rig: Rig, to: datetime | None = THEN, campaign_id: str = "thong-bao") -> int:
    (key,) = {row.content_hash for row in rig.rows(campaign_id)}
    one = Shift("cum-1", SLOT, campaign_id, key, to, UNTIL, "hết chỗ")
    return rig.ledger.deliveries.shift(
        [one], recalled={"loudspeaker"}, at=rig.clock.now(), actor="minh"
    )


def stand(rig: Rig, campaign_id: str = "thong-bao") -> list[tuple[str, datetime, State, bool]]:
    return [(row.hamlet_id, row.slot, row.state, row.replaced) for row in rig.rows(campaign_id)]


def test_what_waits_is_stopped_here_and_planned_there(rig: Rig) -> None:
    rig.release(post("ap-1"), post("ap-2"))
    assert shift(rig) == 2
    assert stand(rig) == [
        ("ap-1", SLOT, State.SUPERSEDED, True),
        ("ap-1", THEN, State.PLANNED, False),
        ("ap-2", SLOT, State.SUPERSEDED, True),
        ("ap-2", THEN, State.PLANNED, False),
    ]
    assert shift(rig) == 0, "twice has the effect of once"
    told = [one for one in rig.ledger.views.events("thong-bao") if one.detail == "hết chỗ"]
    assert {(one.actor, one.from_state, one.to_state) for one in told} == {
        ("minh", "planned", "superseded"),
        ("minh", "held", "planned"),
    }
    check_chains(one for one in rig.ledger.views.events() if one.delivery_id is not None)
    moved = {one.moved_from for one in rig.ledger.deliveries.current("thong-bao")}
    assert moved == {SLOT}
    assert rig.bundle_states() == ["cancelled", "planned"]
    rig.pass_time(hours=9)
    rig.send()
    assert [one[2] for one in stand(rig)] == [State.SUPERSEDED, State.SENT] * 2


def test_others_in_its_session_stay(rig: Rig) -> None:
    rig.release(post())
    rig.release(post(), campaign_id="khac")
    assert shift(rig) == 1
    assert stand(rig, "khac") == [("ap-1", SLOT, State.PLANNED, False)]
    assert rig.bundle_states() == ["planned", "planned"]


def test_what_was_handed_over_is_taken_back(rig: Rig) -> None:
    rig.channels["loudspeaker"].lead = timedelta(hours=6)
    rig.release(post())
    rig.send()
    assert stand(rig) == [("ap-1", SLOT, State.SENT, False)]
    assert shift(rig) == 1
    assert stand(rig) == [
        ("ap-1", SLOT, State.WITHDRAWN, True),
        ("ap-1", THEN, State.PLANNED, False),
    ]
    assert rig.bundle_states() == ["planned", "planned"], "the far side's list is made anew"


def test_what_has_begun_stays(rig: Rig) -> None:
    rig.release(post())
    rig.pass_time(hours=5)
    rig.send()
    assert shift(rig) == 0
    assert stand(rig) == [("ap-1", SLOT, State.SENT, False)]


def test_where_the_same_words_are_planned_they_come_once(rig: Rig) -> None:
    rig.release(post(), post(slot=THEN))
    assert shift(rig) == 1
    assert stand(rig) == [
        ("ap-1", SLOT, State.SUPERSEDED, True),
        ("ap-1", THEN, State.PLANNED, False),
    ]


def test_what_has_nowhere_to_go_fails_and_may_be_tried_again(rig: Rig) -> None:
    rig.release(post())
    assert shift(rig, None) == 1
    assert stand(rig) == [("ap-1", SLOT, State.FAILED, False)]
    assert rig.rows()[0].reason == "hết chỗ"
    assert rig.bundle_states() == ["failed"]


def test_what_moves_twice_remembers_where_it_was_meant_for(rig: Rig) -> None:
    rig.release(post())
    shift(rig)
    (key,) = {row.content_hash for row in rig.rows()}
    again = Shift("cum-1", THEN, "thong-bao", key, THEN + timedelta(hours=3), UNTIL, "lại hết chỗ")
    assert rig.ledger.deliveries.shift([again], recalled={"loudspeaker"}, at=NOW, actor="loa") == 1
    (current,) = rig.ledger.deliveries.current("thong-bao")
    assert (current.slot, current.moved_from) == (THEN + timedelta(hours=3), SLOT)
