"""Teams' links, and private lists of households to be visited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "visit_links",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("campaign_id", NAME, nullable=False),
        sa.Column("team_id", NAME, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("visit_link_of", "visit_links", ["commune_id", "campaign_id", "team_id"])
    op.create_table(
        "private_lists",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("campaign_id", NAME, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hamlet_id", NAME, nullable=False),
        sa.Column("team_id", NAME, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("mark", NAME, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "campaign_id", "number"),
    )
    op.create_index("private_list_ends", "private_lists", ["ends_at"])
