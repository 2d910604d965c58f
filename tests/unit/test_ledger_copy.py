"""A commune moves from its file to a server and back: every row, once, in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.airing import programme
from support.dispatching import KEY, NOW, Post, Rig, check_chains, rigged
from support.fake_channels import FakeBackend, FakeChannel, FakeOptions, FarSide
from support.playing import a_play

from engine.errors import LoaError
from engine.ledger import Ledger, Seal
from engine.ledger.copying import TABLES, copy_commune
from engine.ledger.escalation_tables import escalation_steps
from engine.ledger.guards import APPEND_ONLY
from engine.ledger.mailbox import Mailbox, Told
from engine.ledger.notices import NoticeBook
from engine.ledger.places import Place
from engine.ledger.relays import Author
from engine.ledger.renumbering import NUMBERED
from engine.ledger.tables import bundles, play_marks, second_tries
from engine.models import Evidence, EvidenceKind, Finding, TokenPair
from engine.models.notice import Concern, Notice, Severity
from engine.models.relay import WordKind
from engine.models.visit import Household
from engine.states import State


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def fill(folder: Path) -> None:
    """A commune with rows in every table."""
    folder.mkdir(exist_ok=True)
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(folder / "far.log")))
    with rigged(folder, channel) as rig:
        rig.release(Post(), Post("ap-2", target="noi-2"))
        rig.send()
        delivery = rig.rows()[0].id
        rig.ledger.evidence.add([Evidence(delivery, EvidenceKind.HEARD, "lan", NOW, "nói", 9)])
        _air(rig, delivery)
        rig.release(Post(target="noi-3", slot=NOW + timedelta(days=1)), campaign_id="tin")
        rig.ledger.credentials.set("minh", "scrypt$1", NOW)
        rig.ledger.remote_ids.put("xa-mau/giay/1/1/tin/abc", "của ta")
        rig.ledger.remote_ids.put("khác", "không đổi")
        rig.ledger.escalations.watch("tin")
        rig.ledger.relays.link("tin", "ap-1-head", at=NOW, until=NOW)
        rig.ledger.relays.write_down(
            Author("tin", "ap-1", "ap-1-head"), WordKind.QUESTION, "Mấy giờ?", NOW
        )
        rig.ledger.visits.link("tin", "to-1", at=NOW, until=NOW)
        rig.ledger.visits.put_list(
            "tin", [Household("ap-1", "to-1", "Bà Giả")], ends_at=NOW, at=NOW, by="lan"
        )
        told = Told("xa-mau", "a1", NOW, NOW, b"{}")
        Mailbox(rig.ledger.database, Seal(KEY)).keep([told])
        rig.ledger.tokens.seed("zalo/1/2", TokenPair("vào", "mới", NOW, NOW))
        book = NoticeBook(rig.ledger.database, "xa-mau")
        book.record([Notice(Concern.FAILED, Severity.URGENT, NOW, ("tin",))], Concern, NOW)
        book.take_duty("gather", NOW, NOW)
        rig.ledger.players.invite(["cum-1"], name="Ấp Một", at=NOW, until=NOW)
        rig.ledger.programmes.publish(programme(commune="xa-mau"), NOW)


def _air(rig: Rig, delivery: int) -> None:
    """What a player reports, how far it was asked, and a try that stands for ``delivery``."""
    said = [a_play(), a_play(seconds=1.0)]  # the second under a number that is taken
    rig.ledger.plays.keep(said, lambda _play, _meant, _now: (Finding.UNKNOWN, ()), at=NOW)
    with rig.ledger.database.write() as connection:
        connection.execute(
            second_tries.insert().values(
                commune_id="xa-mau", delivery_id=rig.rows()[1].id, again_of=delivery, number=1
            )
        )
        connection.execute(
            escalation_steps.insert().values(
                commune_id="xa-mau",
                delivery_id=delivery,
                campaign_id="thong-bao",
                hamlet_id="ap-1",
                telling="0" * 64,
                act="remind",
                minutes=360,
                without="relay",
                told_at=NOW,
            )
        )
        connection.execute(
            play_marks.insert().values(
                commune_id="xa-mau", player="loa", mark="7", asked_at=NOW, fault=""
            )
        )


@contextmanager
def opened(place: Place, commune: str = "xa-mau") -> Iterator[Ledger]:
    ledger = Ledger.open(place, commune, seal=Seal(KEY), options={"giay": FakeOptions})
    try:
        yield ledger
    finally:
        ledger.close()


def rows_of(place: Place, commune: str = "xa-mau") -> dict[str, list[tuple[object, ...]]]:
    with opened(place) as ledger, ledger.database.read() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(table).where(table.c.commune_id == commune).order_by(*table.primary_key)
                )
            ]
            for table in TABLES
        }


def test_every_row_arrives_and_comes_back(tmp_path: Path, postgres_url: str) -> None:
    fill(tmp_path)
    source, back = tmp_path / "loa.db", tmp_path / "back.db"
    before = rows_of(source)
    empty = {name for name, rows in before.items() if not rows}
    assert empty == {"provinces"}, "the test fills every table but the province's own"
    copied = copy_commune(source, postgres_url)
    assert copied.rows == {name: len(rows) for name, rows in before.items()}
    assert (copied.commune_id, copied.renumbered) == ("xa-mau", False)
    assert rows_of(postgres_url) == before
    copy_commune(postgres_url, back)
    assert rows_of(back) == before
    assert rows_of(source) == before, "the source is left alone"


def test_life_goes_on_where_it_arrived(tmp_path: Path, postgres_url: str) -> None:
    fill(tmp_path)
    copy_commune(tmp_path / "loa.db", postgres_url)
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path, channel, place=postgres_url) as rig:
        rig.pass_time(days=1)
        rig.send()
        assert rig.states("tin") == {State.SENT: 1}
        rig.release(Post("ap-4", target="noi-4"), campaign_id="moi")
        rig.send()
        assert rig.states("moi") == {State.SENT: 1}
        events = rig.ledger.views.events()
        assert [one.id for one in events] == sorted({one.id for one in events})
        check_chains(events)


def test_a_commune_is_never_copied_onto_itself(tmp_path: Path, place: Place) -> None:
    fill(tmp_path / "of-old")
    source = tmp_path / "of-old" / "loa.db"
    copy_commune(source, place)
    before = rows_of(place)
    for again in (source, place):
        with pytest.raises(LoaError, match="holds the commune xa-mau already"):
            copy_commune(again, place)
    assert rows_of(place) == before


@pytest.fixture
def neighbour(place: Place, tmp_path: Path) -> Place:
    """A destination whose ids are taken by another commune."""
    folder = tmp_path / "neighbour"
    folder.mkdir()
    fill(folder)
    with opened(folder / "loa.db") as ledger, ledger.database.write() as connection:
        for table in TABLES:
            if table.name not in APPEND_ONLY:
                connection.execute(table.update().values(commune_id="xa-khac"))
        for name in APPEND_ONLY:
            connection.exec_driver_sql(f"DROP TRIGGER {name}_no_update")
            connection.exec_driver_sql(f"UPDATE {name} SET commune_id = 'xa-khac'")
    copy_commune(folder / "loa.db", place)
    return place


def test_taken_ids_are_changed_everywhere_alike(tmp_path: Path, neighbour: Place) -> None:
    fill(tmp_path / "of-old")
    source = tmp_path / "of-old" / "loa.db"
    theirs = rows_of(neighbour, "xa-khac")
    copied = copy_commune(source, neighbour)
    assert copied.renumbered
    assert rows_of(neighbour, "xa-khac") == theirs
    with opened(source) as old, opened(neighbour) as new:
        first, second = old.views.events(), new.views.events()
        assert [one.detail for one in first] == [one.detail for one in second]
        check_chains(second)
        assert len(new.evidence.of("thong-bao")) == 1
        assert {one.id for one in new.views.deliveries("tin")}.isdisjoint(
            one.id for one in old.views.deliveries("tin")
        )
        job = new.bundles.job(_waiting(new), cumulative=())
        assert job is not None
        assert [part.campaign_id for part in job.parts] == ["tin"]
        sent = min(one.bundle_id for one in second if one.bundle_id is not None)
        assert new.remote_ids.get(f"xa-mau/giay/{sent}/1/tin/abc") == "của ta"
        assert new.remote_ids.get("khác") == "không đổi"


def _waiting(ledger: Ledger) -> int:
    with ledger.database.read() as connection:
        return connection.execute(
            select(bundles.c.id).where(
                bundles.c.commune_id == "xa-mau", bundles.c.state == State.PLANNED
            )
        ).scalar_one()


def test_both_communes_go_on_after_ids_were_changed(tmp_path: Path, neighbour: Place) -> None:
    fill(tmp_path / "of-old")
    copy_commune(tmp_path / "of-old" / "loa.db", neighbour)
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path, channel, place=neighbour) as rig:
        rig.pass_time(days=1)
        rig.release(Post("ap-4", target="noi-4"), campaign_id="moi")
        rig.send()
        assert rig.states("moi") == rig.states("tin") == {State.SENT: 1}
    every = {name: [row[0] for row in rows] for name, rows in rows_of(neighbour).items()}
    for table in NUMBERED:
        assert len(set(every[table.name])) == len(every[table.name])


def test_what_is_being_sent_is_not_copied(tmp_path: Path, place: Place) -> None:
    (tmp_path / "of-old").mkdir()
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path / "of-old", channel) as rig:
        rig.release(Post())
        job = rig.ledger.bundles.job(rig.due()[0], cumulative=())
        assert job is not None
        assert rig.ledger.bundles.begin([job.bundle], at=NOW, actor="x", durable=True)
    with pytest.raises(LoaError, match="being sent"):
        copy_commune(tmp_path / "of-old" / "loa.db", place)


def test_a_repeated_send_keeps_its_id_or_the_commune_stays(
    tmp_path: Path, neighbour: Place
) -> None:
    fill(tmp_path / "of-old")
    source = tmp_path / "of-old" / "loa.db"
    with opened(source) as ledger:
        job = ledger.bundles.job(_waiting(ledger), cumulative=())
        assert job is not None
        ledger.outcomes.try_again(
            dataclasses.replace(job.bundle),
            reason="bận",
            next_attempt_at=NOW,
            at=NOW,
            actor="x",
        )
    with pytest.raises(LoaError, match="repeated under theirs"):
        copy_commune(source, neighbour)
    assert not any(rows_of(neighbour).values())


def test_a_copy_that_breaks_off_leaves_nothing(tmp_path: Path, place: Place) -> None:
    fill(tmp_path / "of-old")
    with opened(place) as ledger, ledger.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE remote_ids")
    with pytest.raises(LoaError):
        copy_commune(tmp_path / "of-old" / "loa.db", place)
    with opened(place) as ledger:
        assert ledger.registries.latest() == 0
        assert not ledger.views.events()


def test_a_source_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LoaError, match=r"khong-co\.db: there is no ledger"):
        copy_commune(tmp_path / "khong-co.db", tmp_path / "loa.db")
    assert not list(tmp_path.iterdir())


def test_which_commune_must_be_said_when_there_are_several(
    tmp_path: Path, neighbour: Place
) -> None:
    fill(tmp_path / "of-old")
    copy_commune(tmp_path / "of-old" / "loa.db", neighbour)
    with pytest.raises(LoaError, match=r"2 communes \(xa-khac, xa-mau\)"):
        copy_commune(neighbour, tmp_path / "one.db")
    with pytest.raises(LoaError, match="no commune xa-la"):
        copy_commune(neighbour, tmp_path / "one.db", "xa-la")
    copy_commune(neighbour, tmp_path / "one.db", "xa-khac")
    assert not any(rows_of(tmp_path / "one.db").values())
