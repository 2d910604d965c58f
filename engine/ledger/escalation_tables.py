"""Tables of what is done when a message is not passed on.

They hang in the ledger's one ``metadata``, which ``engine.ledger.tables`` completes.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from engine.ledger.columns import Digest, Id, Instant, Name
from engine.ledger.team_tables import metadata as metadata

#: The campaigns that are looked after, until they are over.
escalating = Table(
    "escalating",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("campaign_id", Name, nullable=False),
    PrimaryKeyConstraint("commune_id", "campaign_id"),
)

#: Deliveries that are there because nobody has passed a message on: which step of which hamlet.
escalation_steps = Table(
    "escalation_steps",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("delivery_id", Id, nullable=False),
    Column("campaign_id", Name, nullable=False),
    Column("hamlet_id", Name, nullable=False),
    # What the head was told: other words, as of a correction, are chased after anew.
    Column("telling", Digest, nullable=False),
    Column("act", Name, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("without", Name, nullable=False),
    Column("told_at", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "delivery_id"),
    Index("escalation_of", "commune_id", "campaign_id", "hamlet_id"),
)
