"""What was printed of a campaign: an event for each job, with who asked for it."""

from __future__ import annotations

from datetime import datetime

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost
from engine.ledger.moves import record_event


class Printings:
    """The print jobs of one commune, in its audit trail."""

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    @again_if_lost
    def record(
        self, campaign_id: str, *, again: bool, detail: str, at: datetime, actor: str
    ) -> None:
        """Keep that a job was handed to a printer or written as a file.

        ``again``: only some of its sheets were, once more. ``detail`` says which, how many and
        where; it holds ids, never a person's name.
        """
        with self._database.write(durable=True) as connection:
            record_event(
                connection,
                self._commune_id,
                what="printed_again" if again else "printed",
                at=at,
                actor=actor,
                campaign_id=campaign_id,
                detail=detail,
            )
