"""Areas, provinces, where a registry was read, and whose campaign a revision is."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DIGEST = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column(
        "registries",
        sa.Column("origin", sa.Text(), nullable=False, server_default="commune.yaml"),
    )
    op.add_column("revisions", sa.Column("province_id", NAME))
    condition = sa.text("province_id IS NOT NULL")
    op.create_index(
        "revision_province",
        "revisions",
        ["province_id", "campaign_id", "revision"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
    op.create_table(
        "provinces",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", DIGEST, nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "revision"),
    )
    areas = op.create_table(
        "areas",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("parent", NAME),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "id"),
    )
    op.create_index("area_parent", "areas", ["parent", "id"])
    _plant(areas)


def _plant(areas: sa.Table) -> None:
    """Fill the tree from the newest registry of each commune."""
    connection = op.get_bind()
    newest = connection.execute(
        sa.text(
            "SELECT body FROM registries AS r WHERE revision ="
            " (SELECT max(revision) FROM registries WHERE commune_id = r.commune_id)"
        )
    )
    for (body,) in newest.all():
        connection.execute(sa.insert(areas), _rows(json.loads(body)))


def _rows(registry: dict[str, Any]) -> list[dict[str, Any]]:
    commune = registry["commune"]
    own = {"commune_id": commune["id"]}
    rows = [
        {**own, "id": commune["id"], "parent": None, "kind": "commune", "name": commune["name"]}
    ]
    rows += [
        {
            **own,
            "id": f"{commune['id']}/{hamlet['id']}",
            "parent": commune["id"],
            "kind": "hamlet",
            "name": hamlet["name"],
        }
        for hamlet in registry["hamlets"]
    ]
    return rows
