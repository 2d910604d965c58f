"""What players lack of their programmes, and numbers that they used twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("players", sa.Column("lacking", sa.Text()))
    op.create_table(
        "reused_numbers",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("player", NAME, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "player", "number"),
    )
