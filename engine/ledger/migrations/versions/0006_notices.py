"""What needs a person, and who tells it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("concern", NAME, nullable=False),
        sa.Column("severity", NAME, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", NAME, nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("told_severity", NAME, nullable=True),
        sa.Column("told_to", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("claimed_by", NAME, nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("commune_id", "key"),
    )
    op.create_table(
        "duties",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "name"),
    )
