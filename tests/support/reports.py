"""A real ledger with a campaign in it, brought as far as a test wants. Everything is made up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from channels.base import Options
from channels.team.options import TeamOptions
from engine.ledger import DeliveryRow, Ledger, Revision, Seal, Submission
from engine.ledger.places import Place
from engine.models import (
    Audience,
    Bundle,
    Campaign,
    Content,
    Evidence,
    EvidenceKind,
    Plan,
    PlannedDelivery,
    Priority,
    Purpose,
    Receipt,
    Registry,
    Schedule,
    Section,
    digest,
)
from support.builders import NOW, content, registry
from support.dispatching import due

CHANNELS = ("loudspeaker", "flyer", "portal", "chat")
SLOT = NOW + timedelta(hours=9)
LATER = NOW + timedelta(days=1)


def delivery(hamlet: str, channel: str, target: str, **changes: Any) -> PlannedDelivery:
    values: dict[str, Any] = {
        "hamlet_id": hamlet,
        "channel": channel,
        "backend": "kit" if channel == "chat" else "folder",
        "target": target,
        "slot": SLOT,
        "asap": False,
        "purpose": Purpose.NOTICE,
        "content_hash": digest("made up", channel),
        "priority": Priority.ROUTINE,
        "households": 100,
        "work_at": SLOT,
        "expires_at": NOW + timedelta(days=7),
    }
    return PlannedDelivery(**{**values, **changes})


def everywhere(hamlets: int = 4) -> list[PlannedDelivery]:
    """One delivery per hamlet and channel; on chat one to the heads and one to the hamlet."""
    found = []
    for number in range(1, hamlets + 1):
        hamlet, households = f"ap-{number}", 100 * number
        for channel, target in (
            ("loudspeaker", f"cum-{number}"),
            ("flyer", "van-phong"),
            ("portal", "cong"),
            ("chat", "truong-ap"),
            ("chat", f"nhom-ap-{number}"),
        ):
            found.append(delivery(hamlet, channel, target, households=households))
    return found


class Ground:
    """A ledger in a folder, with the moves a test needs; all through the ledger's own doors."""

    def __init__(
        self, folder: Path, places: Registry | None = None, place: Place | None = None
    ) -> None:
        self.registry = places or registry()
        self.ledger = Ledger.open(
            place or folder / "loa.db",
            "xa-mau",
            seal=Seal.at(folder / "key"),
            options={**dict.fromkeys(CHANNELS, Options), "team": TeamOptions},
        )
        self.registry_revision = self.ledger.registries.save(self.registry, "0" * 64, NOW)

    def submit(self, campaign_id: str = "thong-bao", **changes: Any) -> Revision:
        values: dict[str, Any] = {
            "id": campaign_id,
            "title": "Thông báo tiêm vắc xin",
            "issuer": "Ủy ban nhân dân xã Mẫu",
            "priority": Priority.ROUTINE,
            "audience": Audience(),
            "valid_from": NOW,
            "valid_until": NOW + timedelta(days=7),
            "contact": "Trạm Y tế xã",
            "body": "Mời bà con đưa trẻ đi tiêm.",
            "schedule": Schedule(asap=False, moments=(SLOT,)),
            "sections": {name: Section(Options()) for name in CHANNELS},
        }
        campaign = Campaign(**{**values, **changes})
        source = campaign.title.encode()
        submission = Submission(
            campaign=campaign,
            path="campaigns/thong-bao.yaml",
            source=source,
            source_sha256=digest(campaign.title),
            content_hash=digest(campaign),
            registry_revision=self.registry_revision,
            submitted_by="lan",
        )
        return self.ledger.revisions.submit(submission, NOW)

    def approve(self, revision: Revision, planned: Sequence[PlannedDelivery]) -> None:
        """Approve a revision and open its deliveries for sending."""
        at = NOW + timedelta(minutes=30)
        assert self.ledger.revisions.approve(revision, "minh", at)
        self.hold(revision, planned, at)

    def hold(self, revision: Revision, planned: Sequence[PlannedDelivery], at: datetime) -> None:
        """Plan an approved revision's deliveries, and open them for sending."""
        contents = {one.content_hash: _content(one.channel) for one in planned}
        plan = Plan(revision.campaign_id, tuple(planned), contents)
        self.ledger.deliveries.hold(revision.campaign_id, revision.revision, planned, plan, at)
        self.ledger.deliveries.open(
            revision.campaign_id, revision.revision, replaced=(), recalled=(), at=at, actor="minh"
        )

    def launch(self, planned: Sequence[PlannedDelivery] | None = None, **changes: Any) -> Revision:
        revision = self.submit(**changes)
        self.approve(revision, everywhere() if planned is None else planned)
        return revision

    def send(
        self,
        *,
        failing: Mapping[tuple[str, str], str] | None = None,
        doubtful: Iterable[tuple[str, str]] = (),
        waiting: Iterable[tuple[str, str]] = (),
        at: datetime = SLOT,
    ) -> None:
        """Send every bundle that is due, but those of the (channel, target) named."""
        failing, doubtful, waiting = failing or {}, set(doubtful), set(waiting)
        for bundle in self._bundles(due(self.ledger, at, limit=100_000)):
            place = (bundle.channel, bundle.target)
            if place in waiting:
                continue
            self.ledger.bundles.begin([bundle], at=at, actor="loa", durable=False)
            outcomes = self.ledger.outcomes
            if place in failing:
                outcomes.fail(bundle, reason=failing[place], at=at, actor="loa")
            elif place in doubtful:
                outcomes.doubt(bundle, reason="stopped while sending", at=at, actor="loa")
            else:
                outcomes.sent([(bundle, Receipt(bundle.target), "")], at=at, actor="loa")

    def row(
        self, hamlet: str, channel: str, target: str = "", campaign_id: str = "thong-bao"
    ) -> DeliveryRow:
        """Return the newest delivery there."""
        rows = self.ledger.views.deliveries(campaign_id)
        return [
            row
            for row in rows
            if (row.hamlet_id, row.channel) == (hamlet, channel) and target in ("", row.target)
        ][-1]

    def evidence(
        self,
        row: DeliveryRow,
        kind: EvidenceKind,
        households: int | None = None,
        *,
        by: str = "lan",
        source: str = "loa confirm",
        views: int | None = None,
        left_over: int | None = None,
        product: str = "",
    ) -> None:
        said = (households, left_over, views, product)
        piece = Evidence(row.id, kind, by, LATER, source, *said)
        self.ledger.evidence.add([piece])

    def _bundles(self, ids: Iterable[int]) -> list[Bundle]:
        jobs = (self.ledger.bundles.job(number, cumulative=()) for number in ids)
        return [job.bundle for job in jobs if job is not None]


def _content(channel: str) -> Content:
    options = TeamOptions() if channel == "team" else Options()
    return content(channel, options, campaign_id="thong-bao")
