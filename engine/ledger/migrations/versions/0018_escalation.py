"""What is done when a message is not passed on: campaigns looked after, and their steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DIGEST = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "escalating",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("campaign_id", NAME, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "campaign_id"),
    )
    op.create_table(
        "escalation_steps",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("campaign_id", NAME, nullable=False),
        sa.Column("hamlet_id", NAME, nullable=False),
        sa.Column("telling", DIGEST, nullable=False),
        sa.Column("act", NAME, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("without", NAME, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "delivery_id"),
    )
    op.create_index("escalation_of", "escalation_steps", ["commune_id", "campaign_id", "hamlet_id"])
