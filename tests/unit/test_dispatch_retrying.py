"""What becomes of a bundle that cannot be handed over."""

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
    FindingBackend,
    Mishap,
    permanent,
    temporary,
    unknown,
)

from engine.errors import LoaError
from engine.ledger import Which
from engine.models import Receipt
from engine.states import State


@pytest.fixture
def far_side(tmp_path: Path) -> FarSide:
    return FarSide(tmp_path / "far.log")


@pytest.fixture
def backend(far_side: FarSide) -> FakeBackend:
    return FakeBackend("so", idempotent=True, far_side=far_side)


@pytest.fixture
def channel(backend: FakeBackend) -> FakeChannel:
    return FakeChannel("giay", backend)


@pytest.fixture
def rig(tmp_path: Path, channel: FakeChannel) -> Iterator[Rig]:
    with rigged(tmp_path, channel) as opened:
        yield opened


def next_moment(rig: Rig) -> timedelta:
    """How long from now until the next bundle is due."""
    moment = rig.ledger.bundles.next_moment(rehearse=())
    assert moment is not None
    return moment - rig.clock.now()


def test_a_temporary_failure_is_tried_again_after_a_growing_wait(
    rig: Rig, backend: FakeBackend, far_side: FarSide
) -> None:
    backend.mishaps += [Mishap(temporary("máy in bận")), Mishap(temporary("máy in bận"))]
    rig.release(Post())
    for wait in (30, 60):
        assert rig.send()
        assert rig.states() == {State.PLANNED: 1}
        assert rig.rows()[0].reason == "máy in bận"
        assert next_moment(rig) == timedelta(seconds=wait)
        assert not rig.send(), "nothing is due before the wait is over"
        rig.pass_time(seconds=wait)
    rig.send()
    assert rig.states() == {State.SENT: 1}
    assert far_side.texts == {"Họp ấp.": 1}
    check_chains(rig.ledger.views.events())


def test_jitter_spreads_the_next_attempt(
    tmp_path: Path, channel: FakeChannel, backend: FakeBackend
) -> None:
    backend.mishaps.append(Mishap(temporary()))
    with rigged(tmp_path, channel, jitter=lambda: 0.5) as rig:
        rig.release(Post())
        rig.send()
        assert next_moment(rig) == timedelta(seconds=30 * 1.25)


@pytest.mark.parametrize(("asked", "waited"), [(5, 30), (30, 30), (600, 600), (86_400, 86_400)])
def test_what_the_far_side_asks_for_is_waited_at_least(
    rig: Rig, backend: FakeBackend, asked: int, waited: int
) -> None:
    backend.mishaps.append(Mishap(temporary(retry_after=timedelta(seconds=asked))))
    rig.release(Post())
    rig.send()
    assert next_moment(rig) == timedelta(seconds=waited)


def test_a_failure_that_never_ends_becomes_failed_with_its_reason(
    rig: Rig, backend: FakeBackend
) -> None:
    backend.mishaps += [Mishap(temporary(f"lần {n}")) for n in (1, 2, 3, 4)]
    rig.release(Post())
    for _ in range(3):
        rig.send()
        rig.pass_time(hours=2)
    assert rig.states() == {State.FAILED: 1}
    assert rig.rows()[0].reason == "lần 3"
    assert rig.bundle_states() == ["failed"]
    assert not rig.send()
    assert backend.calls == 3


def test_a_retry_by_a_person_starts_with_all_attempts(rig: Rig, backend: FakeBackend) -> None:
    backend.mishaps += [Mishap(permanent()), *[Mishap(temporary())] * 2]
    rig.release(Post())
    rig.send()
    assert rig.states() == {State.FAILED: 1}
    done = rig.ledger.mending.retry(Which("thong-bao"), at=rig.clock.now(), actor="minh")
    assert done == 1
    for _ in range(3):
        rig.send()
        rig.pass_time(hours=2)
    assert rig.states() == {State.SENT: 1}


def test_a_permanent_failure_is_not_tried_again(rig: Rig, backend: FakeBackend) -> None:
    backend.mishaps.append(Mishap(permanent("địa chỉ không có")))
    rig.release(Post())
    rig.send()
    assert rig.states() == {State.FAILED: 1}
    assert rig.rows()[0].reason == "địa chỉ không có"
    assert backend.calls == 1


@pytest.mark.parametrize(
    "error", [temporary("hết chỗ"), OSError(28, "hết chỗ"), ZeroDivisionError()]
)
def test_a_rendering_that_keeps_failing_ends_as_failed_and_can_be_retried(
    rig: Rig, channel: FakeChannel, error: Exception
) -> None:
    """Sending never began; the deliveries must not stay planned under a failed bundle."""
    channel.render_mishaps["Họp ấp."] = [error] * 3
    rig.release(Post())
    for _ in range(3):
        assert rig.states() == {State.PLANNED: 1}
        assert rig.send()
        assert rig.rows()[0].reason, "why it waits, though no state has changed"
        rig.pass_time(hours=2)
    assert rig.states() == {State.FAILED: 1}
    assert rig.bundle_states() == ["failed"]
    assert rig.rows()[0].reason
    rig.ledger.mending.retry(Which("thong-bao"), at=rig.clock.now(), actor="minh")
    rig.send()
    assert rig.states() == {State.SENT: 1}
    check_chains(rig.ledger.views.events())


def test_what_joins_while_a_rendering_fails_for_good_is_not_failed_with_it(
    rig: Rig, channel: FakeChannel, far_side: FarSide
) -> None:
    channel.render_mishaps["Họp ấp."] = [temporary()] * 3
    rig.release(Post())
    for _ in range(2):
        rig.send()
        rig.pass_time(hours=2)

    def join(_text: str) -> None:
        channel.on_render = lambda _text: None
        rig.release(Post(text="Tin khác."), campaign_id="tin-khac")

    channel.on_render = join
    rig.send()
    assert State.FAILED not in rig.states("tin-khac")
    for _ in range(2):
        rig.pass_time(hours=2)
        rig.send()
    assert rig.states("tin-khac") == {State.SENT: 1}
    assert far_side.texts["Tin khác."] == 1


@pytest.mark.parametrize("place", ["render", "deliver"])
@pytest.mark.parametrize(
    "error", [KeyError("x"), RecursionError(), MemoryError(), LoaError("thiếu")]
)
def test_an_error_that_nobody_foresaw_is_tried_again_then_failed_and_never_raised(
    rig: Rig, channel: FakeChannel, backend: FakeBackend, place: str, error: Exception
) -> None:
    if place == "render":
        channel.render_mishaps["Họp ấp."] = [error] * 3
    else:
        backend.mishaps += [Mishap(error)] * 3
    rig.release(Post())
    rig.send()
    assert rig.states() == {State.PLANNED: 1}
    for _ in range(2):
        rig.pass_time(hours=2)
        rig.send()
    assert rig.states() == {State.FAILED: 1}
    reason = rig.rows()[0].reason
    assert reason == str(error) if isinstance(error, LoaError) else type(error).__name__ in reason


def test_a_failure_that_may_have_arrived_is_sent_again_where_that_does_no_harm(
    rig: Rig, backend: FakeBackend, far_side: FarSide
) -> None:
    backend.mishaps.append(Mishap(unknown(), taken=True))
    rig.release(Post())
    rig.send()
    assert rig.states() == {State.PLANNED: 1}
    rig.pass_time(minutes=1)
    rig.send()
    assert rig.states() == {State.SENT: 1}
    assert len({line["key"] for line in far_side.taken}) == 1, "one key: the effect of once"


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("error", [unknown("đứt mạng"), ValueError("lạ")])
def test_a_failure_that_may_have_arrived_is_left_to_a_person_where_nobody_can_be_asked(
    tmp_path: Path, far_side: FarSide, taken: bool, error: Exception
) -> None:
    backend = FakeBackend("so", False, far_side, mishaps=[Mishap(error, taken)])
    with rigged(tmp_path, FakeChannel("giay", backend)) as rig:
        rig.release(Post())
        rig.send()
        assert rig.states() == {State.UNCERTAIN: 1}
        assert str(error) in rig.rows()[0].reason
        rig.pass_time(hours=5)
        assert not rig.send()
        assert sum(far_side.texts.values()) == taken
        assert rig.ledger.mending.resolve(Which("thong-bao"), sent=taken, at=NOW, actor="lan") == 1
        rig.send()
        assert far_side.texts == {"Họp ấp.": 1}
        assert rig.states() == {State.SENT: 1}


def test_a_temporary_failure_known_not_to_have_arrived_is_tried_again_everywhere(
    tmp_path: Path, far_side: FarSide
) -> None:
    backend = FakeBackend("so", False, far_side, mishaps=[Mishap(temporary("đông quá"))])
    with rigged(tmp_path, FakeChannel("giay", backend)) as rig:
        rig.release(Post())
        rig.send()
        assert rig.states() == {State.PLANNED: 1}
        rig.pass_time(minutes=1)
        rig.send()
        assert far_side.texts == {"Họp ấp.": 1}


@pytest.fixture
def finding(far_side: FarSide) -> FindingBackend:
    return FindingBackend("so", False, far_side)


@pytest.fixture
def asking(tmp_path: Path, finding: FindingBackend) -> Iterator[Rig]:
    with rigged(tmp_path, FakeChannel("giay", finding)) as opened:
        yield opened


def test_a_far_side_that_says_it_has_it_is_believed(
    asking: Rig, finding: FindingBackend, far_side: FarSide
) -> None:
    finding.mishaps.append(Mishap(unknown(), taken=True))
    asking.release(Post())
    asking.send()
    assert finding.asked == 1
    assert asking.states() == {State.SENT: 1}
    assert far_side.texts == {"Họp ấp.": 1}


def test_a_far_side_that_has_it_not_is_sent_to_again_later_and_not_for_ever(
    asking: Rig, finding: FindingBackend, far_side: FarSide
) -> None:
    finding.mishaps += [Mishap(unknown("đứt"))] * 9
    asking.release(Post())
    for wait in (30, 60):
        asking.send()
        assert asking.states() == {State.PLANNED: 1}
        assert next_moment(asking) == timedelta(seconds=wait)
        asking.pass_time(seconds=wait)
    asking.send()
    assert asking.states() == {State.FAILED: 1}
    assert not far_side.taken


@pytest.mark.parametrize("error", [temporary("không trả lời"), OSError("mạng"), KeyError("id")])
def test_a_far_side_that_cannot_be_asked_leaves_it_to_a_person(
    asking: Rig, finding: FindingBackend, error: Exception
) -> None:
    finding.mishaps.append(Mishap(unknown("đứt"), taken=True))
    finding.find_mishaps.append(error)
    asking.release(Post())
    asking.send()
    assert asking.states() == {State.UNCERTAIN: 1}
    assert "đứt" in asking.rows()[0].reason


def test_a_channel_that_cannot_refresh_stops_nobody(rig: Rig, channel: FakeChannel) -> None:
    channel.refresh_mishaps += [temporary(), OSError(28, "đầy"), KeyError("x")]
    for _ in range(3):
        rig.sender.refresh()
    assert not channel.refresh_mishaps


def test_a_receipt_is_kept_with_the_delivery(rig: Rig, backend: FakeBackend) -> None:
    rig.release(Post())
    rig.send()
    assert rig.rows()[0].reason == Receipt(f"so/xa-mau/giay/{1}/1").reference
