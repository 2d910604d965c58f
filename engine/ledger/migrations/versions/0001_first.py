"""The tables as they were before there were migrations.

Frozen: what a later version needs is another migration, never a change to this one.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DIGEST = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
MOMENT = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")

REFUSE = """
CREATE FUNCTION loa_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        MESSAGE = TG_TABLE_NAME || ' only ever grow', ERRCODE = 'integrity_constraint_violation';
END $$
"""


def where(condition: str) -> dict[str, Any]:
    """Return the condition of a partial index."""
    return {f"{name}_where": sa.text(condition) for name in ("sqlite", "postgresql")}


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.execute(REFUSE)
    _bundles()
    _contents()
    _credentials()
    _deliveries()
    _events()
    _evidence()
    _people()
    _registries()
    _remote_ids()
    _revisions()
    for table in ("events", "evidence"):
        _guard(table, on_postgresql=on_postgresql)


def _guard(table: str, *, on_postgresql: bool) -> None:
    """Let the database refuse to change or remove what has happened."""
    if on_postgresql:
        op.execute(
            f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION loa_only_grows()"
        )
        return
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only ever grow'); END"
        )


def _bundles() -> None:
    op.create_table(
        "bundles",
        sa.Column("id", ID, nullable=False),
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("backend", NAME, nullable=False),
        sa.Column("target", NAME, nullable=False),
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("priority", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("next_attempt_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("lease_by", NAME, nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("rehearsed_version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "bundle_due",
        "bundles",
        ["commune_id", "state", "next_attempt_at"],
        **where("state = 'planned'"),
    )
    op.create_index(
        "bundle_key", "bundles", ["commune_id", "channel", "target", "slot"], unique=True
    )
    op.create_index(
        "bundle_one_sending",
        "bundles",
        ["commune_id", "channel", "target"],
        unique=True,
        **where("state = 'sending'"),
    )


def _contents() -> None:
    op.create_table(
        "contents",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("hash", DIGEST, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "hash"),
    )


def _credentials() -> None:
    op.create_table(
        "credentials",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("person_id", NAME, nullable=False),
        sa.Column("hash", NAME, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "person_id"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("campaign_id", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("hamlet_id", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("backend", NAME, nullable=False),
        sa.Column("target", NAME, nullable=False),
        sa.Column("slot", MOMENT, nullable=False),
        sa.Column("asap", sa.Boolean(), nullable=False),
        sa.Column("purpose", NAME, nullable=False),
        sa.Column("content_hash", DIGEST, nullable=False),
        sa.Column("priority", NAME, nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("work_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("bundle_id", ID, nullable=True),
        sa.Column("replaced_in", sa.Integer(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("delivery_bundle", "deliveries", ["bundle_id", "state"])
    op.create_index(
        "delivery_key",
        "deliveries",
        [
            "commune_id",
            "campaign_id",
            "hamlet_id",
            "channel",
            "target",
            "slot",
            "purpose",
            "content_hash",
        ],
        unique=True,
        **where("replaced_in IS NULL"),
    )
    op.create_index(
        "delivery_open",
        "deliveries",
        ["commune_id", "state", "expires_at"],
        **where("state IN ('held', 'planned')"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID, nullable=False),
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("campaign_id", NAME, nullable=True),
        sa.Column("delivery_id", ID, nullable=True),
        sa.Column("bundle_id", ID, nullable=True),
        sa.Column("from_state", NAME, server_default="", nullable=False),
        sa.Column("to_state", NAME, nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("event_campaign", "events", ["commune_id", "campaign_id", "id"])
    op.create_index("event_delivery", "events", ["delivery_id"])


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", ID, nullable=False),
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("by", NAME, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evidence_delivery_id", "evidence", ["delivery_id"])


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("registry_revision", sa.Integer(), nullable=False),
        sa.Column("person_id", NAME, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "registry_revision", "person_id"),
    )


def _registries() -> None:
    op.create_table(
        "registries",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", DIGEST, nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "revision"),
    )


def _remote_ids() -> None:
    op.create_table(
        "remote_ids",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("key", NAME, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("commune_id", "key"),
    )


def _revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("commune_id", NAME, nullable=False),
        sa.Column("campaign_id", NAME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", NAME, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("priority", NAME, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("source_sha256", DIGEST, nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("content_hash", DIGEST, nullable=False),
        sa.Column("registry_revision", sa.Integer(), nullable=False),
        sa.Column("submitted_by", NAME, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("approved_by", NAME, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("commune_id", "campaign_id", "revision"),
    )
