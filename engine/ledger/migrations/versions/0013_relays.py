"""Links with which people carry messages on, and what they wrote back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "relay_links",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("campaign_id", NAME, nullable=False),
        sa.Column("person_id", NAME, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("relay_link_of", "relay_links", ["commune_id", "campaign_id", "person_id"])
    op.create_table(
        "relay_words",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("campaign_id", NAME, nullable=False),
        sa.Column("hamlet_id", NAME, nullable=False),
        sa.Column("person_id", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", NAME, nullable=True),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
