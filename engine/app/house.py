"""What the communes of one workspace share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from channels.base import Channel
from channels.loudspeaker.speech.voices import Voices
from engine.app.channels import Builders, build_channels
from engine.app.feeding import LedgerFeed
from engine.app.linking import COVERS, LedgerLinks, cover_mark
from engine.artifacts import ArtifactStore
from engine.boundary import Boundary
from engine.clock import Clock
from engine.dispatch import Observer
from engine.dispatch.permits import Permits
from engine.ledger import Ledger, Seal
from engine.ledger.codec import OptionModels
from engine.ledger.database import Database
from engine.rules.team_days import OtherDays
from engine.settings import Settings


@dataclass(frozen=True)
class House:
    """What the communes of one workspace share."""

    workspace: Path
    settings: Settings
    clock: Clock
    database: Database
    seal: Seal
    artifacts: ArtifactStore
    voices: Voices
    permits: Permits
    builders: Builders
    boundary: Boundary
    observer: Observer

    @property
    def options(self) -> OptionModels:
        """Each channel's own settings in a campaign, by the channel's name."""
        return {channel.name: channel.options for channel in self.builders}

    def channels(
        self, folder: Path, ledger: Ledger, *, preview: bool = False
    ) -> dict[str, Channel]:
        """Build a commune's channels around ``folder``; of a ``preview``, nothing leaves it."""
        return build_channels(
            self.settings,
            folder,
            ledger.remote_ids,
            commune_id=ledger.commune_id,
            tokens=ledger.tokens,
            voices=self.voices,
            workspace=self.workspace,
            limits=self.permits,
            clock=self.clock,
            feed=LedgerFeed(ledger, self.artifacts, self.clock),
            links=partial(self.visit_address, ledger),
            relay_links=LedgerLinks(ledger.relays, self.settings.console, self.clock),
            team_days=OtherDays(ledger),
            team_lists=ledger.visits.counts,
            preview=preview,
            builders=self.builders,
        )

    def visit_address(self, ledger: Ledger, campaign_id: str, team_id: str) -> str:
        """Return where a team says what came of its visits; "" where nobody outside can ask."""
        console = self.settings.console
        if not console.public_url:
            return ""
        now = self.clock.now()
        until = now + timedelta(days=console.link_days)
        link = ledger.visits.link(campaign_id, team_id, at=now, until=until)
        return f"{console.public_url}/t/{ledger.visits.token(link)}"

    def cover_address(self, code: str) -> str:
        """Return where a phone says what came of a bundle; "" where nobody outside can ask."""
        base = self.settings.console.public_url
        return f"{base}{COVERS}/{cover_mark(self.seal, code)}/{code}" if base else ""

    def close(self) -> None:
        self.voices.close()
        self.database.close()
