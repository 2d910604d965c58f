"""Tables of what went on air: what players report, how far they were asked, second tries.

They hang in the ledger's one ``metadata``, which ``engine.ledger.tables`` completes.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, PrimaryKeyConstraint, Table, Text

from engine.ledger.columns import Digest, Id, Instant, Name, Prose
from engine.ledger.house_tables import metadata

#: What players say that they played; it only ever grows. ``finding`` is what each report was
#: worth when it came, ``heard_at`` when that was.
plays = Table(
    "plays",
    metadata,
    Column("id", Id, primary_key=True),
    Column("commune_id", Name, nullable=False),
    Column("player", Name, nullable=False),
    Column("number", Id, nullable=False),
    Column("cluster", Name, nullable=False),
    Column("slot", Instant, nullable=False),
    Column("campaign_id", Name, nullable=False),
    Column("purpose", Name, nullable=False),
    Column("hamlets", Text, nullable=False),
    Column("sha256", Digest, nullable=False),
    Column("began", Instant, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("outcome", Name, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("finding", Name, nullable=False),
    Column("heard_at", Instant, nullable=False),
    Index("play_key", "commune_id", "player", "number", unique=True),
    Index("play_began", "commune_id", "began"),
    Index("play_slot", "commune_id", "cluster", "slot"),
)

#: Numbers under which a player reported another play than the one that is kept of it.
reused_numbers = Table(
    "reused_numbers",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("player", Name, nullable=False),
    Column("number", Id, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("heard_at", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "player", "number"),
)

#: How far each player's log was read, and what is wrong with it since when.
play_marks = Table(
    "play_marks",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("player", Name, nullable=False),
    Column("mark", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("heard_at", Instant),
    Column("fault", Prose, nullable=False),
    Column("since", Instant),
    PrimaryKeyConstraint("commune_id", "player"),
)

#: Deliveries that are there because another was not played. ``again_of`` is the first of
#: them all, which the campaign itself planned; ``number`` counts from 1.
second_tries = Table(
    "second_tries",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("delivery_id", Id, nullable=False),
    Column("again_of", Id, nullable=False),
    Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("commune_id", "delivery_id"),
    Index("second_try_of", "again_of"),
)
