"""Two communes in one database: neither sees or moves anything of the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support import builders
from support.dispatching import KEY, NOW, Post, Rig, due, plan_of
from support.fake_channels import FakeBackend, FakeChannel, FakeOptions, FarSide

from engine.errors import LoaError
from engine.ledger import Ledger, Seal, Status, Which
from engine.ledger.places import Place
from engine.ledger.tables import metadata
from engine.models import Evidence, EvidenceKind, Receipt
from engine.states import State

LATER = NOW + timedelta(days=30)


@pytest.fixture
def ours(tmp_path: Path, place: Place) -> Iterator[Rig]:
    """A commune with a sent, a planned and a failed delivery, and with people."""
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    rig = Rig(tmp_path, channel, place=place)
    rig.release(Post(target="noi-1", text="Một."))
    rig.send()
    rig.release(Post(target="noi-2", text="Hai."), campaign_id="tin-hai")
    rig.ledger.credentials.set("minh", "scrypt$1", NOW)
    rig.ledger.remote_ids.put("khóa", "của ta")
    yield rig
    rig.ledger.close()


@pytest.fixture
def theirs(ours: Rig) -> Iterator[Ledger]:
    """The neighbour, in the same database, with ids that are the same."""
    ledger = Ledger.open(ours.place, "xa-khac", seal=Seal(KEY), options={"giay": FakeOptions})
    yield ledger
    ledger.close()


def everything(rig: Rig) -> list[tuple[object, ...]]:
    """Every row of every table."""
    found: list[tuple[object, ...]] = []
    with rig.ledger.database.read() as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(select(table).order_by(*table.primary_key))
            found += [(table.name, *row) for row in rows]
    return found


def test_the_neighbour_reads_nothing(ours: Rig, theirs: Ledger) -> None:
    assert theirs.registries.latest() == 0
    assert theirs.credentials.get("minh") is None
    assert theirs.revisions.get("thong-bao", 1) is None
    assert theirs.revisions.latest("thong-bao") is None
    assert not theirs.revisions.with_status(*Status)
    assert not theirs.revisions.campaign_ids()
    assert not theirs.deliveries.current("thong-bao")
    assert theirs.bundles.job(2, cumulative=("giay",)) is None
    assert not theirs.bundles.being_sent()
    assert theirs.bundles.next_moment(rehearse=()) is None
    assert not theirs.evidence.of("thong-bao")
    assert theirs.remote_ids.get("khóa") is None
    assert not theirs.views.deliveries("thong-bao", replaced=True)
    assert not theirs.views.events()
    assert not theirs.views.events("thong-bao")
    assert not theirs.views.counts()
    assert theirs.views.last_event_at() is None


def test_the_neighbour_reads_no_content(ours: Rig, theirs: Ledger) -> None:
    content_hash = ours.rows()[0].content_hash
    assert ours.ledger.deliveries.content(content_hash)
    with pytest.raises(LoaError, match=content_hash):
        theirs.deliveries.content(content_hash)


def test_the_neighbour_changes_nothing(ours: Rig, theirs: Ledger) -> None:
    ids = [row.id for row in (*ours.rows(), *ours.rows("tin-hai"))]
    mine = dataclasses.replace(builders.bundle("giay", "so", "noi-2"), id=2, version=1)
    before = everything(ours)
    assert not due(theirs, LATER, owner="x")
    theirs.bundles.release([1, 2])
    theirs.bundles.release_all()
    assert not theirs.bundles.begin([mine], at=LATER, actor="x", durable=True)
    assert theirs.outcomes.expire(LATER, actor="x", reason="") == 0
    assert theirs.registries.purge_people(99) == 0
    for decide in (True, False):
        assert theirs.mending.resolve(Which("thong-bao"), sent=decide, at=LATER, actor="x") == 0
    assert theirs.mending.retry(Which("thong-bao"), at=LATER, actor="x") == 0
    theirs.outcomes.fail_parts(mine, ids, reason="", at=LATER, actor="x")
    assert everything(ours) == before


def test_outcomes_of_the_neighbour_touch_no_bundle_of_ours(ours: Rig, theirs: Ledger) -> None:
    """Ids of bundles are the database's; a wrong one must not settle somebody else's."""
    mine = dataclasses.replace(builders.bundle("giay", "so", "noi-2"), id=2, version=1)
    before = [row for row in everything(ours) if row[0] in ("bundles", "deliveries")]
    theirs.outcomes.sent([(mine, Receipt("x"), "")], at=LATER, actor="x")
    theirs.outcomes.try_again(mine, reason="x", next_attempt_at=LATER, at=LATER, actor="x")
    theirs.outcomes.postpone(mine, LATER)
    theirs.outcomes.doubt(mine, reason="x", at=LATER, actor="x")
    theirs.outcomes.take_back(mine, reason="x", at=LATER, actor="x")
    theirs.outcomes.rehearsed(mine, reference="x", at=LATER, actor="x")
    theirs.outcomes.settle_empty(mine, LATER)
    theirs.outcomes.fail(mine, reason="x", at=LATER, actor="x")
    assert [row for row in everything(ours) if row[0] in ("bundles", "deliveries")] == before


def test_the_neighbour_cancels_only_a_campaign_of_its_own(ours: Rig, theirs: Ledger) -> None:
    stopped = theirs.deliveries.cancel(
        "tin-hai", recalled={"giay"}, at=NOW, actor="x", reason="nhầm"
    )
    assert stopped == 0
    assert ours.states("tin-hai") == {State.PLANNED: 1}
    latest = ours.ledger.revisions.latest("tin-hai")
    assert latest is not None
    assert latest.status is Status.OPEN


def test_evidence_of_the_neighbour_confirms_nothing_of_ours(ours: Rig, theirs: Ledger) -> None:
    sent = ours.rows()[0]
    theirs.evidence.add([Evidence(sent.id, EvidenceKind.HEARD, "x", NOW, "nói")])
    assert ours.states() == {State.SENT: 1}
    assert not ours.ledger.evidence.of("thong-bao")
    assert not theirs.evidence.of("thong-bao")


def test_a_revision_that_replaces_by_id_replaces_nothing_of_ours(ours: Rig, theirs: Ledger) -> None:
    ids = [row.id for row in (*ours.rows(), *ours.rows("tin-hai"))]
    theirs.registries.save(ours.registry, "0" * 64, NOW)
    revision = ours.ledger.revisions.latest("tin-hai")
    assert revision is not None
    theirs.deliveries.open(
        "tin-hai", revision.revision, replaced=ids, recalled={"giay"}, at=NOW, actor="x"
    )
    assert not any(row.replaced for row in (*ours.rows(), *ours.rows("tin-hai")))


def test_the_same_ids_live_side_by_side(tmp_path: Path, ours: Rig, theirs: Ledger) -> None:
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "their.log")))
    plan = plan_of("thong-bao", [Post(text="Một.")], {"giay": channel})
    theirs.deliveries.hold("thong-bao", 1, plan.deliveries, plan, NOW)
    assert [row.state for row in theirs.views.deliveries("thong-bao")] == [State.HELD]
    assert ours.states() == {State.SENT: 1}
    theirs.remote_ids.put("khóa", "của họ")
    assert ours.ledger.remote_ids.get("khóa") == "của ta"
    assert theirs.remote_ids.get("khóa") == "của họ"
