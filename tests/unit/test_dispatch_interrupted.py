"""A time limit, a shutdown, a death: recorded, then raised again; settled by the next run."""

from __future__ import annotations

from pathlib import Path

import pytest
from dramatiq.middleware import Interrupt, Shutdown, TimeLimitExceeded
from support.dispatching import Post, check_chains, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide, FindingBackend, Mishap

from engine.states import State

INTERRUPTIONS = (Shutdown, TimeLimitExceeded, KeyboardInterrupt, SystemExit)


def backend_of(kind: str, far_side: FarSide) -> FakeBackend:
    make = FindingBackend if kind == "finds" else FakeBackend
    return make("so", idempotent=kind == "idempotent", far_side=far_side)


def test_an_interrupt_is_no_exception() -> None:
    """What this file guards against: ``except Exception`` does not see it."""
    assert not issubclass(Interrupt, Exception)


@pytest.mark.parametrize("kind", ["idempotent", "finds", "neither"])
@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_an_interrupted_delivery_is_recorded_and_the_interruption_raised_again(
    tmp_path: Path, kind: str, taken: bool, interruption: type[BaseException]
) -> None:
    far_side = FarSide(tmp_path / "far.log")
    backend = backend_of(kind, far_side)
    backend.mishaps.append(Mishap(interruption("dừng"), taken))
    with rigged(tmp_path, FakeChannel("giay", backend)) as rig:
        rig.release(Post())
        with pytest.raises(interruption):
            rig.send()
        expected = {
            "idempotent": State.PLANNED,
            "finds": State.SENT if taken else State.PLANNED,
            "neither": State.UNCERTAIN,
        }
        assert rig.states() == {expected[kind]: 1}
        assert not rig.being_sent()
        rig.send()
        keys = [line["key"] for line in far_side.taken]
        assert len(set(keys)) <= 1
        if kind != "idempotent":
            assert len(keys) <= 1, "sent twice where that cannot be undone"
        if kind != "neither":
            assert rig.states() == {State.SENT: 1}
        check_chains(rig.ledger.views.events())


def test_an_interrupted_batch_keeps_the_receipts_it_has_and_hands_back_the_rest(
    tmp_path: Path,
) -> None:
    far_side = FarSide(tmp_path / "far.log")
    backend = FakeBackend("so", True, far_side)
    backend.mishaps += [None, None, Mishap(Shutdown("dừng"))]
    with rigged(tmp_path, FakeChannel("giay", backend)) as rig:
        rig.release(*(Post(target=f"noi-{n}", text=f"Tin {n}") for n in range(5)))
        with pytest.raises(Shutdown):
            rig.send()
        assert rig.states() == {State.SENT: 2, State.PLANNED: 3}
        assert len(rig.send()) == 3, "what was not sent is due at once"
        assert rig.states() == {State.SENT: 5}
        assert set(far_side.texts.values()) == {1}


@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_an_interrupted_rendering_is_recorded_and_found_again(
    tmp_path: Path, interruption: type[BaseException]
) -> None:
    far_side = FarSide(tmp_path / "far.log")
    channel = FakeChannel("giay", FakeBackend("so", True, far_side))
    channel.render_mishaps["Tin 0"] = [interruption("dừng")]
    with rigged(tmp_path, channel) as rig:
        rig.release(*(Post(target=f"noi-{n}", text=f"Tin {n}") for n in range(3)))
        with pytest.raises(interruption):
            rig.send()
        assert rig.states() == {State.PLANNED: 3}
        retries = [e for e in rig.ledger.views.events() if e.to_state == "retry_planned"]
        assert len(retries) == 1
        assert len(rig.send()) == 2, "the others keep no lease of a worker that stopped"
        rig.pass_time(minutes=1)
        rig.send()
        assert rig.states() == {State.SENT: 3}


@pytest.mark.parametrize("kind", ["idempotent", "finds", "neither"])
@pytest.mark.parametrize("taken", [True, False])
def test_what_a_dead_worker_left_is_settled_by_the_next(
    tmp_path: Path, kind: str, taken: bool
) -> None:
    far_side = FarSide(tmp_path / "far.log")
    backend = backend_of(kind, far_side)
    with rigged(tmp_path, FakeChannel("giay", backend)) as rig:
        rig.release(Post())
        job = rig.ledger.bundles.job(rig.due()[0], cumulative=())
        assert job is not None
        rig.ledger.bundles.begin([job.bundle], at=rig.clock.now(), actor="loa", durable=True)
        if taken:
            far_side.take(job.bundle, ["Họp ấp."])
        assert rig.states() == {State.SENDING: 1}
        rig.sender.recover()
        rig.send()
        if kind == "neither":
            assert rig.states() == {State.UNCERTAIN: 1}
            assert len(far_side.taken) == taken
        else:
            assert rig.states() == {State.SENT: 1}
            assert len(far_side.taken) == (2 if taken and kind == "idempotent" else 1)
            assert len({line["key"] for line in far_side.taken}) == 1


def test_recovering_gives_back_every_lease(tmp_path: Path) -> None:
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path, channel) as rig:
        rig.release(Post())
        assert rig.due()
        assert not rig.due(), "leased"
        rig.sender.recover()
        assert rig.due()
