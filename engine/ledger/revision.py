"""What a revision is, and where it may stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.models import Campaign, Priority


class Status(StrEnum):
    """Where a revision stands on its way to the hamlets."""

    SUBMITTED = "submitted"
    REPLACED = "replaced"
    APPROVED = "approved"
    OPEN = "open"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    ENDED = "ended"
    """An alert of which an all-clear told that it is over."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Revision:
    """One frozen revision. ``source`` is the YAML as it was submitted, byte for byte.

    ``province_id`` says whose campaign it is when a province sent it to the commune.
    """

    campaign_id: str
    revision: int
    status: Status
    title: str
    priority: Priority
    path: str
    source: bytes
    source_sha256: str
    campaign: Campaign
    content_hash: str
    registry_revision: int
    submitted_by: str
    submitted_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    province_id: str | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What is frozen when a campaign is submitted."""

    campaign: Campaign
    path: str
    source: bytes
    source_sha256: str
    content_hash: str
    registry_revision: int
    submitted_by: str
