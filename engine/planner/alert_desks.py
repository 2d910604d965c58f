"""Who takes an alert: a commune's office."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from campaigns.loader import LoadedCampaign
from engine.ledger import Ledger, Revision
from engine.planner.alerts import Keys
from engine.planner.office import Office
from engine.planner.progress import Progress, nothing


@dataclass(frozen=True, slots=True)
class CommuneDesk:
    """A commune's office. ``progress`` hears how far the proof of what will be heard is."""

    office: Office
    ledger: Ledger
    progress: Progress = nothing

    def latest(self, campaign_id: str) -> Revision | None:
        return self.ledger.revisions.latest(campaign_id)

    def load(self, path: Path) -> LoadedCampaign:
        return self.office.load(path)

    def check(self, path: Path, by: str) -> None:
        self.office.check(path, by)

    def submit(self, path: Path, by: str) -> str:
        return self.office.submit(path, by, self.progress).unproved

    def approve(self, campaign_id: str, keys: Keys) -> None:
        self.office.approve(
            campaign_id, keys.approver, keys.second, self.progress, first_key=keys.first
        )
