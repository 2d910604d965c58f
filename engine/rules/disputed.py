"""Where two people disagree: one says that a message was passed on, another that it was not."""

from __future__ import annotations

from engine.ledger import Ledger
from engine.models import EvidenceKind
from engine.models.word import judged


def disputed_in(ledger: Ledger, campaign_id: str) -> tuple[str, ...]:
    """Return the hamlets of a campaign of which a person must ask, by id, each once.

    Whoever said so after the denial has settled it.
    """
    denied: dict[int, None] = {}
    sure: set[int] = set()
    for one in judged(ledger.evidence.of(campaign_id)):
        if one.piece.kind is EvidenceKind.RELAYED and one.holds:
            if one.denied:
                denied[one.piece.delivery_id] = None
            else:
                sure.add(one.piece.delivery_id)
    open_ones = denied.keys() - sure
    if not open_ones:
        return ()
    rows = ledger.views.deliveries(campaign_id)
    return tuple(dict.fromkeys(row.hamlet_id for row in rows if row.id in open_ones))
