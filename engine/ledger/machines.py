"""Which processes live where, and how right their clocks are; kept by the ledger's time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, upsert
from engine.ledger.house_tables import machines
from engine.ledger.watched_clock import Fault


class Role(StrEnum):
    """What a process does for a workspace."""

    RUN = "run"
    SCHEDULER = "scheduler"
    WORKER = "worker"
    CONSOLE = "console"


#: Processes that put what is due on its way.
SCHEDULING = frozenset({Role.RUN, Role.SCHEDULER})


@dataclass(frozen=True, slots=True)
class Process:
    """One process that works, as it last told about itself.

    ``name`` is the machine's, ``process`` is unique for ever. ``offset``: how far the
    machine's clock is ahead of the ledger's. Disk sizes are bytes of the workspace's disk.
    """

    name: str
    role: Role
    process: str
    started_at: datetime
    seen_at: datetime
    offset: timedelta
    fault: Fault | None
    version: str
    disk_free: int
    disk_total: int


class Machines:
    """The processes of every machine that shares a ledger; they belong to no commune."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @again_if_lost
    def seen(self, process: Process) -> None:
        """Write what a process tells about itself over what it told before."""
        row = {
            "name": process.name,
            "role": process.role,
            "process": process.process,
            "started_at": process.started_at,
            "seen_at": process.seen_at,
            "clock_offset": process.offset.total_seconds(),
            "clock_fault": process.fault,
            "version": process.version,
            "disk_free": process.disk_free,
            "disk_total": process.disk_total,
        }
        with self._database.write() as connection:
            new = upsert(connection, machines).values(row)
            key = ["name", "role", "process"]
            changed = {name: new.excluded[name] for name in row if name not in key}
            connection.execute(new.on_conflict_do_update(index_elements=key, set_=changed))

    @again_if_lost
    def ended(self, process: str) -> None:
        """Forget a process that has come to an orderly end."""
        with self._database.write() as connection:
            connection.execute(delete(machines).where(machines.c.process == process))

    @again_if_lost
    def forget(self, before: datetime, name: str | None = None, role: Role | None = None) -> int:
        """Forget processes that were last seen before this moment; return how many.

        Only those of one machine, and of one role, if they are given.
        """
        m = machines.c
        where = [m.seen_at < before]
        where += [m.name == name] if name is not None else []
        where += [m.role == role] if role is not None else []
        with self._database.write() as connection:
            return connection.execute(delete(machines).where(*where)).rowcount

    def all(self) -> Sequence[Process]:
        """Return every process known, those seen last first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(machines).order_by(machines.c.seen_at.desc(), machines.c.process)
            ).all()
        return [
            Process(
                name=row.name,
                role=Role(row.role),
                process=row.process,
                started_at=row.started_at,
                seen_at=row.seen_at,
                offset=timedelta(seconds=row.clock_offset),
                fault=Fault(row.clock_fault) if row.clock_fault is not None else None,
                version=row.version,
                disk_free=row.disk_free,
                disk_total=row.disk_total,
            )
            for row in rows
        ]
