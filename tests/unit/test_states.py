"""The one table of allowed moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from engine.ledger.moves import move_deliveries
from engine.ledger.tables import deliveries
from engine.states import DELIVERED, MOVES, SETTLED, UNSENT, State, may_move

ENDS = (State.CANCELLED, State.EXPIRED, State.SUPERSEDED, State.WITHDRAWN)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path, channel) as opened:
        yield opened


def reachable(start: State) -> set[State]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = MOVES[waiting.pop()] - found
        found |= fresh
        waiting += fresh
    return found


def test_every_state_has_its_row_and_can_be_reached_from_the_first() -> None:
    assert set(MOVES) == set(State)
    assert reachable(State.HELD) == set(State)


@pytest.mark.parametrize("state", ENDS)
def test_nothing_leaves_an_end(state: State) -> None:
    assert reachable(state) == {state}


def test_every_delivery_can_come_to_an_end() -> None:
    assert {state for state in State if not reachable(state) & set(ENDS)} == set()


def test_nothing_moves_to_where_it_is() -> None:
    assert not [state for state in State if may_move(state, state)]


def test_what_is_settled_and_what_is_not() -> None:
    assert set(State) - SETTLED == {State.HELD, State.PLANNED, State.SENDING}
    assert not UNSENT & SETTLED
    assert DELIVERED <= SETTLED


def test_only_sending_leads_to_sent_and_doubt_unless_a_person_decides() -> None:
    before_sent = {old for old in State if may_move(old, State.SENT)}
    assert before_sent == {State.SENDING, State.UNCERTAIN}
    assert {old for old in State if may_move(old, State.UNCERTAIN)} == {State.SENDING}


def test_what_was_sent_is_never_planned_again_without_proof_that_it_did_not_play() -> None:
    assert not may_move(State.SENT, State.PLANNED)
    assert not may_move(State.CONFIRMED, State.PLANNED)
    assert may_move(State.NOT_PLAYED, State.PLANNED)


@pytest.mark.parametrize("old", State)
@pytest.mark.parametrize("new", State)
def test_the_ledger_makes_the_moves_of_the_table_and_no_other(
    rig: Rig, old: State, new: State
) -> None:
    rig.release(Post())
    with rig.ledger.database.write() as connection:
        connection.execute(deliveries.update().values(state=old))
        before = connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one()
        arguments = {"old": old, "new": new, "at": NOW, "actor": "test"}
        everything = deliveries.c.id > 0
        if may_move(old, new):
            assert len(move_deliveries(connection, "xa-mau", everything, **arguments)) == 1
        else:
            with pytest.raises(ValueError, match="no delivery goes from"):
                move_deliveries(connection, "xa-mau", everything, **arguments)
        after = connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one()
        assert after - before == may_move(old, new), "each move has its event"
    assert rig.states() == {new if may_move(old, new) else old: 1}


def test_a_move_that_somebody_else_made_first_is_no_error_and_no_event(rig: Rig) -> None:
    rig.release(Post())
    with rig.ledger.database.write() as connection:
        moved = move_deliveries(
            connection,
            "xa-mau",
            deliveries.c.id > 0,
            old=State.SENDING,
            new=State.SENT,
            at=NOW,
            actor="test",
        )
    assert not moved
    assert not [event for event in rig.ledger.views.events() if event.to_state == "sent"]
