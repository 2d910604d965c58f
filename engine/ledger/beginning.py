"""The step that decides who sends: `planned` becomes `sending`, one bundle for each target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from itertools import zip_longest

from sqlalchemy import (
    BigInteger,
    Connection,
    Update,
    bindparam,
    exists,
    or_,
    true,
    update,
)
from sqlalchemy.exc import IntegrityError

from engine.ledger.dialect import literal_state
from engine.ledger.given import given, is_given, rows_given, unindexed
from engine.ledger.tables import bundles
from engine.models import Bundle
from engine.states import State


def begin_free(
    connection: Connection,
    commune_id: str,
    wanted: Sequence[Bundle],
    holder: str | None,
    at: datetime,
) -> set[int]:
    """Move to `sending` what still is as it was read and whose target is free; return the ids.

    What holds an item whose time is over ``at`` this moment stays until that has expired.
    ``holder``: only what this one holds a lease on. Raises IntegrityError when another
    transaction begins for one of the targets at this very moment (PostgreSQL): the index
    refuses the later one.
    """
    begun: set[int] = set()
    statement = _statement(connection.dialect.name, led=holder is not None)
    for group in _one_for_each_target(wanted):
        given = {
            "of_commune": commune_id,
            "ids": [bundle.id for bundle in group],
            "begun_at": at,
            **rows_given((bundle.id, bundle.version) for bundle in group),
        }
        if holder is not None:
            given["holder"] = holder
        begun.update(connection.execute(statement, given).scalars())
    return begun


def begin_one_by_one(
    connection: Connection,
    commune_id: str,
    wanted: Sequence[Bundle],
    holder: str | None,
    at: datetime,
) -> set[int]:
    """Do the same bundle by bundle, and leave out those that lose such a race."""
    begun: set[int] = set()
    for bundle in wanted:
        with suppress(IntegrityError), connection.begin_nested():
            begun |= begin_free(connection, commune_id, [bundle], holder, at)
    return begun


def _one_for_each_target(wanted: Sequence[Bundle]) -> Iterator[list[Bundle]]:
    """Yield the first bundles of all targets, then the second ones, and so on."""
    targets: defaultdict[tuple[str, str], list[Bundle]] = defaultdict(list)
    for bundle in wanted:
        targets[bundle.channel, bundle.target].append(bundle)
    for row in zip_longest(*targets.values()):
        yield [bundle for bundle in row if bundle is not None]


@cache
def _statement(dialect: str, *, led: bool) -> Update:
    """Return what begins some bundles; ``led``: only those that a holder has."""
    b, busy = bundles.c, bundles.alias("busy").c
    target_is_busy = exists().where(
        busy.commune_id == b.commune_id,
        busy.channel == b.channel,
        busy.target == b.target,
        busy.state == literal_state(State.SENDING),
    )
    as_read = given(dialect, {"id": BigInteger, "version": BigInteger})
    moment = bindparam("begun_at", type_=b.expires_at.type)
    return (
        update(bundles)
        .where(
            is_given(dialect, b.id, as_read, b.commune_id),
            b.version == as_read.c.version,
            unindexed(b.state) == State.PLANNED,
            ~target_is_busy,
            or_(b.expires_at.is_(None), b.expires_at >= moment),
            b.lease_by == bindparam("holder") if led else true(),
        )
        .values(state=State.SENDING)
        .returning(b.id)
    )
