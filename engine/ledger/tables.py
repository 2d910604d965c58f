"""The ledger's tables. Every table but those about machines and far sides has ``commune_id``.

Events and evidence only ever grow.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from engine.ledger.air_tables import play_marks as play_marks
from engine.ledger.air_tables import plays as plays
from engine.ledger.air_tables import reused_numbers as reused_numbers
from engine.ledger.air_tables import second_tries as second_tries
from engine.ledger.columns import Digest, Id, Instant, Name, Prose
from engine.ledger.escalation_tables import metadata as metadata
from engine.ledger.guards import guard_history

#: Rows that move several times find room for their next version beside them (HOT updates).
ROOMY = {"fillfactor": 60}

#: The newest migration in ``migrations/versions``: what these tables look like.
SCHEMA = "0018"

#: Alembic's own table, with the one migration that the ledger stands at.
STAMP = "alembic_version"

registries = Table(
    "registries",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("sha256", Digest, nullable=False),
    Column("loaded_at", Instant, nullable=False),
    # Where it was read: the commune's own file, which stays the truth, or an imported table.
    Column("origin", Text, nullable=False, server_default="commune.yaml"),
    PrimaryKeyConstraint("commune_id", "revision"),
)

#: Provinces as numbered revisions; ``commune_id`` is the province's own id.
provinces = Table(
    "provinces",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("sha256", Digest, nullable=False),
    Column("loaded_at", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "revision"),
)

#: The tree province → commune → hamlet as the newest registries have it. What was approved
#: does not look here: it pins a registry's revision. A hamlet's id is ``commune/hamlet``.
areas = Table(
    "areas",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("id", Name, nullable=False),
    Column("parent", Name),
    Column("kind", Name, nullable=False),
    Column("name", Text, nullable=False),
    PrimaryKeyConstraint("commune_id", "id"),
    Index("area_parent", "parent", "id"),
)

#: Personal data, sealed; rows may be purged without touching registries or events.
people = Table(
    "people",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("registry_revision", Integer, nullable=False),
    Column("person_id", Name, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("commune_id", "registry_revision", "person_id"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("person_id", Name, nullable=False),
    Column("hash", Name, nullable=False),
    Column("set_at", Instant, nullable=False),
    PrimaryKeyConstraint("commune_id", "person_id"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("campaign_id", Name, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", Name, nullable=False),
    Column("title", Text, nullable=False),
    Column("priority", Name, nullable=False),
    Column("path", Text, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("source_sha256", Digest, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("content_hash", Digest, nullable=False),
    Column("registry_revision", Integer, nullable=False),
    Column("submitted_by", Name, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("approved_by", Name),
    Column("approved_at", Instant),
    # Whose campaign it is, when a province sent it to the commune.
    Column("province_id", Name),
    PrimaryKeyConstraint("commune_id", "campaign_id", "revision"),
    Index(
        "revision_province",
        "province_id",
        "campaign_id",
        "revision",
        sqlite_where=text("province_id IS NOT NULL"),
        postgresql_where=text("province_id IS NOT NULL"),
    ),
    Index(
        "revision_unopened",
        "commune_id",
        sqlite_where=text("status = 'approved'"),
        postgresql_where=text("status = 'approved'"),
    ),
)

contents = Table(
    "contents",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("hash", Digest, nullable=False),
    Column("body", Text, nullable=False),
    Column("needs", Text, nullable=False),
    PrimaryKeyConstraint("commune_id", "hash"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("commune_id", Name, nullable=False),
    Column("campaign_id", Name, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("hamlet_id", Name, nullable=False),
    Column("channel", Name, nullable=False),
    Column("backend", Name, nullable=False),
    Column("target", Name, nullable=False),
    Column("slot", Instant, nullable=False),
    Column("asap", Boolean, nullable=False),
    Column("purpose", Name, nullable=False),
    Column("content_hash", Digest, nullable=False),
    Column("priority", Name, nullable=False),
    Column("households", Integer, nullable=False),
    Column("work_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", Name, nullable=False),
    Column("reason", Prose, nullable=False, server_default=""),
    Column("bundle_id", Id),
    Column("replaced_in", Integer),
    Column("changed_at", Instant, nullable=False),
    Column("moved_from", Instant),  # where it was meant, when its session was full or closed
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
    # No index may look at the state: a move would have to renew every index of its row.
    Index("delivery_bundle", "bundle_id"),
    postgresql_with=ROOMY,
)

bundles = Table(
    "bundles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("commune_id", Name, nullable=False),
    Column("channel", Name, nullable=False),
    Column("backend", Name, nullable=False),
    Column("target", Name, nullable=False),
    Column("slot", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("priority", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_until", Instant),
    Column("lease_by", Name),
    Column("receipt", Prose),
    Column("rehearsed_version", Integer),
    # When the first of its waiting deliveries is over; maybe somewhat earlier, never later.
    Column("expires_at", Instant),
    # When what was sent is over where it went, until it was looked whether it was played.
    Column("ends_at", Instant),
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
    Index(
        "bundle_queue",
        "priority",
        "next_attempt_at",
        "id",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
    Index(
        "bundle_over",
        "expires_at",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
    Index(
        "bundle_airing",
        "commune_id",
        "ends_at",
        sqlite_where=text("ends_at IS NOT NULL"),
        postgresql_where=text("ends_at IS NOT NULL"),
    ),
    postgresql_with=ROOMY,
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("commune_id", Name, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Name, nullable=False),
    Column("campaign_id", Name),
    Column("delivery_id", Id),
    Column("bundle_id", Id),
    Column("from_state", Name, nullable=False, server_default=""),
    Column("to_state", Name, nullable=False),
    Column("detail", Prose, nullable=False, server_default=""),
    Index("event_campaign", "commune_id", "campaign_id", "id"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("commune_id", Name, nullable=False),
    Column("delivery_id", Id, nullable=False, index=True),
    Column("kind", Name, nullable=False),
    Column("households", Integer),
    Column("by", Name, nullable=False),
    Column("at", Instant, nullable=False),
    Column("source", Prose, nullable=False),
    # The player's report that shows it; a person's word has none.
    Column("play_id", Id),
    Column("left_over", Integer),  # printed copies; below zero, that were lacking
    Column("views", Integer),  # of a page
    Index(
        "evidence_play",
        "play_id",
        "delivery_id",
        unique=True,
        sqlite_where=text("play_id IS NOT NULL"),
        postgresql_where=text("play_id IS NOT NULL"),
    ),
)

remote_ids = Table(
    "remote_ids",
    metadata,
    Column("commune_id", Name, nullable=False),
    Column("key", Name, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("commune_id", "key"),
)

#: Far sides, whatever communes send to them.
breakers = Table(
    "breakers",
    metadata,
    Column("endpoint", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("since", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Instant),
    Column("reason", Prose, nullable=False),
    Column("retry_at", Instant),
    PrimaryKeyConstraint("endpoint"),
)

guard_history(metadata)
