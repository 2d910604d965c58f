"""Planning and sending look at their own rows only, however many others the ledger keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from support.dispatching import Post, Rig, rigged
from support.fake_channels import FakeBackend, FakeChannel, FarSide

from engine.ledger.database import Database
from engine.ledger.dialect import is_postgresql
from engine.ledger.places import Place

#: Rows of every campaign there ever was lie in these.
GREAT = "deliveries|bundles|events|contents"

#: A table gone through from end to end, or from one row's number on.
THROUGH_ALL = re.compile(
    rf"\bSCAN ({GREAT})\b(?! USING (COVERING )?INDEX bundle_(due|queue|over|one_sending))"
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
    for statement, plan in plans(rig.ledger.database, seen):
        assert not THROUGH_ALL.search(plan), f"{statement}\n{plan}"
