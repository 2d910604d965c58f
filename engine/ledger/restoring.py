"""A ledger that comes back from a backup: what goes on by itself, and what a person decides.

Between the backup and its return the lost ledger went on sending. Where sending twice does no
harm, what was due is simply sent again. Elsewhere nobody can know: it becomes `uncertain`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.bundling import open_deliveries
from engine.ledger.copying import CHUNK
from engine.ledger.database import Database
from engine.ledger.dialect import is_postgresql, take_turns
from engine.ledger.given import among
from engine.ledger.house_tables import duties, machines
from engine.ledger.moves import move_deliveries, record_event
from engine.ledger.player_tables import player_keys
from engine.ledger.programmes import raise_feeds
from engine.ledger.renumbering import NUMBERED
from engine.ledger.tables import (
    breakers,
    bundles,
    deliveries,
    metadata,
    people,
    registries,
)
from engine.ledger.token_tables import tokens
from engine.states import State

#: How far the numbers of bundles jump: the far side may know those that the lost ledger gave
#: after the backup, and would take a new bundle for one that it has.
GAP = 1_000_000

ACTOR = "loa"

#: What was true of processes and far sides when the backup was made, and is no more.
_OF_THE_MOMENT = (machines, breakers, duties)


@dataclass(frozen=True, slots=True)
class Return:
    """How a ledger comes back: saved at ``taken_at``, taken up again at ``at``.

    ``doubtful`` are (channel, backend) where sending twice would be noticed. ``note`` is kept
    with every delivery that a person must decide about.
    """

    taken_at: datetime
    at: datetime
    doubtful: frozenset[tuple[str, str]]
    note: str


def take_up(database: Database, back: Return, *, forget_people: bool = False) -> int:
    """Prepare a restored ledger for work; return how many deliveries a person must decide about.

    Leases are gone with their holders, and so is what was known of processes and far sides.
    What was being sent stays `sending`, for recovery to settle. What players are given goes on
    above all they have seen. ``forget_people``: what nobody can read without the lost key is
    removed, and so are the keys that sign for players, who are enrolled anew, and the tokens of
    accounts, to which a person logs in again.
    """
    with database.write(durable=True) as connection:
        connection.execute(update(bundles).values(lease_until=None, lease_by=None))
        connection.execute(update(tokens).values(claim=None, claim_until=None))
        for table in _OF_THE_MOMENT:
            connection.execute(delete(table))
        if forget_people:
            connection.execute(delete(people))
            connection.execute(delete(player_keys))
            connection.execute(delete(tokens))
        raise_feeds(connection, back.at)
        doubted = 0
        for commune in _communes(connection):
            doubted += _doubt(connection, commune, back)
            record_event(
                connection, commune, what="restored", at=back.at, actor=ACTOR, detail=back.note
            )
        _jump(connection, back.at)
    return doubted


def load(source: Database, target: Database) -> Mapping[str, int]:
    """Put a whole ledger into an empty one on a server, all or nothing; return the rows.

    Raises LoaError when something is there already.
    """
    counts = {}
    with source.read() as old, target.explained(), target.write(durable=True) as new:
        take_turns(new, "")
        if any(_count(new, table) for table in metadata.sorted_tables):
            message = _("{path}: this ledger is not empty; nothing was changed")
            raise LoaError(message.format(path=target.place))
        for table in metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            with old.execution_options(yield_per=CHUNK).execute(query) as result:
                for rows in result.mappings().partitions():
                    new.execute(insert(table), [dict(row) for row in rows])
            counts[table.name] = _count(new, table)
            assert counts[table.name] == _count(old, table)
        _number_on(new)
    return counts


def _communes(connection: Connection) -> Sequence[str]:
    found = select(registries.c.commune_id).distinct().order_by(registries.c.commune_id)
    return connection.execute(found).scalars().all()


def _doubt(connection: Connection, commune: str, back: Return) -> int:
    """Let a person decide about what may have been sent since the backup."""
    d, b = deliveries.c, bundles.c
    held = and_(d.work_at <= back.at, tuple_(d.channel, d.backend).in_(back.doubtful))
    open_deliveries(connection, commune, held, at=back.at, actor=ACTOR)
    due = select(b.id).where(
        b.commune_id == commune,
        b.state == State.PLANNED,
        b.next_attempt_at <= back.at,
        tuple_(b.channel, b.backend).in_(back.doubtful),
    )
    ids = connection.execute(due).scalars().all()
    mine = among(d.bundle_id, ids)
    count = _move(connection, commune, mine, (State.PLANNED, State.SENDING), back)
    _move(connection, commune, mine, (State.SENDING, State.UNCERTAIN), back)
    settled = {"state": State.UNCERTAIN, "attempts": 0, "expires_at": None}
    connection.execute(update(bundles).where(among(b.id, ids)).values(settled))
    return count


def _move(
    connection: Connection,
    commune: str,
    where: ColumnElement[bool],
    step: tuple[State, State],
    back: Return,
) -> int:
    old, new = step
    moved = move_deliveries(
        connection, commune, where, old=old, new=new, at=back.at, actor=ACTOR, detail=back.note
    )
    return len(moved)


def _jump(connection: Connection, at: datetime) -> None:
    """Leave a mark far above the last bundle; SQLite counts on from the highest number."""
    communes = _communes(connection)
    last = connection.execute(select(func.max(bundles.c.id))).scalar()
    if last is not None and communes:
        connection.execute(
            insert(bundles).values(
                id=last + GAP,
                commune_id=communes[0],
                channel="restored",
                backend="restored",
                target="restored",
                slot=at,
                version=1,
                priority="routine",
                state=State.CANCELLED,
                next_attempt_at=at,
            )
        )


def _number_on(connection: Connection) -> None:
    if is_postgresql(connection):
        for table in NUMBERED:
            last = connection.execute(select(func.max(table.c.id))).scalar()
            if last:
                sequence = func.pg_get_serial_sequence(table.name, "id")
                connection.execute(select(func.setval(sequence, last)))


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
