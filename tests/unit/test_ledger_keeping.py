"""What the ledger keeps, what it refuses, and how it says so."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from support import builders
from support.dispatching import KEY, NOW, Post, Rig, plan_of, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from engine.errors import LoaError
from engine.ledger import Ledger, Seal
from engine.ledger.places import Place
from engine.ledger.tables import bundles, deliveries, metadata
from engine.models import Evidence, EvidenceKind, Priority, Registry
from engine.states import State

PEOPLE = ("Nguyễn Thị Lan", "Trưởng ấp 1", "0900000001")


@pytest.fixture
def rig(tmp_path: Path, place: Place) -> Iterator[Rig]:
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path, channel, place=place) as opened:
        yield opened


def open_ledger(path: Place, key: bytes = KEY) -> Ledger:
    return Ledger.open(path, "xa-mau", seal=Seal(key), options={})


def everything_kept(rig: Rig) -> bytes:
    """All that the ledger keeps: the bytes of its files, or of each row on a server."""
    if isinstance(rig.place, Path):
        files = rig.place.parent.glob("loa.db*")
        return b"".join(path.read_bytes() for path in files)
    with rig.ledger.database.read() as connection:
        rows = [
            row for table in metadata.tables.values() for row in connection.execute(select(table))
        ]
    return repr([tuple(row) for row in rows]).encode()


def by_id(registry: Registry) -> Registry:
    people = tuple(sorted(registry.people, key=lambda person: person.id))
    return dataclasses.replace(registry, people=people)


def test_a_registry_comes_back_as_it_was(rig: Rig) -> None:
    assert by_id(rig.ledger.registries.load(1)) == by_id(rig.registry)


def test_an_unchanged_registry_keeps_its_number_and_a_changed_one_gets_the_next(rig: Rig) -> None:
    save = rig.ledger.registries.save
    assert save(rig.registry, "0" * 64, NOW) == 1
    other = builders.registry(hamlets=2)
    assert save(other, "1" * 64, NOW) == 2
    assert save(rig.registry, "0" * 64, NOW) == 3, "back to what it was is another revision"
    assert rig.ledger.registries.latest() == 3
    assert len(rig.ledger.registries.load(2).hamlets) == 2
    assert len(rig.ledger.registries.load(1).hamlets) == 4


def test_a_campaign_pins_the_registry_it_was_submitted_with(rig: Rig) -> None:
    rig.approve("thong-bao")
    rig.ledger.registries.save(builders.registry(hamlets=1), "1" * 64, NOW)
    revision = rig.ledger.revisions.latest("thong-bao")
    assert revision is not None
    assert len(rig.ledger.registries.load(revision.registry_revision).hamlets) == 4


def test_people_are_sealed_on_disk(rig: Rig) -> None:
    on_disk = everything_kept(rig)
    assert "Ấp 1".encode() in on_disk, "hamlets are no personal data"
    for personal in PEOPLE:
        assert personal.encode() not in on_disk


def test_people_can_be_purged_without_losing_the_registry(rig: Rig) -> None:
    rig.ledger.registries.save(builders.registry(hamlets=2), "1" * 64, NOW)
    assert rig.ledger.registries.purge_people(2) == len(rig.registry.people)
    assert rig.ledger.registries.load(1).people == ()
    assert rig.ledger.registries.load(1).hamlets == rig.registry.hamlets
    assert rig.ledger.registries.load(2).people
    assert rig.ledger.registries.purge_people(2) == 0


def test_another_data_key_is_a_clear_error(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    other = open_ledger(rig.place, Fernet.generate_key())
    try:
        with pytest.raises(LoaError, match="another data key"):
            other.registries.load(1)
    finally:
        other.close()


@pytest.mark.parametrize("key", [b"", b"short", b"x" * 44, b"\xff" * 44])
def test_a_data_key_that_is_none_is_a_clear_error(tmp_path: Path, key: bytes) -> None:
    path = tmp_path / "data.key"
    path.write_bytes(key)
    with pytest.raises(LoaError):
        Seal.at(path)


def test_a_data_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data.key"
    sealed = Seal.at(path).close("Nguyễn Thị Lan".encode())
    assert path.stat().st_mode & 0o777 == 0o600
    assert Seal.at(path).open(sealed).decode() == "Nguyễn Thị Lan"
    path.write_bytes(path.read_bytes() + b"\n")
    assert Seal.at(path).open(sealed), "an editor's line break does no harm"


def test_a_data_key_that_cannot_be_read_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LoaError, match=r"data\.key"):
        Seal.at(tmp_path / "khong-co" / "data.key")
    (tmp_path / "data.key").mkdir()
    with pytest.raises(LoaError, match=r"data\.key"):
        Seal.at(tmp_path / "data.key")


@pytest.mark.parametrize(
    "what", [b"this is a letter, not a ledger" * 200, b"SQLite format 3\0" * 9]
)
def test_a_file_that_is_no_ledger_is_a_clear_error(tmp_path: Path, what: bytes) -> None:
    path = tmp_path / "loa.db"
    path.write_bytes(what)
    with pytest.raises(LoaError, match=r"loa\.db"):
        open_ledger(path)
    assert path.read_bytes() == what, "nothing of it was touched"


def test_a_place_without_a_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LoaError, match=r"loa\.db"):
        open_ledger(tmp_path / "khong-co" / "loa.db")


def test_a_delivery_that_is_there_already_is_not_written_twice(rig: Rig) -> None:
    revision = rig.release(Post(), Post("ap-2"))
    plan = plan_of("thong-bao", [Post(), Post("ap-2"), Post("ap-3")], rig.channels)
    rig.ledger.deliveries.hold("thong-bao", revision.revision, plan.deliveries, plan, NOW)
    assert rig.states() == {State.PLANNED: 2, State.HELD: 1}


@pytest.mark.parametrize(
    "other",
    [
        Post("ap-2"),
        Post(target="noi-2"),
        Post(text="Khác."),
        Post(slot=NOW + timedelta(hours=1)),
    ],
)
def test_another_hamlet_target_slot_or_wording_is_another_delivery(rig: Rig, other: Post) -> None:
    rig.release(Post(), other)
    assert rig.states() == {State.PLANNED: 2}


def test_the_database_refuses_a_second_delivery_of_the_same_key(rig: Rig) -> None:
    rig.release(Post())
    names = [column.name for column in deliveries.columns if column.name != "id"]
    columns = ", ".join(names)
    with (
        pytest.raises(IntegrityError, match=r"UNIQUE|unique"),
        rig.ledger.database.write() as connection,
    ):
        connection.exec_driver_sql(
            f"INSERT INTO deliveries ({columns}) SELECT {columns} FROM deliveries"
        )


def test_the_database_refuses_two_sends_to_one_target(rig: Rig) -> None:
    rig.release(Post(), Post(slot=NOW + timedelta(hours=1)))
    with (
        pytest.raises(IntegrityError, match=r"UNIQUE|unique"),
        rig.ledger.database.write() as connection,
    ):
        connection.execute(bundles.update().values(state=State.SENDING))


@pytest.mark.parametrize("table", ["events", "evidence"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET commune_id = 'x'", "DELETE FROM {}"])
def test_history_can_be_neither_changed_nor_removed(rig: Rig, table: str, statement: str) -> None:
    rig.release(Post())
    rig.send()
    rig.ledger.evidence.add([Evidence(rig.rows()[0].id, EvidenceKind.HEARD, "lan", NOW, "nói")])
    with (
        pytest.raises(IntegrityError, match="only ever grow"),
        rig.ledger.database.write() as connection,
    ):
        connection.exec_driver_sql(statement.format(table))


def test_a_failed_transaction_leaves_nothing(rig: Rig) -> None:
    rig.release(Post())
    before = rig.ledger.views.events(), rig.bundle_states()

    def give_up() -> None:
        with rig.ledger.database.write() as connection:
            connection.execute(bundles.update().values(state=State.CANCELLED))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()
    assert (rig.ledger.views.events(), rig.bundle_states()) == before


def test_a_moment_without_a_zone_is_refused(rig: Rig) -> None:
    with pytest.raises(Exception, match="aware"):
        rig.ledger.outcomes.expire(NOW.replace(tzinfo=None), actor="x", reason="")


def test_evidence_confirms_what_was_sent_and_both_of_two_who_disagree_are_kept(rig: Rig) -> None:
    rig.release(Post())
    rig.send()
    delivery = rig.rows()[0].id
    rig.ledger.evidence.add([Evidence(delivery, EvidenceKind.HEARD, "lan", NOW, "nói", 80)])
    rig.ledger.evidence.add([Evidence(delivery, EvidenceKind.HEARD, "ap-1-head", NOW, "nói", 20)])
    assert rig.states() == {State.CONFIRMED: 1}
    assert [piece.households for piece in rig.ledger.evidence.of("thong-bao")] == [80, 20]
    confirmed = [e for e in rig.ledger.views.events() if e.to_state == "confirmed"]
    assert [event.actor for event in confirmed] == ["lan"]


def test_evidence_for_what_was_never_sent_changes_nothing(rig: Rig) -> None:
    rig.release(Post())
    delivery = rig.rows()[0].id
    rig.ledger.evidence.add([Evidence(delivery, EvidenceKind.HEARD, "lan", NOW, "nói", 80)])
    assert rig.states() == {State.PLANNED: 1}


def priorities_of(rig: Rig, ids: list[int]) -> list[Priority]:
    jobs = rig.ledger.bundles.jobs(ids, cumulative=())
    return [jobs[bundle_id].bundle.priority for bundle_id in ids]


def test_what_is_most_urgent_is_leased_first(rig: Rig) -> None:
    rig.release(Post(target="noi-1"), campaign_id="thuong")
    rig.release(Post(target="noi-2"), campaign_id="gap", priority=Priority.EMERGENCY)
    rig.release(Post(target="noi-3"), campaign_id="uu-tien", priority=Priority.IMPORTANT)
    assert priorities_of(rig, rig.due(limit=2)) == [Priority.EMERGENCY, Priority.IMPORTANT]


def test_a_lease_that_ran_out_is_anybodys(rig: Rig) -> None:
    rig.release(Post())
    assert rig.due()
    rig.pass_time(minutes=15)
    assert not rig.due(), "a lease holds until its very end"
    rig.pass_time(seconds=1)
    assert rig.due()


def test_an_emergency_that_joins_a_routine_bundle_makes_it_urgent(rig: Rig) -> None:
    rig.release(Post())
    rig.release(Post(text="Lũ."), campaign_id="bao-lu", priority=Priority.EMERGENCY)
    rig.release(Post(text="Tin."), campaign_id="tin")
    assert priorities_of(rig, rig.due()) == [Priority.EMERGENCY]
