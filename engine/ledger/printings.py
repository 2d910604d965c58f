"""What was printed of a campaign: an event for each job, and the last page of each hamlet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.ledger.database import Database
from engine.ledger.dialect import again_if_lost, upsert
from engine.ledger.moves import record_event
from engine.ledger.tables import remote_ids


@dataclass(frozen=True, slots=True)
class Printed:
    """One product for one hamlet: ``words`` names the text that it is of, ``page`` the page."""

    hamlet_id: str
    product: str
    words: str
    page: str

    def is_like(self, other: Printed | None) -> bool:
        """Say whether a reader sees no difference."""
        return other is not None and (self.words == other.words or self.page == other.page)


class Printings:
    """The print jobs of one commune: in its audit trail, and what each hamlet has by them.

    What the printers have is kept among what far sides have (``remote_ids``).
    """

    def __init__(self, database: Database, commune_id: str) -> None:
        self._database = database
        self._commune_id = commune_id

    @again_if_lost
    def record(
        self,
        campaign_id: str,
        *,
        again: bool,
        detail: str,
        at: datetime,
        actor: str,
        printed: Iterable[Printed] = (),
    ) -> None:
        """Keep that a job was handed to a printer or written as a file.

        ``again``: what was printed before, or only some of its sheets. ``detail`` says which, how
        many and where; it holds ids, never a person's name. ``printed`` is all that is whole.
        """
        rows = [
            {
                "commune_id": self._commune_id,
                "key": _prefix(campaign_id) + f"{one.hamlet_id}/{one.product}",
                "value": json.dumps([one.words, one.page]),
            }
            for one in printed
        ]
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
            if rows:
                put = upsert(connection, remote_ids)
                found = put.on_conflict_do_update(
                    index_elements=["commune_id", "key"], set_={"value": put.excluded.value}
                )
                connection.execute(found, rows)

    def last(self, campaign_id: str) -> Mapping[tuple[str, str], Printed]:
        """Return what each hamlet has of each product: (hamlet, product) → what was printed."""
        r, prefix = remote_ids.c, _prefix(campaign_id)
        query = select(r.key, r.value).where(
            r.commune_id == self._commune_id, r.key.startswith(prefix, autoescape=True)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        found = {}
        for row in rows:
            hamlet_id, product = row.key.removeprefix(prefix).split("/")
            found[hamlet_id, product] = Printed(hamlet_id, product, *json.loads(row.value))
        return found


def _prefix(campaign_id: str) -> str:
    """Return what begins the keys of a campaign; no id has a colon."""
    return f"printed:{campaign_id}/"
