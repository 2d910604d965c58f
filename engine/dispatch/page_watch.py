"""The public pages of one commune's posts, looked at as people do until the words are there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from channels.base import Channel
from channels.pages import Shown, ShowsPages
from engine.clock import Clock
from engine.dispatch.failures import failure_of
from engine.i18n import gettext as _
from engine.ledger import LEDGER_ERRORS, Ledger
from engine.ledger.pages import Unseen
from engine.models import Evidence, EvidenceKind

logger = logging.getLogger(__name__)

#: The channel whose posts are pages.
CHANNEL: Final = "portal"

#: Nobody looks for what was to be seen longer ago.
SOUGHT: Final = timedelta(days=30)

#: Pages that are looked at in one turn; the others come with the next.
PAGES: Final = 100

ACTOR = "loa"


class PageWatch:
    """Confirms posts whose words stand on their public pages; all else stays as it is.

    ``every``: between two looks at one portal's pages. ``take_turn`` says whether it is this
    process's turn, under a name and until a moment. ``live``: a workspace that only rehearses
    has posted nothing.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        channels: Mapping[str, Channel],
        clock: Clock,
        every: timedelta,
        take_turn: Callable[[str, datetime, datetime], bool],
        live: bool,
    ) -> None:
        self._ledger = ledger
        self._channel = channels.get(CHANNEL)
        self._clock = clock
        self._every = every
        self._take_turn = take_turn
        self._live = live
        self._told: dict[str, str] = {}

    def look(self) -> int:
        """Look at every page that is due; return how many deliveries that confirmed.

        A page that does not show its post is told once for each reason, and looked at again.
        Raises LEDGER_ERRORS.
        """
        count = 0
        for name, backend in (self._channel.backends if self._channel else {}).items():
            if not isinstance(backend, ShowsPages) or (backend.networked and not self._live):
                continue
            now = self._clock.now()
            unseen = self._ledger.pages.unseen(CHANNEL, name, now - SOUGHT, now)
            if unseen and self._take_turn(f"pages/{name}", now, now + self._every):
                count += self._look_at(backend, unseen)
        return count

    def _look_at(self, backend: ShowsPages, unseen: Sequence[Unseen]) -> int:
        count = 0
        groups = [(campaign, list(rows)) for campaign, rows in groupby(unseen, _campaign)]
        # The newest posts first: an old page that never shows anything delays nobody.
        groups.sort(key=lambda group: max(row.slot for row in group[1]), reverse=True)
        for campaign, rows in groups[:PAGES]:
            try:
                shown = backend.shown(campaign)
            except LEDGER_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001 - a far side's failure is told, never raised
                self._tell(campaign, failure_of(error).reason)
                continue
            self._told.pop(campaign, None)
            count += self._confirm(rows, shown)
        return count

    def _confirm(self, rows: Sequence[Unseen], shown: Shown) -> int:
        seen = [row for row in rows if shown.slots.get(row.hamlet_id) == row.slot]
        source = _("read at {url}").format(url=shown.url)
        now = self._clock.now()
        self._ledger.evidence.add(
            [
                Evidence(row.delivery_id, EvidenceKind.PAGE_ANSWERS, ACTOR, now, source)
                for row in seen
            ]
        )
        return len(seen)

    def _tell(self, campaign: str, reason: str) -> None:
        if self._told.get(campaign) != reason:
            self._told[campaign] = reason
            words = _("{commune}: {campaign} is not seen on its public page: {reason}")
            logger.warning(
                words.format(commune=self._ledger.commune_id, campaign=campaign, reason=reason)
            )


def _campaign(row: Unseen) -> str:
    return row.campaign_id
