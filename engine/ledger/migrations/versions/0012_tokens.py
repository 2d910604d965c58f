"""Tokens that change as they are used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("account", NAME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("access_until", MOMENT, nullable=False),
        sa.Column("refresh_until", MOMENT, nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("claim", NAME, nullable=True),
        sa.Column("claim_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("commune_id", "account"),
    )
