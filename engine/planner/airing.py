"""What is on air already, and whether recordings can be aired at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from channels.base import Channel, ChannelError, artifact_key
from engine.artifacts import ArtifactStore
from engine.errors import LoaError
from engine.ledger import Ledger
from engine.models import File, Hamlet, Plan, Registry
from engine.rules import Airtime


def airtime_of_others(
    campaign_id: str,
    ledger: Ledger,
    channels: Mapping[str, Channel],
    registry: Registry,
    now: datetime,
) -> Airtime:
    """Return the airtime of all campaigns but one, today's past sessions included.

    Raises LoaError when the ledger has lost what one of them says.
    """
    found: dict[tuple[str, datetime], dict[str, float]] = defaultdict(dict)
    on_air = list(ledger.views.on_air(now - timedelta(days=1), but=campaign_id))
    contents = ledger.deliveries.contents({key for _cluster, _slot, key in on_air})
    for missing in {key for _cluster, _slot, key in on_air} - contents.keys():
        ledger.deliveries.content(missing)  # raises, and says so
    lengths = {
        key: channels[content.channel].forecast(content, registry.hamlets[0]).seconds
        for key, (content, _needs) in contents.items()
    }
    for cluster, slot, key in on_air:
        found[cluster, slot][key] = lengths[key]
    return found


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

    def attachment(self, sha256: str) -> Path:
        return self.artifacts.attachment(sha256)
