"""Bundles know when they end, so that no index need look at the state of a delivery."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")

FILL = """
UPDATE bundles SET expires_at = (
    SELECT min(expires_at) FROM deliveries
    WHERE deliveries.bundle_id = bundles.id AND deliveries.state = 'planned'
)
"""


def where(condition: str) -> dict[str, Any]:
    """Return the condition of a partial index."""
    return {f"{name}_where": sa.text(condition) for name in ("sqlite", "postgresql")}


def upgrade() -> None:
    op.drop_index("delivery_bundle", "deliveries")
    op.drop_index("delivery_open", "deliveries")
    op.drop_index("event_delivery", "events")
    op.create_index("delivery_bundle", "deliveries", ["bundle_id"])
    op.add_column("bundles", sa.Column("expires_at", MOMENT))
    op.execute(FILL)
    queue = ["priority", "next_attempt_at", "id"]
    op.create_index("bundle_queue", "bundles", queue, **where("state = 'planned'"))
    op.create_index("bundle_over", "bundles", ["expires_at"], **where("state = 'planned'"))
    if op.get_bind().dialect.name == "postgresql":
        for table in ("bundles", "deliveries"):
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 60)")
