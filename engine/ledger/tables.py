"""The ledger's tables. Every table has ``commune_id``; events and evidence only ever grow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

metadata = MetaData()

#: Grows with every change to the tables; a ledger of another version is refused at start.
SCHEMA_VERSION = 1


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept in UTC: as sortable text on SQLite, as timestamptz on PostgreSQL."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the ledger keeps aware moments only")
        if dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


schema_version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

registries = Table(
    "registries",
    metadata,
    Column("commune_id", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("loaded_at", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "revision"),
)

#: Personal data, sealed; rows may be purged without touching registries or events.
people = Table(
    "people",
    metadata,
    Column("commune_id", String, nullable=False),
    Column("registry_revision", Integer, nullable=False),
    Column("person_id", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("commune_id", "registry_revision", "person_id"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("commune_id", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("set_at", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "person_id"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("commune_id", String, nullable=False),
    Column("campaign_id", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("priority", String, nullable=False),
    Column("path", Text, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("source_sha256", String(64), nullable=False),
    Column("campaign", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("registry_revision", Integer, nullable=False),
    Column("submitted_by", String, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("approved_by", String),
    Column("approved_at", Instant),
    PrimaryKeyConstraint("commune_id", "campaign_id", "revision"),
)

contents = Table(
    "contents",
    metadata,
    Column("commune_id", String, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("needs", Text, nullable=False),
    PrimaryKeyConstraint("commune_id", "hash"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("commune_id", String, nullable=False),
    Column("campaign_id", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("hamlet_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("backend", String, nullable=False),
    Column("target", String, nullable=False),
    Column("slot", Instant, nullable=False),
    Column("asap", Boolean, nullable=False),
    Column("purpose", String, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("priority", String, nullable=False),
    Column("households", Integer, nullable=False),
    Column("work_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("bundle_id", Integer),
    Column("replaced_in", Integer),
    Column("changed_at", Instant, nullable=False),
    # A delivery's key is unique among those that count; a later revision that says something
    # else marks its predecessors with `replaced_in`, so that the first wording may come back.
    Index(
        "delivery_key",
        "commune_id",
        "campaign_id",
        "hamlet_id",
        "channel",
        "target",
        "slot",
        "purpose",
        "content_hash",
        unique=True,
        sqlite_where=text("replaced_in IS NULL"),
        postgresql_where=text("replaced_in IS NULL"),
    ),
    Index("delivery_bundle", "bundle_id", "state"),
    Index(
        "delivery_open",
        "commune_id",
        "state",
        "expires_at",
        sqlite_where=text("state IN ('held', 'planned')"),
        postgresql_where=text("state IN ('held', 'planned')"),
    ),
)

bundles = Table(
    "bundles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("commune_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("backend", String, nullable=False),
    Column("target", String, nullable=False),
    Column("slot", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("priority", String, nullable=False),
    Column("state", String, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_until", Instant),
    Column("lease_by", String),
    Column("receipt", Text),
    Column("rehearsed_version", Integer),
    Index("bundle_key", "commune_id", "channel", "target", "slot", unique=True),
    Index(
        "bundle_one_sending",
        "commune_id",
        "channel",
        "target",
        unique=True,
        sqlite_where=text("state = 'sending'"),
        postgresql_where=text("state = 'sending'"),
    ),
    Index(
        "bundle_due",
        "commune_id",
        "state",
        "next_attempt_at",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("commune_id", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),
    Column("campaign_id", String),
    Column("delivery_id", Integer),
    Column("bundle_id", Integer),
    Column("from_state", String, nullable=False, server_default=""),
    Column("to_state", String, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Index("event_campaign", "commune_id", "campaign_id", "id"),
    Index("event_delivery", "delivery_id"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("commune_id", String, nullable=False),
    Column("delivery_id", Integer, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("households", Integer),
    Column("by", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", Text, nullable=False),
)

remote_ids = Table(
    "remote_ids",
    metadata,
    Column("commune_id", String, nullable=False),
    Column("key", String, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("commune_id", "key"),
)
