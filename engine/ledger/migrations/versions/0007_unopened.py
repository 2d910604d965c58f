"""What waits to be opened is found without going through every campaign there ever was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPROVED = sa.text("status = 'approved'")


def upgrade() -> None:
    op.create_index(
        "revision_unopened",
        "revisions",
        ["commune_id"],
        sqlite_where=APPROVED,
        postgresql_where=APPROVED,
    )
