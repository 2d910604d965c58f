"""The ledger and the queue: reachable, of the right version, and set to keep what they take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.app import ledger_place
from engine.i18n import gettext as _
from engine.ledger.database import Database
from engine.ledger.dialect import is_postgresql
from engine.ledger.schema import version_of
from engine.ledger.tables import SCHEMA
from engine.upkeep.findings import Finding, Patient, bad, fine, look

#: PostgreSQL's settings that decide whether a power cut costs what was committed.
_DURABLE = ("fsync", "full_page_writes")

#: Seconds to wait for a server.
PATIENCE = 5


def ledger_check(patient: Patient) -> Iterator[Finding]:
    """Say whether the ledger answers, is whole, and is of this Loa's version."""
    assert patient.settings is not None
    place = ledger_place(patient.settings, patient.workspace)
    if isinstance(place, Path) and not place.exists():
        yield look(_("{path}: no ledger yet; Loa makes one when it starts").format(path=place))
        return
    with (
        closing(Database.connect(place, busy_seconds=PATIENCE)) as database,
        database.explained(),
        database.read() as connection,
    ):
        yield _version(connection, database.place)
        yield from _server(connection) if is_postgresql(connection) else _file(connection)


def _version(connection: Connection, place: str) -> Finding:
    found = version_of(connection)
    if found == SCHEMA:
        return fine(_("{path}: answers, version {version}").format(path=place, version=found))
    if found is None:
        return look(_("{path}: answers and is empty").format(path=place))
    message = (
        _(
            "{path}: version {version} is older than this Loa: stop Loa everywhere, then run:"
            " loa db upgrade"
        )
        if found < SCHEMA
        else _("{path}: version {version} is newer than this Loa: install the newer Loa")
    )
    return bad(message.format(path=place, version=found))


def _file(connection: Connection) -> Iterator[Finding]:
    if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        yield bad(_("the ledger's file is damaged: stop Loa, keep the file, loa restore"))


def _server(connection: Connection) -> Iterator[Finding]:
    def shown(name: str) -> str:
        return str(connection.exec_driver_sql(f"SHOW {name}").scalar())

    off = [name for name in _DURABLE if shown(name) != "on"]
    for name in off:
        message = _("PostgreSQL has {name} = off: a power cut can destroy the ledger; set it to on")
        yield bad(message.format(name=name))
    if shown("synchronous_commit") == "off":
        yield look(
            _(
                "PostgreSQL has synchronous_commit = off; Loa asks for on where it matters, yet set"
                " it to on"
            )
        )
    if connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar():
        yield bad(
            _("this PostgreSQL is a copy that takes no changes: point [ledger] url elsewhere")
        )
    if not off:
        yield fine(
            _("PostgreSQL {version} keeps what it has taken").format(
                version=shown("server_version")
            )
        )


def queue_check(patient: Patient) -> Iterator[Finding]:
    """Say whether Redis answers, and keeps its queue when memory is short or it restarts."""
    assert patient.settings is not None
    url = patient.settings.queue.url
    if not url:
        yield fine(_("no queue is set: loa run needs none"))
        return
    from redis import Redis  # for those who use it
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as client:
            found: Mapping[str, Any] = client.info()
    except (RedisError, ValueError) as error:
        message = _("Redis does not answer ({reason}): is it running, is [queue] url right?")
        yield bad(message.format(reason=type(error).__name__))
        return
    yield fine(_("Redis {version} answers").format(version=found.get("redis_version", "?")))
    yield from _kept(found)


def _kept(found: Mapping[str, Any]) -> Iterator[Finding]:
    policy = str(found.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        message = _("Redis has maxmemory-policy {policy}: it may drop messages; set noeviction")
        yield (bad if found.get("maxmemory") else look)(message.format(policy=policy))
    if not found.get("aof_enabled"):
        yield look(
            _(
                "Redis keeps no file (appendonly no): after a restart what was queued waits until"
                " its lease ends; set appendonly yes"
            )
        )
