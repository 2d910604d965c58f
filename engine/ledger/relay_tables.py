"""Tables of the links with which people carry messages on, and of what they wrote back.

They hang in the ledger's one ``metadata``, which ``engine.ledger.tables`` completes.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, PrimaryKeyConstraint, Table, text

from engine.ledger.columns import Instant, Name
from engine.ledger.token_tables import metadata as metadata

#: A link for each campaign and person. What makes it hard to guess is not kept here.
relay_links = Table(
    "relay_links",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("id", Name, nullable=False),
    Column("campaign_id", Name, nullable=False),
    Column("person_id", Name, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("revoked_at", Instant),
    PrimaryKeyConstraint("id"),
    Index("relay_link_of", "commune_id", "campaign_id", "person_id"),
)

#: What a platform told that people wrote, until it has been understood; the body is sealed, and
#: gone once it has. The row stays: what is told again is told already.
chat_events = Table(
    "chat_events",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("id", Name, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("came_at", Instant, nullable=False),
    Column("sealed", LargeBinary),
    PrimaryKeyConstraint("commune_id", "id"),
    Index(
        "chat_event_waits",
        "came_at",
        sqlite_where=text("sealed IS NOT NULL"),
        postgresql_where=text("sealed IS NOT NULL"),
    ),
)

#: Questions, and reasons why something was not passed on; the text is sealed.
relay_words = Table(
    "relay_words",
    metadata,
    Column("commune_id", Name, nullable=False),
    # What it is called: a hash of it under the data key, so that nothing is kept twice.
    Column("id", Name, nullable=False),
    Column("campaign_id", Name, nullable=False),
    Column("hamlet_id", Name, nullable=False),
    Column("person_id", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("done_by", Name),
    PrimaryKeyConstraint("commune_id", "id"),
)
