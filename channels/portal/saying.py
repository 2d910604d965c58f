"""Places, moments and sizes as the pages say them to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from channels.portal.documents import Reached, Site
from engine.clock import local

#: How many hamlets a line of text names before it only counts them.
NAMED: Final = 4


def places(reached: Sequence[Reached], site: Site, most: int = NAMED) -> str:
    """Name the hamlets, so many at most, or say that it is all of them."""
    everywhere = {hamlet.id for hamlet in site.hamlets}
    if len(everywhere) > 1 and everywhere <= {hamlet.id for hamlet in reached}:
        return "Toàn xã"
    named = ", ".join(hamlet.name for hamlet in reached[:most])
    rest = len(reached) - most
    return f"{named} và {rest} nơi khác" if rest > 0 else named


def when(moment: datetime) -> str:
    """Return a moment as offices write it, in Vietnamese time; the date never breaks."""
    return f"{local(moment):%H:%M ngày\u00a0%d/%m/%Y}"


def day(moment: datetime) -> str:
    """Return a day as offices write it."""
    return f"{local(moment):%d/%m/%Y}"


def size(count: int) -> str:
    """Return a number of bytes for people, with the decimal comma."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))}\u00a0KB"
    return f"{count / 1_000_000:.1f}\u00a0MB".replace(".", ",")
