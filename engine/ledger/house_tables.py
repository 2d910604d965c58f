"""Tables of the house: processes on machines, what needs a person, who has which duty.

They hang in the ledger's one ``metadata``, which ``engine.ledger.tables`` completes.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, MetaData, PrimaryKeyConstraint, Table, Text

from engine.ledger.columns import Id, Instant, Name, Prose

metadata = MetaData()

#: Processes that work, on any machine, for whatever communes.
machines = Table(
    "machines",
    metadata,
    Column("name", Name, nullable=False),
    Column("role", Name, nullable=False),
    Column("process", Name, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("clock_offset", Float, nullable=False),
    Column("clock_fault", Name),
    Column("version", Name, nullable=False),
    Column("disk_free", Id, nullable=False),
    Column("disk_total", Id, nullable=False),
    PrimaryKeyConstraint("name", "role", "process"),
)

#: What needs a person; the commune "" is the house: machines, their clocks and disks.
notices = Table(
    "notices",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("key", Name, nullable=False),
    Column("concern", Name, nullable=False),
    Column("severity", Name, nullable=False),
    Column("facts", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("gone_at", Instant),
    Column("done_at", Instant),
    Column("done_by", Name),
    Column("told_at", Instant),
    Column("told_severity", Name),
    Column("told_to", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Instant),
    Column("error", Prose, nullable=False),
    Column("claimed_by", Name),
    Column("claimed_until", Instant),
    PrimaryKeyConstraint("commune_id", "key"),
)

#: What one process at a time does for a commune, and until when it is his.
duties = Table(
    "duties",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("name", Name, nullable=False),
    Column("until", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "name"),
)
