"""The table of tokens that change as they are used.

It hangs in the ledger's one ``metadata``, which ``engine.ledger.tables`` completes.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, PrimaryKeyConstraint, Table

from engine.ledger.columns import Instant, Name, Prose
from engine.ledger.player_tables import metadata as metadata

#: The newest pair of each account, sealed, and who renews it until when.
tokens = Table(
    "tokens",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("account", Name, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("access_until", Instant, nullable=False),
    Column("refresh_until", Instant, nullable=False),
    Column("refused", Prose, nullable=False),
    Column("claim", Name),
    Column("claim_until", Instant),
    PrimaryKeyConstraint("commune_id", "account"),
)
