"""What a player refused, in its log: each once, and never so many that they fill the disk."""

from __future__ import annotations

import logging
from collections import OrderedDict
from datetime import datetime

from engine.i18n import gettext as _
from engine.models import Purpose
from engine.models.airing import Programme
from engine.models.play import Play, PlayOutcome
from engine.player.journal import Journal
from engine.player.shelf import RefusedError

_LOG = logging.getLogger("loa.player")

#: The campaign of what cannot be read, or what no campaign is named in.
UNKNOWN = "unknown"

#: Refusals that are remembered, so that the same one again is not logged again.
_REMEMBERED = 1_000

#: Refusals that are logged in an hour; who sends more wants to fill the disk.
PER_HOUR = 60


class Refusals:
    """Logs refusals for one player. For one thread."""

    def __init__(self, journal: Journal, player: str, clusters: tuple[str, ...]) -> None:
        self._journal, self._player, self._cluster = journal, player, clusters[0]
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._hour: tuple[float, int] = (0.0, 0)

    def note(self, error: RefusedError, now: datetime, counter: float) -> None:
        """Log a refusal, unless the same was logged before or too many were."""
        name = (error.digest, str(error))
        if name in self._seen:
            return
        self._seen[name] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        began, count = self._hour
        if counter - began >= 3600 or not began:
            began, count = counter, 0
        self._hour = (began, count + 1)
        if count >= PER_HOUR:
            if count == PER_HOUR:
                _LOG.error(_("more than %s programmes refused in an hour: not logged"), PER_HOUR)
            return
        _LOG.error(_("refused: %s"), error)
        self._journal.whole(self._play(error, now))

    def _play(self, error: RefusedError, now: datetime) -> Play:
        message = error.message
        item = message.items[0] if isinstance(message, Programme) else None
        return Play(
            player=self._player,
            number=1,
            cluster=message.cluster if message is not None else self._cluster,
            slot=message.slot if message is not None else now,
            campaign_id=item.campaign if item is not None else UNKNOWN,
            purpose=item.purpose if item is not None else Purpose.NOTICE,
            hamlets=item.hamlets if item is not None else (),
            sha256=item.sound.sha256 if item is not None else "",
            began=now,
            seconds=0.0,
            outcome=PlayOutcome.REFUSED,
            reason=str(error)[:500],
        )
