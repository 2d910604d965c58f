"""Tables of what teams need for their visits: their links, and private lists.

They hang in the ledger's one ``metadata``, which ``engine.ledger.tables`` completes.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table

from engine.ledger.columns import Instant, Name
from engine.ledger.relay_tables import metadata as metadata

#: A link for each campaign and team. What makes it hard to guess is not kept here.
visit_links = Table(
    "visit_links",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("id", Name, nullable=False),
    Column("campaign_id", Name, nullable=False),
    Column("team_id", Name, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("revoked_at", Instant),
    PrimaryKeyConstraint("id"),
    Index("visit_link_of", "commune_id", "campaign_id", "team_id"),
)

#: Households to be visited, each sealed; gone some days after ``ends_at``. Backups leave them out.
private_lists = Table(
    "private_lists",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("campaign_id", Name, nullable=False),
    # Its place in the list, from 1.
    Column("number", Integer, nullable=False),
    Column("hamlet_id", Name, nullable=False),
    Column("team_id", Name, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # What is listed, as a hash under the data key: the same list again changes nothing.
    Column("mark", Name, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "campaign_id", "number"),
    Index("private_list_ends", "ends_at"),
)
