"""How long a session may last by the rules as they stand, and why it may not last longer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from engine.clock import local
from engine.i18n import gettext as _
from engine.models import Registry
from engine.rules.closed import closed_within
from engine.rules.fitting import room
from engine.rules.hours import may_act


def may_last(
    rules: Registry, cluster: str, slot: datetime, earlier: Collection[datetime], now: datetime
) -> float:
    """Return how many seconds a session of ``cluster`` may last; 0 when there may be none.

    ``earlier`` are slots of the cluster's other sessions; those of the day and before it
    count. A session whose slot is past waits for its hour (``Gate``) and is judged at present.
    """
    if slot >= now and not may_act("loudspeaker", rules, slot):
        return 0.0
    day = local(slot).date()
    if sum(other < slot and local(other).date() == day for other in earlier) >= (
        rules.station.sessions_per_day
    ):
        return 0.0
    return room(rules.station, cluster, max(slot, now))


def why_no_longer(rules: Registry, cluster: str, slot: datetime, most: float) -> str:
    """Say why a session may last ``most`` seconds and no longer."""
    usual = rules.station.minutes_per_session
    shown = f"{local(slot):%H:%M %d/%m/%Y}"
    if not may_act("loudspeaker", rules, slot):
        return _("the station may not speak at {slot}").format(slot=shown)
    closed = closed_within(rules.station, cluster, slot, usual * 60)
    if closed is not None:
        message = _("the session at {slot} meets what keeps the cluster silent: {closed}")
        return message.format(slot=shown, closed=closed.in_words())
    if most <= 0:
        message = _("the day has had its {limit} sessions before {slot}")
        return message.format(limit=rules.station.sessions_per_day, slot=shown)
    message = _("the session at {slot} would last longer than {limit} minutes")
    return message.format(slot=shown, limit=usual)
