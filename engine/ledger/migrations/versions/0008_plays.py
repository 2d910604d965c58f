"""What players report, how far they were asked, when what was sent is over, second tries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DIGEST = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")

AIRING = sa.text("ends_at IS NOT NULL")
SHOWN_BY_PLAY = sa.text("play_id IS NOT NULL")


def upgrade() -> None:
    _plays()
    op.create_table(
        "play_marks",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("player", NAME, nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("heard_at", MOMENT, nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("commune_id", "player"),
    )
    op.create_table(
        "second_tries",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("again_of", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "delivery_id"),
    )
    op.create_index("second_try_of", "second_tries", ["again_of"])
    op.add_column("evidence", sa.Column("play_id", ID, nullable=True))
    op.create_index(
        "evidence_play",
        "evidence",
        ["play_id", "delivery_id"],
        unique=True,
        sqlite_where=SHOWN_BY_PLAY,
        postgresql_where=SHOWN_BY_PLAY,
    )
    op.add_column("bundles", sa.Column("ends_at", MOMENT, nullable=True))
    op.create_index(
        "bundle_airing",
        "bundles",
        ["commune_id", "ends_at"],
        sqlite_where=AIRING,
        postgresql_where=AIRING,
    )


def _plays() -> None:
    op.create_table(
        "plays",
        sa.Column("id", ID, nullable=False),
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("player", NAME, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("cluster", NAME, nullable=False),
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("campaign_id", NAME, nullable=False),
        sa.Column("purpose", NAME, nullable=False),
        sa.Column("hamlets", sa.Text(), nullable=False),
        sa.Column("sha256", DIGEST, nullable=False),
        sa.Column("began", MOMENT, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("outcome", NAME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("finding", NAME, nullable=False),
        sa.Column("heard_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("play_key", "plays", ["commune_id", "player", "number"], unique=True)
    op.create_index("play_began", "plays", ["commune_id", "began"])
    op.create_index("play_slot", "plays", ["commune_id", "cluster", "slot"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER plays_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON plays "
            "FOR EACH STATEMENT EXECUTE FUNCTION loa_only_grows()"
        )
        return
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER plays_no_{action.lower()} BEFORE {action} ON plays "
            "BEGIN SELECT RAISE(ABORT, 'plays only ever grow'); END"
        )
