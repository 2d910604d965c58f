"""Processes that work, and how right their machines' clocks are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
BYTES = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "machines",
        sa.Column("name", NAME, nullable=False),
        sa.Column("role", NAME, nullable=False),
        sa.Column("process", NAME, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("clock_offset", sa.Float(), nullable=False),
        sa.Column("clock_fault", NAME, nullable=True),
        sa.Column("version", NAME, nullable=False),
        sa.Column("disk_free", BYTES, nullable=False),
        sa.Column("disk_total", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("name", "role", "process"),
    )
