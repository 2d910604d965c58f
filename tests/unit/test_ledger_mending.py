"""What people decide about deliveries that went wrong: about all, or one group and not another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dispatching import Post, Rig, check_chains, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide, Mishap, permanent, unknown

from engine.ledger import Which
from engine.ledger.places import Place
from engine.states import State


@pytest.fixture
def far_side(tmp_path: Path) -> FarSide:
    return FarSide(tmp_path / "far.log")


@pytest.fixture
def paper(far_side: FarSide) -> FakeBackend:
    return FakeBackend("so", False, far_side)


@pytest.fixture
def chat(far_side: FarSide) -> FakeBackend:
    return FakeBackend("may", False, far_side)


@pytest.fixture
def rig(tmp_path: Path, place: Place, paper: FakeBackend, chat: FakeBackend) -> Iterator[Rig]:
    channels = FakeChannel("giay", paper), FakeChannel("nhom", chat)
    with rigged(tmp_path, *channels, place=place) as opened:
        yield opened


#: Two hamlets share the group `chung`; one of them has a group of its own, and paper.
POSTS = (
    Post("ap-1", "nhom", "chung", "Tin của ấp 1."),
    Post("ap-2", "nhom", "chung", "Tin của ấp 2."),
    Post("ap-1", "nhom", "rieng", "Tin riêng."),
    Post("ap-1", "giay", "noi-1", "Tờ rơi."),
)


def goes_wrong(rig: Rig, paper: FakeBackend, chat: FakeBackend, error: Exception) -> None:
    """Let everything fail once, with nothing taken by the far side."""
    paper.mishaps.append(Mishap(error))
    chat.mishaps += [Mishap(error)] * 2
    rig.release(*POSTS)
    rig.send()


def where_state(rig: Rig, state: State) -> set[tuple[str, str]]:
    return {(row.hamlet_id, row.target) for row in rig.rows() if row.state is state}


EVERYTHING = {(post.hamlet, post.target) for post in POSTS}

NARROWED = [
    ({}, EVERYTHING),
    ({"hamlet_id": "ap-2"}, {("ap-2", "chung")}),
    ({"channel": "giay"}, {("ap-1", "noi-1")}),
    ({"target": "chung", "hamlet_id": "ap-1"}, {("ap-1", "chung")}),
    ({"channel": "giay", "hamlet_id": "ap-2"}, set()),
]


@pytest.mark.parametrize(("narrower", "meant"), NARROWED)
def test_only_what_is_named_is_tried_again(
    rig: Rig, paper: FakeBackend, chat: FakeBackend, narrower: dict[str, str], meant: set[object]
) -> None:
    goes_wrong(rig, paper, chat, permanent())
    assert where_state(rig, State.FAILED) == EVERYTHING
    which = Which("thong-bao", **narrower)
    assert rig.ledger.mending.retry(which, at=rig.clock.now(), actor="minh") == len(meant)
    rig.send()
    assert where_state(rig, State.SENT) == meant
    assert where_state(rig, State.FAILED) == EVERYTHING - meant
    check_chains(rig.ledger.views.events())


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize(("narrower", "meant"), NARROWED[1:4])
def test_only_what_is_named_is_resolved(
    rig: Rig,
    paper: FakeBackend,
    chat: FakeBackend,
    far_side: FarSide,
    narrower: dict[str, str],
    meant: set[object],
    sent: bool,
) -> None:
    goes_wrong(rig, paper, chat, unknown())
    assert where_state(rig, State.UNCERTAIN) == EVERYTHING
    which = Which("thong-bao", **narrower)
    done = rig.ledger.mending.resolve(which, sent=sent, at=rig.clock.now(), actor="minh")
    assert done == len(meant)
    rig.send()
    assert where_state(rig, State.SENT) == meant
    assert where_state(rig, State.UNCERTAIN) == EVERYTHING - meant
    assert sum(far_side.texts.values()) == (0 if sent else len(meant))


def test_one_group_got_it_and_another_did_not(
    rig: Rig, paper: FakeBackend, chat: FakeBackend, far_side: FarSide
) -> None:
    """Two answers, one after the other, settle everything; only what never arrived goes out."""
    goes_wrong(rig, paper, chat, unknown())
    mending, now = rig.ledger.mending, rig.clock.now()
    mending.resolve(Which("thong-bao", target="chung"), sent=True, at=now, actor="minh")
    mending.resolve(Which("thong-bao"), sent=False, at=now, actor="minh")
    rig.send()
    assert rig.states() == {State.SENT: 4}
    assert far_side.texts == {"Tin riêng.": 1, "Tờ rơi.": 1}
    assert rig.bundle_states() == ["sent"] * 3


def test_what_was_cancelled_is_not_tried_again(
    rig: Rig, paper: FakeBackend, chat: FakeBackend, far_side: FarSide
) -> None:
    goes_wrong(rig, paper, chat, permanent())
    rig.ledger.deliveries.cancel(
        "thong-bao", recalled=(), at=rig.clock.now(), actor="minh", reason="thôi"
    )
    assert rig.ledger.mending.retry(Which("thong-bao"), at=rig.clock.now(), actor="minh") == 0
    rig.send()
    assert not far_side.taken
