"""What differs between SQLite and PostgreSQL, so that nothing else has to know.

SQLite has one writer at a time, so a transaction sees what it will write over. On PostgreSQL
(READ COMMITTED) writers run side by side: whoever judges a bundle by its deliveries locks the
bundle first, in order of ids, and judges in a later statement, which sees what others have
committed meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from engine.ledger.given import IDS as GIVEN_IDS
from engine.ledger.given import among
from engine.ledger.tables import bundles, deliveries
from engine.states import State

P = ParamSpec("P")
ResultT = TypeVar("ResultT")

#: How often a transaction is done again that lost against others; each time one of them won.
TRIES = 8

#: deadlock_detected, serialization_failure: the whole transaction was undone.
_LOST = frozenset({"40P01", "40001"})

#: How many names one statement lists; SQLite allows 32,766 parameters.
IDS = 10_000


def is_postgresql(connection: Connection | Engine) -> bool:
    return connection.dialect.name == "postgresql"


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that can say what happens ON CONFLICT."""
    return insert_on(connection.dialect.name, table)


def insert_on(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Do so for a statement that is made before there is a connection."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


_LOCKED = (
    select(bundles.c.id)
    .where(among(bundles.c.id, GIVEN_IDS))
    .order_by(bundles.c.id)
    .with_for_update()
)


_HELD = _LOCKED.where(bundles.c.lease_by == bindparam("holder"))


def lock_bundles(connection: Connection, ids: Collection[int]) -> None:
    """Make other writers of these bundles wait until this transaction ends."""
    if ids and is_postgresql(connection):
        connection.execute(_LOCKED, {"ids": ids}).all()


def lock_held(connection: Connection, ids: Collection[int], holder: str) -> Collection[int]:
    """Do so, and return those of them that ``holder`` has a lease on."""
    given = {"ids": ids, "holder": holder}
    return connection.execute(_HELD, given).scalars().all()


def lock_bundles_of(connection: Connection, commune_id: str, where: ColumnElement[bool]) -> None:
    """Do so for the bundles of the commune's deliveries that match ``where``."""
    if is_postgresql(connection):
        d = deliveries.c
        _lock(
            connection,
            bundles.c.id.in_(select(d.bundle_id).where(d.commune_id == commune_id, where)),
        )


def literal_state(state: State) -> ColumnElement[str]:
    """A literal, not a parameter: only so does every planner see that a partial index fits."""
    return literal_column(f"'{state}'")


def take_turns(connection: Connection, commune_id: str) -> None:
    """Let transactions that number the commune's rows run one after another."""
    if is_postgresql(connection):
        key = func.hashtextextended(commune_id, 0)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def read_it_all(connection: Connection) -> None:
    """Let this transaction add whole tables up: reading them in one go is no mistake here.

    While it is thought to be one (``_prepare_postgresql``), a million rows are sorted on disk
    instead of being counted as they come.
    """
    if is_postgresql(connection):
        connection.exec_driver_sql("SET LOCAL enable_seqscan = on")


def again_if_lost(method: Callable[P, ResultT]) -> Callable[P, ResultT]:
    """Do a method again when the database undid its only transaction for another one's sake."""

    @wraps(method)
    def repeated(*arguments: P.args, **named: P.kwargs) -> ResultT:
        for _try in range(TRIES - 1):
            try:
                return method(*arguments, **named)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _LOST:
                    raise
        return method(*arguments, **named)

    return repeated


def _lock(connection: Connection, where: ColumnElement[bool]) -> Collection[int]:
    """Return the ids; SQLite, where nobody else writes meanwhile, knows no FOR UPDATE."""
    found = select(bundles.c.id).where(where).order_by(bundles.c.id).with_for_update()
    return set(connection.execute(found).scalars())
