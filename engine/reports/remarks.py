"""What a person should know about how things were made: another voice, a flyer left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.reports.lines import DeliveryLine


@dataclass(frozen=True, slots=True)
class Remarked:
    """One remark, the channel it concerns, and the hamlets that got what was made so."""

    channel: str
    text: str
    hamlets: tuple[str, ...]


def remarked(lines: Iterable[DeliveryLine]) -> tuple[Remarked, ...]:
    """Return each remark once, of the deliveries that still count."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for line in lines:
        if line.remark and not line.replaced:
            found.setdefault((line.channel, line.remark), {})[line.hamlet] = None
    return tuple(Remarked(channel, text, tuple(names)) for (channel, text), names in found.items())
