"""Waiting for news: whoever waits hears within milliseconds, whichever process published it.

Another process may have published, so the ledger is looked at, but only while somebody waits:
one question for all who do, about one small table.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from fastapi.concurrency import run_in_threadpool

from engine.i18n import gettext as _
from engine.ledger import LEDGER_ERRORS, ledger_reason

logger = logging.getLogger(__name__)

#: Seconds between two looks, and after one that the ledger did not answer.
PAUSE, PATIENCE = 0.05, 2.0


class Feeds(Protocol):
    """The ledger as the hub looks at it; both block, and raise LEDGER_ERRORS."""

    def sequences(self) -> Mapping[str, int]:
        """Return each commune's last sequence."""
        ...

    def clusters(self, commune_id: str, after: int) -> frozenset[str]:
        """Return for which of its clusters something was published after a sequence."""
        ...


@dataclass(slots=True, eq=False)
class _Waiting:
    """One question that is held open. ``found``: there may be news for it."""

    clusters: frozenset[str]
    event: asyncio.Event
    found: bool = False


class Hub:
    """Lets requests wait in one event loop."""

    def __init__(self, feeds: Feeds, *, pause: float = PAUSE) -> None:
        self._feeds = feeds
        self._pause = pause
        self._last: dict[str, int] = {}
        self._waiting: dict[str, dict[str, _Waiting]] = {}
        self._looking: asyncio.Task[None] | None = None
        self.closed = False

    def last(self, commune_id: str) -> int:
        """Return the sequence up to which news of a commune are no news any more."""
        return self._last.get(commune_id, 0)

    @property
    def count(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    async def news(
        self,
        commune_id: str,
        player_id: str,
        clusters: Collection[str],
        *,
        known: int,
        seconds: float,
    ) -> bool:
        """Wait until there may be news for a player after ``known``; say whether there are.

        A player has one question open: an older one of its own ends now. All end when the
        server does.
        """
        if self.closed or self.last(commune_id) > known:
            return not self.closed
        mine, ours = _Waiting(frozenset(clusters), asyncio.Event()), self._waiting
        if (before := ours.setdefault(commune_id, {}).get(player_id)) is not None:
            before.event.set()
        ours[commune_id][player_id] = mine
        self._start()
        try:
            async with asyncio.timeout(seconds):
                await mine.event.wait()
        except TimeoutError:
            pass
        finally:
            if ours[commune_id].get(player_id) is mine:
                del ours[commune_id][player_id]
        return mine.found

    def close(self) -> None:
        """Let everybody go: the server is about to stop."""
        self.closed = True
        for waiting in self._waiting.values():
            for one in waiting.values():
                one.event.set()

    def _start(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())

    async def _keep_looking(self) -> None:
        while self.count and not self.closed:
            try:
                await self._look()
            except LEDGER_ERRORS as error:
                words = _("players wait, and the ledger does not answer: {reason}")
                logger.warning(words.format(reason=ledger_reason(error)))
                await asyncio.sleep(PATIENCE)
            else:
                await asyncio.sleep(self._pause)

    async def _look(self) -> None:
        """Wake those for whom something was published since the last look."""
        found = await run_in_threadpool(self._feeds.sequences)
        for commune_id in [one for one, ours in self._waiting.items() if ours]:
            before, now = self.last(commune_id), found.get(commune_id, 0)
            if now == before:
                continue
            clusters = await run_in_threadpool(self._feeds.clusters, commune_id, before)
            # Without a pause in between: who comes later sees by the sequence what he missed.
            self._last[commune_id] = now
            for one in self._waiting[commune_id].values():
                if one.clusters & clusters:
                    one.found = True
                    one.event.set()
