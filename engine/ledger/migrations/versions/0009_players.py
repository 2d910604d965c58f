"""Players that fetch their programmes: who they are, and what is published for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DIGEST = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "players",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("clusters", sa.Text(), nullable=False),
        sa.Column("key_id", NAME, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("code_hash", DIGEST, nullable=True),
        sa.Column("code_until", MOMENT, nullable=True),
        sa.Column("token_hash", DIGEST, nullable=True),
        sa.Column("enrolled_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("clock_offset", sa.Float(), nullable=True),
        sa.Column("disk_free", ID, nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("player_code", "players", ["code_hash"], unique=True)
    op.create_index("player_token", "players", ["token_hash"], unique=True)
    op.create_table(
        "player_keys",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_table(
        "programmes",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("cluster", NAME, nullable=False),
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", ID, nullable=False),
        sa.Column("said", DIGEST, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", NAME, nullable=False),
        sa.Column("sounds", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "cluster", "slot"),
    )
    op.create_index("programme_sequence", "programmes", ["commune_id", "sequence"])
    op.create_index("programme_over", "programmes", ["expires_at"])
    op.create_table(
        "player_feeds",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("sequence", ID, nullable=False),
        sa.PrimaryKeyConstraint("commune_id"),
    )
