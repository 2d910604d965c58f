"""Planning, sending and what goes round all the time look at their own rows only.

However many others the ledger keeps: a statement that goes through all of them is quick in a
test and takes minutes in a province.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from support.dispatching import NOW, Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from engine.ledger.database import Database
from engine.ledger.dialect import is_postgresql
from engine.ledger.needs import Needs
from engine.ledger.places import Place
from engine.ledger.rounds import Rounds
from engine.models import Priority

#: Rows of every campaign there ever was lie in these.
GREAT = "deliveries|bundles|events|contents|revisions"

#: Indexes that hold only what is still to be done.
LIVE = "bundle_due|bundle_queue|bundle_over|bundle_one_sending|revision_unopened"

#: A table gone through from end to end, or from one row's number on.
THROUGH_ALL = re.compile(
    rf"\bSCAN ({GREAT})\b(?! USING (COVERING )?INDEX ({LIVE}))"
    rf"|\bSEARCH ({GREAT}) USING INTEGER PRIMARY KEY \(rowid>"
    rf"|\bSeq Scan on ({GREAT})\b"
    rf"|\bIndex Cond: \(id >"
)


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Collect what is executed, with its parameters."""
    seen: list[tuple[str, Any]] = []

    def note(
        _connection: Connection, _cursor: Any, statement: str, given: Any, _context: Any, many: bool
    ) -> None:
        if not many and re.match(r"\s*(SELECT|INSERT|UPDATE|WITH)\b", statement):
            seen.append((statement, given))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def plans(database: Database, seen: Sequence[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each statement with the lines in which the database says how it finds its rows."""
    word = "EXPLAIN" if is_postgresql(database.engine) else "EXPLAIN QUERY PLAN"
    for statement, given in seen:
        with database.read() as connection:
            rows = connection.exec_driver_sql(f"{word} {statement}", given).all()
        yield statement, "\n".join(str(row[-1]) for row in rows)


@pytest.fixture
def rig(tmp_path: Path, place: Place) -> Iterator[Rig]:
    channel = FakeChannel("giay", FakeBackend("so", True, FarSide(tmp_path / "far.log")))
    with rigged(tmp_path, channel, place=place) as made:
        yield made


def test_no_statement_of_planning_or_sending_goes_through_all_there_is(rig: Rig) -> None:
    rig.release(Post(text="Cũ."), campaign_id="cu")
    rig.send()
    with statements(rig.ledger.database) as seen:
        rig.release(Post(target="a"), Post(hamlet="ap-2", target="b"), campaign_id="moi")
        assert len(rig.send()) == 2
    assert len(seen) > 15
    check(rig, seen)


def test_no_statement_that_plans_a_campaign_goes_through_all_there_is(rig: Rig) -> None:
    """What it looks up first: how the campaign stands, and what else is on air."""
    rig.release(Post(text="Cũ."), campaign_id="cu")
    book, campaigns = rig.ledger.deliveries, ("cu", "moi")
    rig.release(Post(target="a"), campaign_id="moi")
    rig.release(Post(target="b"), campaign_id="moi", replaced=[2])
    with statements(rig.ledger.database) as seen:
        assert [len(book.current(one)) for one in campaigns] == [1, 1]
        assert [book.moved(one) for one in campaigns] == [{}, {}]
        assert len(rig.ledger.revisions.first_approved(campaigns)) == 2
        assert rig.ledger.views.on_air(NOW) == []
        assert rig.ledger.views.on_air(NOW, cluster="a") == []
        assert rig.ledger.revisions.with_status() == []
    assert len(seen) == 12
    check(rig, seen)


def test_no_statement_of_the_rounds_goes_through_all_there_is(rig: Rig) -> None:
    rig.release(Post())
    rounds = Rounds(rig.ledger.database)
    with statements(rig.ledger.database) as seen:
        assert rounds.to_open() == []
        assert rounds.overdue(NOW) == []
        assert rounds.next_moment(rehearse=()) == NOW
        assert rounds.leases.take_stranded(NOW, holder="x", until=NOW, limit=9) == []
    assert len(seen) == 4
    check(rig, seen)


def test_no_statement_of_the_notices_goes_through_all_there_is(rig: Rig) -> None:
    rig.release(Post())
    needs = Needs(rig.ledger.database, rig.ledger.commune_id)
    with statements(rig.ledger.database) as seen:
        assert needs.stuck() == []
        assert needs.unproven(NOW - timedelta(days=9), NOW) == []
        assert needs.only_rehearsed(["so"], NOW) == []
    assert len(seen) == 3
    check(rig, seen)


def test_no_statement_of_a_holder_goes_through_all_there_is(rig: Rig) -> None:
    rig.release(Post())
    rounds = Rounds(rig.ledger.database)
    until = NOW + timedelta(minutes=3)
    for leases in (rounds.leases, rig.ledger.leases):
        taken = leases.take_due(
            NOW, Priority.ROUTINE, holder="worker:a", until=until, rehearse=(), limit=9
        )
        ids = [due.id for due in taken]
        with statements(rig.ledger.database) as seen:
            assert leases.renew("worker:a", until) == 1
            assert leases.give_back("worker:a", sending=False, only=ids) == 1
            assert leases.give_back("worker:a", sending=True) == 0
            assert leases.forget_queue() == 0
        assert len(seen) == 6
        check(rig, seen)


def test_what_a_run_shows_of_itself_goes_through_nothing_that_is_over(rig: Rig) -> None:
    rig.release(Post(text="Cũ."), campaign_id="cu")
    rig.send()
    with statements(rig.ledger.database) as seen:
        assert rig.ledger.views.due(NOW, rehearse=("so",)) == {}
        assert rig.ledger.views.due(None, rehearse=()) == {}
    assert len(seen) == 4
    check(rig, seen)
    for _statement, plan in plans(rig.ledger.database, seen):
        assert "bundle_key" not in plan, "by commune alone it finds what is over as well"


def check(rig: Rig, seen: Sequence[tuple[str, Any]]) -> None:
    for statement, plan in plans(rig.ledger.database, seen):
        assert not THROUGH_ALL.search(plan), f"{statement}\n{plan}"
