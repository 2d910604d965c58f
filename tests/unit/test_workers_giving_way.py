"""While an emergency is in hand what is routine stands still, and not for ever."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from support.dispatching import Post, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide
from support.redis_server import PATIENCE, wait_until

from engine.states import State
from workers.giving_way import Way


def test_nobody_waits_while_nothing_is_urgent() -> None:
    way = Way(at_most=60)
    way.give()
    with way.kept():
        pass
    way.give()


def test_all_wait_until_the_last_urgent_thing_is_done() -> None:
    way, gone = Way(at_most=60), threading.Event()
    way.enter()
    way.enter()
    waiting = threading.Thread(target=lambda: (way.give(), gone.set()))
    waiting.start()
    way.leave()
    assert not gone.is_set()
    way.leave()
    waiting.join(timeout=PATIENCE)
    assert gone.is_set()


def test_what_never_ends_holds_nobody_up_for_ever() -> None:
    way = Way(at_most=0.01)
    way.enter()
    way.give()


@pytest.mark.parametrize("idempotent", [True, False])
def test_a_sender_gives_way_before_each_bundle_and_before_each_is_handed_over(
    tmp_path: Path, *, idempotent: bool
) -> None:
    """An emergency comes while the second of three is made ready: the third waits for it."""
    way, asked = Way(at_most=60), list[str]()
    log = FarSide(tmp_path / "far.log")
    with rigged(tmp_path, FakeChannel("giay", FakeBackend("so", idempotent, log))) as rig:
        rig.release(*(Post(target=f"noi-{n}") for n in range(3)))
        ids = rig.due()

        def give_way() -> None:
            asked.append("may I")
            if len(asked) == 4:
                way.enter()
            way.give()

        sending = threading.Thread(
            target=rig.sender.send, args=(ids,), kwargs={"give_way": give_way}
        )
        sending.start()
        wait_until(lambda: len(asked) == 4, "the third bundle")
        assert rig.states() == {State.PLANNED: 3}, "nothing is half done"
        way.leave()
        sending.join(timeout=PATIENCE)
        assert rig.states() == {State.SENT: 3}
        assert len(asked) == (8 if idempotent else 10)
