"""Many at once on one ledger: nobody is told something false, nobody waits for ever."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from support import builders
from support.dispatching import KEY, NOW, Post, Rig, check_chains, due, rigged
from support.fake_channels import FakeBackend, FakeChannel, FakeOptions, FarSide
from support.redis_server import PATIENCE
from support.servers import Postgres, postgres_server

from engine.errors import LoaError
from engine.ledger import Ledger, Seal, Submission, ledger_reason
from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost
from engine.ledger.places import Place
from engine.ledger.schema import open_database
from engine.ledger.tables import bundles
from engine.models import Bundle, Evidence, EvidenceKind, Receipt
from engine.states import State

THREADS = 8
SOON = NOW + timedelta(minutes=15)

ResultT = TypeVar("ResultT")


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.fixture
def rig(tmp_path: Path, place: Place) -> Iterator[Rig]:
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path, channel, place=place) as opened:
        yield opened


def at_once(work: Callable[[int], ResultT], threads: int = THREADS) -> list[ResultT]:
    """Do the work in several threads that start together; raise what any of them raised."""
    gate = threading.Barrier(threads)

    def one(number: int) -> ResultT:
        gate.wait(PATIENCE)
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def waiting(rig: Rig, ids: list[int]) -> list[Bundle]:
    jobs = [rig.ledger.bundles.job(one, cumulative=()) for one in ids]
    return [job.bundle for job in jobs if job is not None]


def lease(rig: Rig, owner: str, limit: int = 100) -> list[int]:
    return due(rig.ledger, NOW, owner=owner, limit=limit)


def test_each_bundle_is_leased_by_one(rig: Rig) -> None:
    rig.release(*(Post(target=f"noi-{number}") for number in range(60)))

    def take(number: int) -> list[int]:
        found: list[int] = []
        while more := lease(rig, f"w{number}", 3):
            found += more
        return found

    taken = [one for found in at_once(take) for one in found]
    assert len(taken) >= 50, "a row that another holds is skipped, not waited for"
    taken += lease(rig, "last")
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 60


def test_each_bundle_is_begun_by_one(rig: Rig) -> None:
    rig.release(*(Post(target=f"noi-{number}") for number in range(40)))
    wanted = waiting(rig, rig.due())

    def begin(number: int) -> set[int]:
        mine = wanted if number % 2 else wanted[::-1]
        return rig.ledger.bundles.begin(mine, at=NOW, actor=f"w{number}", durable=False)

    counted = Counter(one for begun in at_once(begin) for one in begun)
    assert counted == Counter(bundle.id for bundle in wanted)
    assert rig.states() == {State.SENDING: 40}
    check_chains(rig.ledger.views.events("thong-bao"))


def test_one_target_is_sent_to_by_one(rig: Rig) -> None:
    """Bundles of different slots race for one target; the index alone can tell them apart."""
    rig.release(*(Post(slot=NOW - timedelta(minutes=number)) for number in range(THREADS)))
    wanted = waiting(rig, rig.due())
    assert len(wanted) == THREADS

    def begin(number: int) -> set[int]:
        return rig.ledger.bundles.begin([wanted[number]], at=NOW, actor="w", durable=False)

    assert sum(len(begun) for begun in at_once(begin)) == 1
    assert rig.states() == {State.SENDING: 1, State.PLANNED: THREADS - 1}


def test_who_loses_one_target_keeps_the_others(rig: Rig) -> None:
    slots = [NOW - timedelta(minutes=number) for number in range(2)]
    targets = [f"noi-{number}" for number in range(10)]
    rig.release(*(Post(target=target, slot=slot) for slot in slots for target in targets))
    wanted = waiting(rig, rig.due())
    halves = [[one for one in wanted if one.slot == slot] for slot in slots]

    def begin(number: int) -> set[int]:
        return rig.ledger.bundles.begin(halves[number], at=NOW, actor="w", durable=False)

    begun = set().union(*at_once(begin, 2))
    assert Counter(one.target for one in wanted if one.id in begun) == Counter(targets)


def test_the_second_for_a_target_is_left_out_when_the_first_commits_late(
    tmp_path: Path, postgres_url: str
) -> None:
    """The second has looked, and seen nobody, when the first commits."""
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path, channel, place=postgres_url) as rig:
        rig.release(Post(), Post(slot=NOW - timedelta(hours=1)), Post(target="noi-2"))
        early, *others = waiting(rig, rig.due())
        with ThreadPoolExecutor(1) as pool:
            with rig.ledger.database.write() as connection:
                connection.execute(
                    update(bundles).where(bundles.c.id == early.id).values(state=State.SENDING)
                )
                late = pool.submit(
                    rig.ledger.bundles.begin, others, at=NOW, actor="w", durable=True
                )
                wait_until_blocked(rig.ledger.database)
            assert late.result(10) == {one.id for one in others if one.target == "noi-2"}


def wait_until_blocked(database: Database) -> None:
    """Return once a transaction of this database waits for another one."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
    for _round in range(10_000):
        with database.read() as connection:
            if connection.exec_driver_sql(query).scalar_one():
                return
    raise AssertionError("nobody waits")


def test_many_outcomes_at_once_are_all_kept(rig: Rig) -> None:
    rig.release(*(Post(target=f"noi-{number}") for number in range(THREADS * 4)))
    wanted = waiting(rig, rig.due())
    rig.ledger.bundles.begin(wanted, at=NOW, actor="w", durable=False)
    outcomes, book = rig.ledger.outcomes, rig.ledger.evidence

    def record(number: int) -> None:
        mine = wanted[number::THREADS]
        outcomes.sent(
            [(mine[0], Receipt("ok"), ""), (mine[1], Receipt("ok"), "")], at=NOW, actor="w"
        )
        outcomes.try_again(mine[2], reason="bận", next_attempt_at=SOON, at=NOW, actor="w")
        outcomes.fail(mine[3], reason="hỏng", at=NOW, actor="w")
        for row in rig.rows()[number::THREADS]:
            if row.state is State.SENT:
                book.add([Evidence(row.id, EvidenceKind.HEARD, "lan", NOW, "nói")])

    at_once(record)
    states = rig.states()
    assert states[State.PLANNED] == states[State.FAILED] == THREADS
    assert states[State.SENT] + states[State.CONFIRMED] == THREADS * 2
    check_chains(rig.ledger.views.events("thong-bao"))


def test_nothing_that_joins_while_a_bundle_is_settled_is_forgotten(rig: Rig) -> None:
    """A new item and the end of the send before it, at the same moment, again and again."""
    for turn in range(12):
        slot = NOW - timedelta(minutes=turn)
        rig.release(Post(target=f"noi-{turn}", slot=slot), campaign_id=f"dau-{turn}")
        bundle = waiting(rig, rig.due())[0]
        rig.ledger.bundles.begin([bundle], at=NOW, actor="w", durable=False)

        def settle_or_join(number: int, turn: int = turn, bundle: Bundle = bundle) -> None:
            if number:
                post = Post("ap-2", target=bundle.target, slot=bundle.slot)
                rig.release(post, campaign_id=f"sau-{turn}")
            else:
                rig.ledger.outcomes.sent([(bundle, Receipt("ok"), "")], at=NOW, actor="w")

        at_once(settle_or_join, 2)
        assert len(rig.due()) == 1, "what joined waits to be sent"


def test_cancelling_beginning_and_expiring_at_once_end_somewhere(rig: Rig) -> None:
    for turn in range(6):
        name = f"tin-{turn}"
        posts = [Post(target=f"noi-{turn}-{number}") for number in range(10)]
        rig.release(*posts, campaign_id=name)
        wanted = waiting(rig, rig.due())

        def act(number: int, name: str = name, wanted: list[Bundle] = wanted) -> None:
            if number == 0:
                rig.ledger.deliveries.cancel(name, recalled=(), at=NOW, actor="x", reason="")
            elif number == 1:
                rig.ledger.outcomes.expire(NOW + timedelta(days=9), actor="x", reason="")
            else:
                begun = rig.ledger.bundles.begin(wanted, at=NOW, actor="x", durable=False)
                done = [(one, Receipt("ok"), "") for one in wanted if one.id in begun]
                rig.ledger.outcomes.sent(done, at=NOW, actor="x")

        at_once(act, 3)
        assert set(rig.states(name)) <= {State.CANCELLED, State.EXPIRED, State.SENT}
        check_chains(rig.ledger.views.events(name))
    assert State.SENDING not in rig.bundle_states()
    assert not rig.due(), "no bundle waits with nothing in it"


def test_a_registry_that_many_load_at_once_gets_one_number(rig: Rig) -> None:
    other = builders.registry(hamlets=2)
    numbers = at_once(lambda _number: rig.ledger.registries.save(other, "1" * 64, NOW))
    assert set(numbers) == {2}


def test_revisions_submitted_at_once_get_numbers_of_their_own(rig: Rig) -> None:
    first = rig.approve("thong-bao")
    submission = Submission(
        first.campaign, "x.yaml", b"x", "1" * 64, "2" * 64, first.registry_revision, "lan"
    )
    numbers = at_once(lambda _number: rig.ledger.revisions.submit(submission, NOW).revision)
    assert sorted(numbers) == [first.revision + number for number in range(1, THREADS + 1)]


def test_an_empty_ledger_that_many_open_is_made_once(place: Place) -> None:
    def open_it(_number: int) -> None:
        open_database(Database.connect(place)).close()

    at_once(open_it)
    open_it(0)


def test_a_deadlock_is_tried_again_and_another_fault_is_not(tmp_path: Path) -> None:
    class Undone(Exception):  # noqa: N818  # stands in for the driver's own
        def __init__(self, sqlstate: str) -> None:
            self.sqlstate = sqlstate

    faults = [
        OperationalError("x", {}, Undone("40P01")),
        OperationalError("x", {}, Undone("40001")),
    ]

    @again_if_lost
    def work() -> str:
        if faults:
            raise faults.pop()
        return "done"

    assert work() == "done"
    faults.append(OperationalError("x", {}, Undone("57P01")))
    with pytest.raises(OperationalError):
        work()


def test_a_real_deadlock_is_found_and_both_end(rig: Rig, place: Place) -> None:
    rig.release(Post(), Post(target="noi-2"))
    ids = rig.due()
    meeting = threading.Barrier(2, timeout=PATIENCE)
    tries: list[int] = []

    @again_if_lost
    def change(number: int) -> None:
        tries.append(number)
        with rig.ledger.database.write() as connection:
            for turn, bundle_id in enumerate(ids if number else ids[::-1]):
                if turn and len(tries) == 2 and not isinstance(place, Path):
                    meeting.wait()
                connection.execute(
                    update(bundles)
                    .where(bundles.c.id == bundle_id)
                    .values(attempts=bundles.c.attempts + 1)
                )

    at_once(change, 2)
    with rig.ledger.database.read() as connection:
        found = connection.exec_driver_sql("SELECT attempts FROM bundles").scalars().all()
    assert list(found) == [2, 2]


def test_a_connection_that_was_cut_is_replaced(tmp_path: Path, postgres: Postgres) -> None:
    name = postgres.make_database()
    ledger = Ledger.open(postgres.url(name), "xa-mau", seal=Seal(KEY), options={})
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    ours = f"{cut} AND datname = '{name}'"

    def cut_in_the_middle() -> None:
        with ledger.database.write() as connection:
            connection.exec_driver_sql("SELECT 1")
            postgres.run(ours)
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(OperationalError) as raised:
        cut_in_the_middle()
    assert ledger_reason(raised.value) == "the database is being stopped or started"
    ledger.credentials.set("minh", "x", NOW)
    postgres.run(ours)
    assert ledger.credentials.get("minh") == "x", "a dead connection in the pool is noticed"
    ledger.close()
    postgres.drop_database(name)


def test_each_delivery_keeps_what_was_said_of_its_own_bundle(rig: Rig, tmp_path: Path) -> None:
    targets = [f"loa-{number}" for number in range(12)]
    rig.release(*(Post(target=one) for one in targets), Post(hamlet="ap-2", target="loa-3"))
    assert len(rig.send()) == len(targets), "two of one target are one bundle"
    taken = FarSide(tmp_path / "far.log").taken
    answers = {line["target"]: f"so/{line['key']}" for line in taken}
    assert len(set(answers.values())) == len(targets)
    assert [row.reason for row in rig.rows()] == [answers[row.target] for row in rig.rows()]
    told = [one.detail for one in rig.ledger.views.events() if one.to_state == State.SENT]
    assert sorted(told) == sorted(row.reason for row in rig.rows())


def test_a_look_sees_what_is_there_and_begins_no_transaction(place: Place) -> None:
    ledger = Ledger.open(place, "xa-mau", seal=Seal(KEY), options={})
    ledger.remote_ids.set("khóa", "1")
    query = "SELECT value FROM remote_ids"
    with ledger.database.look() as connection:
        assert connection.exec_driver_sql(query).scalar() == "1"
        raw = connection.connection.dbapi_connection
        assert raw is not None
        open_now = raw.info.transaction_status if hasattr(raw, "info") else raw.in_transaction
        assert not open_now
        ledger.remote_ids.set("khóa", "2")
        assert connection.exec_driver_sql(query).scalar() == "2", "each statement sees its own"
    ledger.close()


def test_a_server_that_goes_and_comes_back(tmp_path: Path) -> None:
    with postgres_server(durable=True) as server:
        url = server.url(server.make_database())
        ledger = Ledger.open(url, "xa-mau", seal=Seal(KEY), options={})
        ledger.remote_ids.put("bền", "1")
        server.stop()
        with pytest.raises(OperationalError) as raised:
            ledger.remote_ids.get("bền")
        assert ledger_reason(raised.value) == "the database does not answer"
        with pytest.raises(LoaError, match="the database does not answer"):
            Ledger.open(url, "xa-mau", seal=Seal(KEY), options={})
        server.start()
        assert ledger.remote_ids.get("bền") == "1", "what was durable outlives a crash"
        ledger.close()


def test_sqlite_waits_for_its_turn_and_says_so_when_it_waited_enough(tmp_path: Path) -> None:
    path = tmp_path / "loa.db"
    Ledger.open(path, "xa-mau", seal=Seal(KEY), options={"giay": FakeOptions}).close()
    database = Database.connect(path, busy_seconds=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError) as raised, database.write():
            raise AssertionError("the lock is somebody else's")
        assert ledger_reason(raised.value) == "another program holds it"
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM events").scalar() == 0
        other.execute("ROLLBACK")
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM bundles")
    database.close()
