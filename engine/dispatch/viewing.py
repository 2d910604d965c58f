"""How often a page was opened, as somebody read it from the portal's own statistics.

Nobody knows who opened it: views are the most households that the page can have reached, and
make none of them certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.ledger import DeliveryRow, Ledger
from engine.models import Evidence, EvidenceKind, Registry, Right
from engine.states import State

PORTAL = "portal"

#: What was, or may have been, published.
_LEFT = (State.SENT, State.CONFIRMED, State.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Views:
    """So many views of a campaign's page, of one hamlet's, or of the one for all of them."""

    campaign_id: str
    count: int
    by: str
    hamlet_id: str | None = None
    note: str = ""


def keep_views(ledger: Ledger, registry: Registry, views: Views, now: datetime) -> int:
    """Keep a number of views as evidence; return for how many deliveries.

    Views are counted on: the largest number given is the one that holds. Raises LoaError for
    somebody without the right to confirm, an unknown hamlet, or a page that is not public yet.
    """
    person = registry.people_by_id.get(views.by)
    if person is None or Right.CONFIRM not in person.rights:
        entitled = ", ".join(p.id for p in registry.people if Right.CONFIRM in p.rights) or "—"
        message = _("{person} may not confirm (who may: {people})")
        raise LoaError(message.format(person=views.by, people=entitled))
    if views.hamlet_id is not None and views.hamlet_id not in registry.hamlets_by_id:
        message = _('no hamlet "{hamlet}" (there are: {known})')
        known = ", ".join(registry.hamlets_by_id)
        raise LoaError(message.format(hamlet=views.hamlet_id, known=known))
    rows = ledger.views.deliveries(views.campaign_id)
    left = [row for row in rows if _meant(row, views) and row.slot <= now]
    if not left:
        message = _("{campaign}: no page of it is public yet, so nobody has opened it")
        raise LoaError(message.format(campaign=views.campaign_id))
    source = views.note or _("said by {person}").format(person=person.id)
    kind = EvidenceKind.PAGE_ANSWERS
    ledger.evidence.add(
        [Evidence(row.id, kind, person.id, now, source, views=views.count) for row in left]
    )
    return len(left)


def _meant(row: DeliveryRow, views: Views) -> bool:
    if row.channel != PORTAL or row.state not in _LEFT:
        return False
    return views.hamlet_id is None or row.hamlet_id == views.hamlet_id
