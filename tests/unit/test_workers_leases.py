"""Leases: of any number of processes exactly one has a bundle, and the dead lose theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.dispatching import NOW, Post, Rig, check_chains, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide, FindingBackend

from engine.ledger.places import Place
from engine.models import Bundle, Priority, Receipt
from engine.states import State

MINUTE = timedelta(minutes=1)


@pytest.fixture
def rig(tmp_path: Path, ready_place: Place) -> Iterator[Rig]:
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path, channel, place=ready_place) as made:
        yield made


def posts(count: int) -> list[Post]:
    return [Post(target=f"noi-{n}", text=f"Tin {n}") for n in range(count)]


def take(rig: Rig, holder: str = "queue:a", *, limit: int = 100, **changes: object) -> list[int]:
    now = rig.clock.now()
    due = rig.ledger.leases.take_due(
        now,
        Priority(changes.get("priority", Priority.ROUTINE)),  # type: ignore[arg-type]  # a word
        holder=holder,
        until=now + MINUTE,
        rehearse=(),
        limit=limit,
    )
    return [one.id for one in due]


def claim(rig: Rig, ids: list[int], *, of: str = "queue:a", holder: str = "worker:1") -> list[int]:
    return rig.ledger.leases.claim(ids, of=of, holder=holder, until=rig.clock.now() + MINUTE)


def begin(rig: Rig, bundle_id: int, holder: str | None = None) -> set[int]:
    job = rig.ledger.bundles.job(bundle_id, cumulative=())
    assert job is not None
    return rig.ledger.bundles.begin(
        [job.bundle], at=rig.clock.now(), actor="loa", durable=True, holder=holder
    )


def stranded(rig: Rig, holder: str = "sweep:1") -> list[int]:
    now = rig.clock.now()
    found = rig.ledger.leases.take_stranded(now, holder=holder, until=now + MINUTE, limit=10)
    return [bundle.id for bundle in found]


def test_what_one_scheduler_took_the_other_does_not_see(rig: Rig) -> None:
    rig.release(*posts(5))
    assert len(take(rig, "queue:a", limit=3)) == 3
    assert len(take(rig, "queue:b")) == 2
    assert not take(rig, "queue:c")


def test_each_priority_is_taken_by_itself_and_the_earliest_slot_first(rig: Rig) -> None:
    later = Post(target="noi-muon", text="Muộn", slot=NOW - MINUTE)
    sooner = Post(target="noi-som", text="Sớm", slot=NOW - 2 * MINUTE)
    rig.release(later, sooner)
    rig.release(Post(target="noi-9"), campaign_id="bao", priority=Priority.EMERGENCY)
    urgent = take(rig, priority=Priority.EMERGENCY)
    assert len(urgent) == 1
    jobs = [rig.ledger.bundles.job(one, cumulative=()) for one in take(rig)]
    assert [job.bundle.target for job in jobs if job] == ["noi-som", "noi-muon"]


def test_what_is_not_yet_due_is_left(rig: Rig) -> None:
    rig.release(Post(slot=NOW + MINUTE))
    assert not take(rig)
    rig.pass_time(minutes=1)
    assert take(rig)


def test_a_lease_that_ran_out_is_taken_anew_and_the_old_message_claims_nothing(rig: Rig) -> None:
    rig.release(*posts(2))
    first = take(rig, "queue:a")
    rig.pass_time(seconds=61)
    assert take(rig, "queue:b") == first
    assert claim(rig, first, of="queue:a") == []
    assert claim(rig, first, of="queue:b") == first


def test_a_message_that_came_twice_is_claimed_once(rig: Rig) -> None:
    rig.release(*posts(3))
    ids = take(rig)
    assert claim(rig, ids, holder="worker:1") == ids
    assert claim(rig, ids, holder="worker:2") == []


def test_a_late_message_is_still_good_while_nobody_took_its_bundles(rig: Rig) -> None:
    rig.release(*posts(2))
    ids = take(rig)
    rig.pass_time(hours=1)
    assert claim(rig, ids) == ids


def test_what_was_sent_meanwhile_is_not_claimed(rig: Rig) -> None:
    rig.release(*posts(2))
    ids = take(rig)
    rig.sender.send(ids[:1])
    assert claim(rig, ids) == ids[1:]


def test_a_worker_renews_its_own_leases_and_no_others(rig: Rig) -> None:
    rig.release(*posts(2))
    ids = take(rig)
    claim(rig, ids[:1])
    rig.pass_time(seconds=50)
    assert rig.ledger.leases.renew("worker:1", rig.clock.now() + MINUTE) == 1
    rig.pass_time(seconds=50)
    assert take(rig, "queue:b") == ids[1:]


def test_a_worker_that_stops_gives_back_what_it_holds(rig: Rig) -> None:
    rig.release(*posts(3))
    ids = take(rig)
    claim(rig, ids[:2])
    assert rig.ledger.leases.give_back("worker:1", sending=False) == 2
    assert take(rig, "queue:b") == ids[:2]


def test_one_who_lost_its_lease_neither_begins_nor_takes_it_from_the_next(rig: Rig) -> None:
    rig.release(Post())
    ids = take(rig)
    claim(rig, ids)
    rig.pass_time(seconds=61)
    assert take(rig, "queue:b") == ids
    assert claim(rig, ids, of="queue:b", holder="worker:2") == ids
    rig.sender.send(ids, holder="worker:1")
    assert rig.states() == {State.PLANNED: 1}
    assert begin(rig, ids[0], "worker:2") == set(ids)


def test_losing_the_queue_frees_what_waited_there_and_nothing_else(rig: Rig) -> None:
    rig.release(*posts(3))
    ids = take(rig)
    claim(rig, ids[:1])
    assert rig.ledger.leases.forget_queue() == 2
    assert take(rig, "queue:b") == ids[1:]


def test_a_bundle_being_sent_is_stranded_only_when_its_lease_ran_out(rig: Rig) -> None:
    rig.release(Post())
    ids = take(rig)
    claim(rig, ids)
    begin(rig, ids[0], "worker:1")
    assert not stranded(rig), "its sender lives"
    assert not take(rig, "queue:b")
    rig.pass_time(seconds=61)
    assert not take(rig, "queue:b"), "what may have been sent is not due"
    assert stranded(rig) == ids
    assert not stranded(rig, "sweep:2"), "one sweeper settles it"


def test_a_dead_child_s_bundles_are_stranded_at_once(rig: Rig) -> None:
    rig.release(*posts(2))
    ids = take(rig)
    claim(rig, ids)
    begin(rig, ids[0], "worker:1")
    assert rig.ledger.leases.give_back("worker:1", sending=True) == 2
    assert stranded(rig) == ids[:1]
    assert take(rig, "queue:b") == ids[1:]


@pytest.mark.parametrize("kind", ["idempotent", "finds", "neither"])
@pytest.mark.parametrize("taken", [True, False])
def test_the_sweeper_settles_what_a_dead_worker_was_sending(
    tmp_path: Path, ready_place: Place, kind: str, taken: bool
) -> None:
    far_side = FarSide(tmp_path / "far.log")
    make = FindingBackend if kind == "finds" else FakeBackend
    channel = FakeChannel("giay", make("so", idempotent=kind == "idempotent", far_side=far_side))
    with rigged(tmp_path, channel, place=ready_place) as rig:
        rig.release(Post())
        ids = take(rig)
        claim(rig, ids)
        job = rig.ledger.bundles.job(ids[0], cumulative=())
        assert job is not None
        begin(rig, ids[0], "worker:1")
        if taken:
            far_side.take(job.bundle, ["Họp ấp."])
        rig.pass_time(seconds=61)
        now = rig.clock.now()
        rig.sender.settle(
            rig.ledger.leases.take_stranded(now, holder="sweep:1", until=now + MINUTE, limit=10)
        )
        expected = {
            "idempotent": State.PLANNED,
            "finds": State.SENT if taken else State.PLANNED,
            "neither": State.UNCERTAIN,
        }
        assert rig.states() == {expected[kind]: 1}
        rig.send()
        assert len({line["key"] for line in far_side.taken}) <= 1
        check_chains(rig.ledger.views.events())


def test_one_who_wakes_up_too_late_changes_nothing_that_was_settled(
    tmp_path: Path, ready_place: Place
) -> None:
    far_side = FarSide(tmp_path / "far.log")
    channel = FakeChannel("giay", FakeBackend("so", idempotent=False, far_side=far_side))
    with rigged(tmp_path, channel, place=ready_place) as rig:
        rig.release(Post())
        ids = take(rig)
        claim(rig, ids)
        job = rig.ledger.bundles.job(ids[0], cumulative=())
        assert job is not None
        begin(rig, ids[0], "worker:1")
        rig.ledger.outcomes.doubt(job.bundle, reason="chết", at=NOW, actor="loa")
        rig.ledger.outcomes.sent([(job.bundle, Receipt("so/1"), "")], at=NOW, actor="loa")
        assert rig.states() == {State.UNCERTAIN: 1}
        assert rig.bundle_states() == [State.UNCERTAIN]


def overslept(rig: Rig, *, joined: str) -> tuple[Bundle, Bundle]:
    """Let one worker begin and oversleep, and another begin the same bundle with more in it."""
    rig.release(Post())
    ids = take(rig)
    claim(rig, ids)
    job = rig.ledger.bundles.job(ids[0], cumulative=())
    assert job is not None
    begin(rig, ids[0], "worker:1")
    rig.pass_time(seconds=61)
    now = rig.clock.now()
    found = rig.ledger.leases.take_stranded(now, holder="sweep:1", until=now + MINUTE, limit=9)
    rig.sender.settle(found, holder="sweep:1")
    rig.release(Post("ap-2", text=joined), campaign_id="sau")
    assert claim(rig, take(rig, "queue:b"), of="queue:b", holder="worker:2") == ids
    again = rig.ledger.bundles.job(ids[0], cumulative=())
    assert again is not None
    assert begin(rig, ids[0], "worker:2") == set(ids)
    return job.bundle, again.bundle


@pytest.mark.parametrize("end", ["sent", "try_again", "fail", "doubt", "take_back"])
def test_one_who_overslept_records_nothing_about_what_another_is_sending(
    rig: Rig, end: str
) -> None:
    old, new = overslept(rig, joined="Tin mới")
    late = rig.ledger.outcomes.under("worker:1")
    at: dict[str, Any] = {"at": rig.clock.now(), "actor": "loa"}
    match end:
        case "sent":
            late.sent([(old, Receipt("so/1"), "")], **at)
        case "try_again":
            late.try_again(old, reason="", next_attempt_at=rig.clock.now(), **at)
        case _:
            getattr(late, end)(old, reason="", **at)
    assert rig.states("sau") == rig.states() == {State.SENDING: 1}
    mine = rig.ledger.outcomes.under("worker:2")
    mine.sent([(new, Receipt("so/2"), "")], at=rig.clock.now(), actor="loa")
    assert rig.states("sau") == rig.states() == {State.SENT: 1}


def test_a_worker_gives_back_some_of_what_it_holds(rig: Rig) -> None:
    rig.release(*posts(3))
    ids = take(rig)
    claim(rig, ids)
    begin(rig, ids[0], "worker:1")
    assert rig.ledger.leases.give_back("worker:1", sending=False, only=ids[:2]) == 1
    assert rig.ledger.leases.give_back("worker:1", sending=True, only=ids[:2]) == 1
    assert take(rig, "queue:b") == ids[1:2]
    assert stranded(rig) == ids[:1]
