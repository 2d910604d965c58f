"""The present, as backups know it, and how people read it."""

from __future__ import annotations

from datetime import datetime

from engine.clock import Clock, SystemClock, local
from engine.settings import Settings


def present(settings: Settings, last_event_at: datetime | None, clock: Clock | None) -> datetime:
    """Return the present; on a simulated clock where it stands."""
    if clock is not None:
        return clock.now()
    simulated = settings.clock.simulated
    if simulated is None:
        return SystemClock().now()
    return max(simulated, last_event_at or simulated)


def shown(moment: datetime) -> str:
    """Return a moment as people in Vietnam write it, to the second."""
    return f"{local(moment):%H:%M:%S %d/%m/%Y}"
