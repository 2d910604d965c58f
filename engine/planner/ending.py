"""All-clears: what they may end, and to whom they go."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import Revision
from engine.ledger.revisions import Revisions
from engine.models import Campaign, Plan, Priority

#: (hamlet, channel, target)
Reached = Set[tuple[str, str, str]]


def ended_by(campaign: Campaign, revisions: Revisions) -> Revision | None:
    """Return what an all-clear ends; None for a campaign that is none.

    Raises LoaError for an all-clear of what is no emergency, of a drill that does not say so,
    or the other way round.
    """
    name = campaign.all_clear
    if not name:
        return None
    alert = revisions.latest(name)
    if alert is None:
        message = _('{campaign}: there is no alert "{alert}" that it could end')
        raise LoaError(message.format(campaign=campaign.id, alert=name))
    if alert.campaign.priority is not Priority.EMERGENCY or alert.campaign.all_clear:
        message = _("{campaign}: {alert} is no emergency that it could end")
        raise LoaError(message.format(campaign=campaign.id, alert=name))
    if alert.campaign.drill != campaign.drill:
        words = (
            _("{campaign}: {alert} is a drill; its all-clear must say so too: drill: true")
            if alert.campaign.drill
            else _("{campaign}: {alert} is no drill; its all-clear must not say drill: true")
        )
        raise LoaError(words.format(campaign=campaign.id, alert=name))
    return alert


def to_whom(plan: Plan, reached: Reached) -> Plan:
    """Return an all-clear's plan for those alone whom the alert reached, by the same channels."""
    told = tuple(
        item for item in plan.deliveries if (item.hamlet_id, item.channel, item.target) in reached
    )
    return replace(plan, deliveries=told)
