"""What a bundle carries: hopeless parts, needed artifacts, whole playlists, batches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.dispatching import NOW, Post, Rig, check_chains, rigged
from support.fake_channels import (
    FakeBackend,
    FakeChannel,
    FarSide,
    Mishap,
    permanent,
    temporary,
)

from engine.dispatch.sender import BATCH
from engine.ledger import Which
from engine.models import Bundle
from engine.states import State

LATER = NOW + timedelta(hours=6)


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
def rig(tmp_path: Path, channel: FakeChannel) -> Iterator[Rig]:
    with rigged(tmp_path, channel) as opened:
        yield opened


@pytest.fixture
def playlist(tmp_path: Path, far_side: FarSide) -> Iterator[Rig]:
    """A cumulative channel that works six hours ahead, as loudspeakers do."""
    channel = FakeChannel(
        "giay", FakeBackend("so", True, far_side), cumulative=True, lead=timedelta(hours=6)
    )
    with rigged(tmp_path, channel) as opened:
        yield opened


def test_a_part_that_can_never_be_made_fails_alone(
    rig: Rig, channel: FakeChannel, far_side: FarSide
) -> None:
    channel.render_mishaps["Hỏng."] = [permanent("chữ không in được")]
    rig.release(Post("ap-1", text="Tốt."), Post("ap-2", text="Hỏng."), Post("ap-3", text="Hay."))
    rig.send()
    assert {row.hamlet_id: row.state for row in rig.rows()} == {
        "ap-1": State.SENT,
        "ap-2": State.FAILED,
        "ap-3": State.SENT,
    }
    assert [row.reason for row in rig.rows() if row.state is State.FAILED] == ["chữ không in được"]
    assert far_side.texts == {"Tốt.": 1, "Hay.": 1}


def test_a_bundle_of_hopeless_parts_is_settled(rig: Rig, channel: FakeChannel) -> None:
    channel.render_mishaps["Hỏng."] = [permanent()] * 2
    rig.release(Post("ap-1", text="Hỏng."), Post("ap-2", text="Hỏng."))
    rig.send()
    assert rig.states() == {State.FAILED: 2}
    assert rig.bundle_states() == ["failed"]
    assert not rig.send()


def test_a_failed_part_that_is_retried_goes_out_alone(
    rig: Rig, channel: FakeChannel, far_side: FarSide
) -> None:
    channel.render_mishaps["Hỏng."] = [permanent()]
    rig.release(Post("ap-1", text="Tốt."), Post("ap-2", text="Hỏng."))
    rig.send()
    which = Which("thong-bao", hamlet_id="ap-2")
    rig.ledger.mending.retry(which, at=rig.clock.now(), actor="minh")
    rig.send()
    assert rig.states() == {State.SENT: 2}
    assert far_side.texts == {"Tốt.": 1, "Hỏng.": 1}
    assert [line["key"] for line in far_side.taken] == [
        "xa-mau/giay/1/1",
        "xa-mau/giay/1/2",
    ], "what is sent after a receipt has a key of its own"


def test_a_part_retried_while_its_bundle_is_being_sent_is_sent_afterwards(
    rig: Rig, channel: FakeChannel, backend: FakeBackend, far_side: FarSide
) -> None:
    channel.render_mishaps["Hỏng."] = [permanent()]
    rig.release(Post("ap-1", text="Tốt."), Post("ap-2", text="Hỏng."))

    def retry(_bundle: Bundle) -> None:
        backend.on_deliver = lambda _bundle: None
        assert rig.ledger.mending.retry(Which("thong-bao"), at=rig.clock.now(), actor="minh")

    backend.on_deliver = retry
    rig.send()
    rig.send()
    assert rig.states() == {State.SENT: 2}
    assert far_side.texts == {"Tốt.": 1, "Hỏng.": 1}


def test_what_joins_while_its_bundle_is_being_sent_is_sent_afterwards(
    rig: Rig, backend: FakeBackend, far_side: FarSide
) -> None:
    rig.release(Post(text="Đầu."))

    def join(_bundle: Bundle) -> None:
        backend.on_deliver = lambda _bundle: None
        rig.release(Post(text="Sau."), campaign_id="tin-sau")

    backend.on_deliver = join
    rig.send()
    assert rig.states() == {State.SENT: 1}
    assert rig.states("tin-sau") == {State.PLANNED: 1}
    rig.send()
    assert far_side.texts == {"Đầu.": 1, "Sau.": 1}
    check_chains(rig.ledger.views.events())


def test_a_needed_artifact_that_can_never_be_made_is_left_out_and_that_is_said(
    tmp_path: Path, far_side: FarSide
) -> None:
    audio = FakeChannel("loa", FakeBackend("so", True, FarSide(tmp_path / "loa.log")))
    audio.render_mishaps["Đọc."] = [permanent("không có giọng")]
    post = FakeChannel("bai", FakeBackend("so", True, far_side), needs=("loa",))
    with rigged(tmp_path, audio, post) as rig:
        rig.release(Post(channel="bai", text="Bài.", needs=(("loa", "Đọc."),)))
        rig.send()
        assert rig.states() == {State.SENT: 1}
        assert "không có giọng" in rig.rows()[0].reason
        assert far_side.texts == {"Bài.": 1}


def test_a_needed_artifact_that_cannot_be_made_now_makes_the_bundle_wait(
    tmp_path: Path, far_side: FarSide
) -> None:
    audio = FakeChannel("loa", FakeBackend("so", True, FarSide(tmp_path / "loa.log")))
    audio.render_mishaps["Đọc."] = [temporary("máy đọc bận")]
    post = FakeChannel("bai", FakeBackend("so", True, far_side), needs=("loa",))
    with rigged(tmp_path, audio, post) as rig:
        rig.release(Post(channel="bai", text="Bài.", needs=(("loa", "Đọc."),)))
        rig.send()
        assert rig.states() == {State.PLANNED: 1}
        assert not far_side.taken
        rig.pass_time(minutes=1)
        rig.send()
        assert rig.rows()[0].reason == "so/xa-mau/bai/1/1"
        assert audio.rendered == {"Đọc.": 1}


def test_one_text_is_rendered_once_for_all(rig: Rig, channel: FakeChannel) -> None:
    rig.release(*(Post("ap-1", target=f"noi-{n}") for n in range(30)))
    rig.send()
    assert channel.rendered == {"Họp ấp.": 1}


def test_a_new_item_sends_the_whole_playlist_again(playlist: Rig, far_side: FarSide) -> None:
    playlist.release(Post(text="Một.", slot=LATER))
    playlist.send()
    playlist.release(Post(text="Hai.", slot=LATER), campaign_id="tin-hai")
    playlist.send()
    assert sorted(far_side.taken[-1]["texts"]) == ["Hai.", "Một."]
    assert playlist.states() == {State.SENT: 1}
    moves = [e for e in playlist.ledger.views.events("thong-bao") if e.to_state == "sent"]
    assert len(moves) == 1, "what was sent before is carried along, not sent a second time"


def test_a_playlist_that_loses_an_item_is_sent_again_without_it(
    playlist: Rig, far_side: FarSide
) -> None:
    playlist.release(Post(text="Một.", slot=LATER))
    playlist.release(Post(text="Hai.", slot=LATER), campaign_id="tin-hai")
    playlist.send()
    cancel(playlist, "tin-hai")
    playlist.send()
    assert far_side.now_shows() == {"noi-1": ["Một."]}
    assert playlist.states("tin-hai") == {State.WITHDRAWN: 1}
    assert playlist.states() == {State.SENT: 1}
    assert not playlist.send()


def test_a_playlist_that_loses_every_item_is_sent_empty(playlist: Rig, far_side: FarSide) -> None:
    playlist.release(Post(text="Một.", slot=LATER))
    playlist.send()
    cancel(playlist, "thong-bao")
    playlist.send()
    assert far_side.now_shows() == {"noi-1": []}
    assert playlist.bundle_states() == ["sent"]
    assert not playlist.send()


def test_what_has_aired_is_not_taken_back(playlist: Rig, far_side: FarSide) -> None:
    playlist.release(Post(text="Một.", slot=LATER))
    playlist.send()
    playlist.pass_time(hours=7)
    cancel(playlist, "thong-bao")
    assert not playlist.send()
    assert playlist.states() == {State.SENT: 1}
    assert len(far_side.taken) == 1


@pytest.mark.parametrize("how", ["temporary", "interrupted"])
def test_what_was_cancelled_while_being_sent_is_not_sent_again(
    rig: Rig, backend: FakeBackend, far_side: FarSide, how: str
) -> None:
    error = temporary() if how == "temporary" else KeyboardInterrupt()
    backend.mishaps.append(Mishap(error))
    rig.release(Post())

    def stop(_bundle: Bundle) -> None:
        cancel(rig, "thong-bao")

    backend.on_deliver = stop
    if how == "temporary":
        rig.send()
    else:
        with pytest.raises(KeyboardInterrupt):
            rig.send()
    rig.pass_time(hours=2)
    assert not rig.send()
    assert not far_side.taken
    assert rig.states() == {State.CANCELLED: 1}
    assert rig.bundle_states() == ["cancelled"]


def test_what_was_superseded_while_being_sent_is_not_sent_again(
    rig: Rig, backend: FakeBackend, far_side: FarSide
) -> None:
    backend.mishaps.append(Mishap(temporary()))
    rig.release(Post(text="Cũ."))

    def revise(_bundle: Bundle) -> None:
        backend.on_deliver = lambda _bundle: None
        old = [one.id for one in rig.ledger.deliveries.current("thong-bao")]
        rig.release(Post(text="Mới."), replaced=old)

    backend.on_deliver = revise
    rig.send()
    rig.pass_time(hours=2)
    rig.send()
    assert far_side.texts == {"Mới.": 1}
    assert rig.states() == {State.SUPERSEDED: 1, State.SENT: 1}
    check_chains(rig.ledger.views.events())


def test_two_bundles_for_one_target_go_one_after_the_other(rig: Rig, backend: FakeBackend) -> None:
    rig.release(Post(text="Một."), Post(text="Hai.", slot=NOW - timedelta(minutes=1)))
    at_once: list[int] = []
    backend.on_deliver = lambda _bundle: at_once.append(len(rig.being_sent()))
    rig.send()
    assert at_once == [1, 1]
    assert rig.states() == {State.SENT: 2}


@pytest.mark.parametrize(("idempotent", "most"), [(True, BATCH), (False, 1)])
def test_bundles_begin_a_batch_at_a_time_only_where_sending_twice_does_no_harm(
    tmp_path: Path, far_side: FarSide, idempotent: bool, most: int
) -> None:
    backend = FakeBackend("so", idempotent, far_side)
    with rigged(tmp_path, FakeChannel("giay", backend)) as rig:
        rig.release(*(Post(target=f"noi-{n}", text=f"Tin {n}") for n in range(2 * BATCH + 5)))
        at_once: list[int] = []
        backend.on_deliver = lambda _bundle: at_once.append(len(rig.being_sent()))
        rig.send()
        assert max(at_once) == most
        assert rig.states() == {State.SENT: 2 * BATCH + 5}
        assert set(far_side.texts.values()) == {1}


def test_a_failure_in_a_batch_harms_nobody_else(rig: Rig, backend: FakeBackend) -> None:
    backend.mishaps += [None, Mishap(permanent()), Mishap(temporary()), Mishap(ValueError("lạ"))]
    rig.release(*(Post(target=f"noi-{n}", text=f"Tin {n}") for n in range(6)))
    rig.send()
    assert rig.states() == {State.SENT: 3, State.FAILED: 1, State.PLANNED: 2}


def cancel(rig: Rig, campaign_id: str) -> None:
    rig.ledger.deliveries.cancel(
        campaign_id,
        recalled=frozenset(name for name, one in rig.channels.items() if one.cumulative),
        at=rig.clock.now(),
        actor="minh",
        reason="hoãn",
    )
