"""Tables of players that fetch their programmes: who they are, and what they are to play.

They hang in the ledger's one ``metadata``, which ``engine.ledger.tables`` completes.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from engine.ledger.columns import Digest, Id, Instant, Name
from engine.ledger.house_tables import metadata as metadata

#: Players as they were enrolled and as they last told about themselves. Of codes and tokens
#: only the hash is kept.
players = Table(
    "players",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("id", Name, nullable=False),
    Column("name", Text, nullable=False),
    # A JSON list of the clusters that it plays in.
    Column("clusters", Text, nullable=False),
    # The key that it pins.
    Column("key_id", Name, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("code_hash", Digest),
    Column("code_until", Instant),
    Column("token_hash", Digest),
    Column("enrolled_at", Instant),
    Column("revoked_at", Instant),
    Column("seen_at", Instant),
    Column("clock_offset", Float),
    Column("disk_free", Id),
    Column("version", Text),
    # A JSON list of what it cannot play as it should: cluster, slot, what is not there.
    Column("lacking", Text),
    PrimaryKeyConstraint("commune_id", "id"),
    Index("player_code", "code_hash", unique=True),
    Index("player_token", "token_hash", unique=True),
)

#: What programmes are signed with; the newest signs. The secret half is sealed.
player_keys = Table(
    "player_keys",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("id", Name, nullable=False),
    Column("public", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "id"),
)

#: What was published last for each cluster and slot.
programmes = Table(
    "programmes",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("cluster", Name, nullable=False),
    Column("slot", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sequence", Id, nullable=False),
    # The hash of what it says, whenever and under whatever sequence that is published.
    Column("said", Digest, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("key_id", Name, nullable=False),
    # The SHA-256 of each of its sounds, with spaces between them.
    Column("sounds", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("published_at", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "cluster", "slot"),
    Index("programme_sequence", "commune_id", "sequence"),
    Index("programme_over", "expires_at"),
)

#: The last sequence under which anything of a commune was published.
player_feeds = Table(
    "player_feeds",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("sequence", Id, nullable=False),
    PrimaryKeyConstraint("commune_id"),
)
