"""What is too late, cancelled or replaced is refused at the moment of sending, on both ledgers.

Whatever happens is committed by somebody else between two steps of a sender: after it has
rendered, just before it begins, or while it hands over what it began together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from support.dispatching import NOW, Post, Rig, check_chains, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from engine.clock import VIETNAM
from engine.ledger.places import Place
from engine.models import Bundle
from engine.states import State

SOON = NOW + timedelta(minutes=1)


@dataclass
class Steps:
    """Boundaries of a sender at which something may happen, once."""

    waiting: dict[str, Callable[[], object]] = field(default_factory=dict)

    def __call__(self, name: str) -> None:
        self.waiting.pop(name, lambda: None)()


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
def far_side(tmp_path: Path) -> FarSide:
    return FarSide(tmp_path / "far.log")


@pytest.fixture
def backend(far_side: FarSide) -> FakeBackend:
    return FakeBackend("so", True, far_side)


@pytest.fixture
def channel(backend: FakeBackend) -> FakeChannel:
    return FakeChannel("giay", backend)


@pytest.fixture
def rig(tmp_path: Path, place: Place, channel: FakeChannel, steps: Steps) -> Iterator[Rig]:
    with rigged(tmp_path, channel, place=place, boundary=steps) as opened:
        yield opened


def cancel(rig: Rig) -> None:
    rig.ledger.deliveries.cancel(
        "thong-bao", recalled=frozenset(), at=rig.clock.now(), actor="minh", reason="thôi"
    )


def replace(rig: Rig) -> None:
    """Approve a revision that says something else."""
    rig.release(Post(text="Lời mới."), replaced=[row.id for row in rig.rows()])


def pass_expiry(rig: Rig) -> None:
    rig.pass_time(minutes=2)


def expire_by_another(rig: Rig) -> None:
    """Another scheduler is first to see that the time is over."""
    rig.pass_time(minutes=2)
    rig.sender.expire()


HAPPENINGS = [
    (cancel, State.CANCELLED),
    (replace, State.SUPERSEDED),
    (pass_expiry, State.EXPIRED),
    (expire_by_another, State.EXPIRED),
]
happening = pytest.mark.parametrize(
    ("happen", "end"), HAPPENINGS, ids=[one.__name__ for one, _ in HAPPENINGS]
)


@happening
def test_what_is_stopped_while_it_is_rendered_is_not_sent(
    rig: Rig, channel: FakeChannel, far_side: FarSide, happen: Callable[[Rig], None], end: State
) -> None:
    rig.release(Post(text="Lời cũ.", expires_at=SOON))
    channel.on_render = lambda body: happen(rig) if body == "Lời cũ." else None
    rig.send()
    rig.send()
    assert far_side.texts["Lời cũ."] == 0
    assert rig.rows()[0].state is end
    check_chains(rig.ledger.views.events())


@pytest.mark.parametrize("idempotent", [True, False], ids=["idempotent", "careful"])
@happening
def test_what_is_stopped_just_before_it_begins_is_not_sent(
    rig: Rig,
    backend: FakeBackend,
    steps: Steps,
    far_side: FarSide,
    happen: Callable[[Rig], None],
    end: State,
    idempotent: bool,
) -> None:
    backend.idempotent = idempotent
    rig.release(Post(text="Lời cũ.", expires_at=SOON))
    steps.waiting["before begin"] = lambda: happen(rig)
    rig.send()
    assert not steps.waiting
    assert far_side.texts["Lời cũ."] == 0
    rig.send()
    assert rig.rows()[0].state is end
    check_chains(rig.ledger.views.events())


def test_the_new_words_go_out_when_the_old_ones_were_replaced_just_before(
    rig: Rig, steps: Steps, far_side: FarSide
) -> None:
    rig.release(Post(text="Lời cũ."))
    steps.waiting["before begin"] = lambda: replace(rig)
    rig.send()
    rig.send()
    assert far_side.texts == {"Lời mới.": 1}


def test_a_bundle_goes_on_without_the_item_that_expired_just_before_it_began(
    rig: Rig, steps: Steps, far_side: FarSide
) -> None:
    rig.release(Post("ap-1", text="Ngắn.", expires_at=SOON), Post("ap-2", text="Dài."))
    steps.waiting["before begin"] = lambda: pass_expiry(rig)
    rig.send()
    rig.send()
    assert far_side.texts == {"Dài.": 1}
    assert rig.states() == {State.EXPIRED: 1, State.SENT: 1}


def test_what_had_to_wait_for_its_target_is_judged_again_when_its_turn_comes(
    rig: Rig, backend: FakeBackend, far_side: FarSide
) -> None:
    """Two slots of one target go one after the other; the first one takes its time."""
    rig.release(
        Post(text="Một."), Post(text="Hai.", slot=NOW + timedelta(seconds=1), expires_at=SOON)
    )
    rig.pass_time(seconds=2)
    backend.on_deliver = lambda _bundle: rig.pass_time(minutes=2)
    rig.send()
    rig.send()
    assert far_side.texts == {"Một.": 1}
    assert rig.states() == {State.SENT: 1, State.EXPIRED: 1}


def test_the_hour_is_judged_again_for_what_had_to_wait_for_its_target(
    tmp_path: Path, place: Place, far_side: FarSide
) -> None:
    backend = FakeBackend("so", True, far_side)
    with rigged(tmp_path, FakeChannel("chat", backend), place=place) as rig:
        late = datetime(2026, 12, 1, 20, 59, tzinfo=VIETNAM)
        rig.clock.advance_to(late)
        slots = (late, late - timedelta(minutes=1))
        rig.release(*(Post(channel="chat", text=f"{slot:%H:%M}", slot=slot) for slot in slots))
        backend.on_deliver = lambda _bundle: rig.pass_time(minutes=2)
        rig.send()
        assert far_side.texts.total() == 1
        assert rig.ledger.bundles.next_moment(rehearse=()) == late + timedelta(hours=9, minutes=1)


@happening
def test_a_slow_far_side_does_not_keep_what_began_together_from_being_stopped(
    rig: Rig,
    backend: FakeBackend,
    far_side: FarSide,
    happen: Callable[[Rig], None],
    end: State,
) -> None:
    """One commit begins many bundles; those whose turn comes late are judged anew."""
    rig.release(*(Post(text=f"Lời {n}.", target=f"noi-{n}", expires_at=SOON) for n in range(1, 6)))

    def slowly(_bundle: Bundle) -> None:
        backend.on_deliver = lambda _bundle: None
        rig.pass_time(seconds=50)
        happen(rig)

    backend.on_deliver = slowly
    rig.send()
    rig.send()
    assert far_side.texts.total() - far_side.texts["Lời mới."] == 1
    states = rig.states()
    assert states[State.SENT] == 1 + far_side.texts["Lời mới."]
    assert states[end] == 4
    check_chains(rig.ledger.views.events())
