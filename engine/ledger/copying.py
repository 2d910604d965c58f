"""Moving a commune from one ledger to another, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.dialect import take_turns
from engine.ledger.places import Place, shown, url_of
from engine.ledger.renumbering import Renumbering
from engine.ledger.schema import open_database
from engine.ledger.tables import bundles, metadata, registries
from engine.states import State

#: Rows carried at a time; memory stays flat however large the commune is.
CHUNK = 5_000

#: What belongs to communes; processes and their clocks belong to none.
TABLES = tuple(table for table in metadata.sorted_tables if "commune_id" in table.c)

#: What a row becomes on its way.
Change = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Copied:
    """A commune that was copied: how many rows of each table, and whether ids changed."""

    commune_id: str
    rows: Mapping[str, int]
    renumbered: bool


def copy_commune(source: Place, destination: Place, commune_id: str | None = None) -> Copied:
    """Copy one commune's rows, all or nothing, and count them on both sides.

    ``commune_id`` may be left out where the source holds one commune only. Ids are kept
    where they are free; the order of events is kept always. Raises LoaError when either
    ledger cannot be used, the destination holds the commune already, or something is being
    sent at this moment.
    """
    with (
        _opened(existing(source)) as here,
        here.explained(),
        here.read() as old,
    ):
        commune = commune_id or _only_commune(old, here.place)
        _check_at_rest(old, here.place, commune)
        with (
            _opened(destination) as there,
            there.explained(),
            there.write(durable=True) as new,
        ):
            return _copy(old, new, commune, there.place)


@contextmanager
def _opened(place: Place) -> Iterator[Database]:
    database = open_database(Database.connect(place))
    try:
        yield database
    finally:
        database.close()


def existing(source: Place) -> Place:
    """Raises LoaError for a file that is not there: opening it would make an empty ledger."""
    url = url_of(source)
    if url.drivername == "sqlite" and not Path(str(url.database)).is_file():
        message = _("{path}: there is no ledger")
        raise LoaError(message.format(path=shown(url)))
    return source


def _only_commune(connection: Connection, place: str) -> str:
    found = connection.execute(
        select(registries.c.commune_id).distinct().order_by(registries.c.commune_id)
    ).scalars()
    names = list(found)
    if len(names) != 1:
        message = _("{path}: this ledger holds {count} communes ({names}); say which: --commune ID")
        raise LoaError(message.format(path=place, count=len(names), names=", ".join(names)))
    return str(names[0])


def _check_at_rest(connection: Connection, place: str, commune_id: str) -> None:
    if not _count(connection, registries, commune_id):
        message = _("{path}: this ledger holds no commune {commune}")
        raise LoaError(message.format(path=place, commune=commune_id))
    being_sent = select(func.count()).where(
        bundles.c.commune_id == commune_id, bundles.c.state == State.SENDING
    )
    if connection.execute(being_sent).scalar_one():
        message = _(
            "{path}: something is being sent; let loa run come to its end, stop Loa everywhere,"
            " then copy"
        )
        raise LoaError(message.format(path=place))


def _copy(old: Connection, new: Connection, commune_id: str, place: str) -> Copied:
    take_turns(new, commune_id)
    if any(_count(new, table, commune_id) for table in TABLES):
        message = _("{path}: this ledger holds the commune {commune} already")
        raise LoaError(message.format(path=place, commune=commune_id))
    renumbering = Renumbering.find(old, new, commune_id)
    counts: dict[str, int] = {}
    for table in TABLES:
        change = renumbering.change_of(table)
        counts[table.name] = _carry(old, new, table, commune_id, change)
        arrived = _count(new, table, commune_id)
        expected = _count(old, table, commune_id)
        if not counts[table.name] == arrived == expected:
            message = _("{path}: table {table}: {arrived} rows of {expected} arrived; nothing kept")
            raise LoaError(
                message.format(path=place, table=table.name, arrived=arrived, expected=expected)
            )
    return Copied(commune_id, counts, renumbering.needed)


def _carry(old: Connection, new: Connection, table: Table, commune_id: str, change: Change) -> int:
    count = 0
    for rows in _rows(old, table, commune_id):
        new.execute(insert(table), [change(dict(row)) for row in rows])
        count += len(rows)
    return count


def _rows(
    connection: Connection, table: Table, commune_id: str
) -> Iterator[Sequence[Mapping[str, Any]]]:
    query = select(table).where(table.c.commune_id == commune_id).order_by(*table.primary_key)
    with connection.execution_options(yield_per=CHUNK).execute(query) as result:
        yield from ([dict(row) for row in part] for part in result.mappings().partitions())


def _count(connection: Connection, table: Table, commune_id: str) -> int:
    query = select(func.count()).select_from(table).where(table.c.commune_id == commune_id)
    return connection.execute(query).scalar_one()
