"""The domain's types: frozen, plain, without I/O."""

from engine.models.artifact import Airing, Artifact, File, Item, Rendered
from engine.models.breaker import Breaker, BreakerState
from engine.models.campaign import Audience, Campaign, Section
from engine.models.content import Content
from engine.models.correction import Amends, Correction, Stated
from engine.models.delivery import (
    Bundle,
    Evidence,
    EvidenceKind,
    Forecast,
    Placement,
    Receipt,
    Unfit,
)
from engine.models.hashing import canonical_json, digest
from engine.models.obligation import Citation, LegalBasis, Obligation
from engine.models.pacing import Backoff, Pace
from engine.models.plan import Breach, Foreseen, Plan, PlannedDelivery
from engine.models.play import Finding, Play, PlayOutcome, play_from, play_of
from engine.models.province import CommuneDefaults, Province
from engine.models.registry import (
    ChatGroup,
    Cluster,
    Commune,
    GroupKind,
    Hamlet,
    HouseholdGroup,
    MapPoint,
    Person,
    Portal,
    PrintPoint,
    Registry,
    Right,
    Signature,
    Team,
)
from engine.models.session import NO_SESSIONS, Around, Sessions, Shift, Sound
from engine.models.station import FixedOrder, Hours, Quiet, Relay, StationRules
from engine.models.terms import Attachment, Priority, Purpose, Repeat, Schedule
from engine.models.token import TokenPair
from engine.models.truth import Confirmed, Spot

__all__ = [
    "NO_SESSIONS",
    "Airing",
    "Amends",
    "Around",
    "Artifact",
    "Attachment",
    "Audience",
    "Backoff",
    "Breach",
    "Breaker",
    "BreakerState",
    "Bundle",
    "Campaign",
    "ChatGroup",
    "Citation",
    "Cluster",
    "Commune",
    "CommuneDefaults",
    "Confirmed",
    "Content",
    "Correction",
    "Evidence",
    "EvidenceKind",
    "File",
    "Finding",
    "FixedOrder",
    "Forecast",
    "Foreseen",
    "GroupKind",
    "Hamlet",
    "Hours",
    "HouseholdGroup",
    "Item",
    "LegalBasis",
    "MapPoint",
    "Obligation",
    "Pace",
    "Person",
    "Placement",
    "Plan",
    "PlannedDelivery",
    "Play",
    "PlayOutcome",
    "Portal",
    "PrintPoint",
    "Priority",
    "Province",
    "Purpose",
    "Quiet",
    "Receipt",
    "Registry",
    "Relay",
    "Rendered",
    "Repeat",
    "Right",
    "Schedule",
    "Section",
    "Sessions",
    "Shift",
    "Signature",
    "Sound",
    "Spot",
    "Stated",
    "StationRules",
    "Team",
    "TokenPair",
    "Unfit",
    "canonical_json",
    "digest",
    "play_from",
    "play_of",
]
