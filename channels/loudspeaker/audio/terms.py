"""What can be said about a sound without loading what works on sound."""

from __future__ import annotations

from dataclasses import dataclass

#: Longest sound the channel makes or takes: no commune airs one item for longer.
MAX_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class Tags:
    """What a player shows. ``date`` is ISO: 2026-12-01."""

    title: str
    issuer: str
    campaign_id: str
    date: str
