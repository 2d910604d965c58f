"""What is on air already, and whether recordings can be aired at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from channels.base import Channel, ChannelError, artifact_key
from engine.artifacts import ArtifactStore
from engine.errors import LoaError
from engine.ledger import Ledger
from engine.models import NO_SESSIONS, Campaign, Content, File, Hamlet, Plan, Registry, Sessions
from engine.rules.on_air import sessions_on_air

#: The channel of which sessions are made.
LOUDSPEAKER = "loudspeaker"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a campaign stands in the ledger before it is planned again.

    ``keys`` are its deliveries that count; ``moved`` says to which slot one had to move, by
    (hamlet, cluster, slot that it was meant for). ``since`` is when it was first approved.
    """

    keys: frozenset[tuple[str, str, str, str, str, str]] = frozenset()
    moved: Mapping[tuple[str, str, datetime], datetime] = field(default_factory=dict)
    since: datetime | None = None

    @classmethod
    def of(cls, campaign: Campaign, ledger: Ledger) -> Standing:
        """Return how the ledger has a campaign; only loudspeakers ask."""
        if LOUDSPEAKER not in campaign.sections:
            return cls()
        known = ledger.deliveries.current(campaign.id)
        return cls(
            frozenset(one.key for one in known),
            ledger.deliveries.moved(campaign.id),
            ledger.revisions.first_approved([campaign.id]).get(campaign.id),
        )


def on_air_besides(
    campaign: Campaign,
    ledger: Ledger,
    channels: Mapping[str, Channel],
    registry: Registry,
    now: datetime,
) -> Sessions:
    """Return the sessions of all campaigns but one, today's past ones included.

    Nothing for a campaign that uses no loudspeaker. Raises LoaError when the ledger has lost
    what one of them says.
    """
    if LOUDSPEAKER not in campaign.sections:
        return NO_SESSIONS
    after = now - timedelta(days=1)
    return sessions_on_air(ledger, channels, registry, after=after, now=now, but=campaign.id)


def hear_recordings(
    plan: Plan, channels: Mapping[str, Channel], artifacts: ArtifactStore, hamlet: Hamlet
) -> None:
    """Render a plan's recordings now, so that a bad one is not found out when it should air.

    Raises LoaError for one that is broken, silent or too long.
    """
    for content in plan.contents.values():
        if content.recording is None:
            continue
        channel = channels[content.channel]
        try:
            inputs = channel.prepare(content, hamlet, _Attachments(artifacts))
            artifacts.make(artifact_key(channel, inputs), partial(channel.render, inputs))
        except ChannelError as error:
            raise LoaError(f"{content.recording.name}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Attachments:
    """The ``Artifacts`` port with attachments alone."""

    artifacts: ArtifactStore

    def need(self, channel: str) -> File | None:
        return None

    def told(self, channel: str) -> Content | None:
        return None

    def attachment(self, sha256: str) -> Path:
        return self.artifacts.attachment(sha256)
