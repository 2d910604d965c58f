"""Under which settings the figures were measured: what a commit survives, asked of the servers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import dramatiq
import redis as redis_client
import sqlalchemy

from bench.figures import Note
from bench.servers import PostgresServer, RedisServer

#: How ``engine.ledger.database`` commits: begin of a send that may be repeated, planning, leases
#: … and everything after which something cannot be undone.
_KINDS = (
    ("leases, planned rows, begin where sending twice does no harm", "off", "NORMAL"),
    ("approval, opening, begin where it does, receipts", "on", "FULL"),
)


def notes(postgres: PostgresServer, redis: RedisServer) -> Iterator[Note]:
    """Yield what the running servers say, and what Loa asks of each kind of transaction."""
    told = ", ".join(f"{name} {value}" for name, value in sorted(postgres.settings().items()))
    yield Note(f"PostgreSQL: {told}")
    with redis.client() as client:
        found = client.config_get("append*") | client.config_get("maxmemory*")
        version = client.info("server")["redis_version"]
    kept = ", ".join(f"{name} {found[name]}" for name in ("appendonly", "appendfsync"))
    yield Note(f"Redis {version}: {kept}, {found['maxmemory-policy']}")
    for what, postgres_level, sqlite_level in _KINDS:
        levels = f"synchronous_commit {postgres_level}, SQLite synchronous {sqlite_level}"
        yield Note(f"{what}: {levels}")
    yield Note(
        f"SQLite {sqlite3.sqlite_version}, SQLAlchemy {sqlalchemy.__version__}, "
        f"Dramatiq {dramatiq.__version__}, redis-py {redis_client.__version__}"
    )
