"""Waiting for news: whoever waits hears within milliseconds, whichever process published it.

Another process may have published, so the ledger is looked at, but only while somebody waits:
one question for all who do, about one small table.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from fastapi.concurrency import run_in_threadpool

from engine.i18n import gettext as _
from engine.ledger import LEDGER_ERRORS, ledger_reason

logger = logging.getLogger(__name__)

#: Seconds between two looks, and after one that the ledger did not answer.
PAUSE, PATIENCE = 0.05, 2.0


class Hub:
    """Lets requests wait in one event loop. ``look`` returns each commune's last sequence."""

    def __init__(self, look: Callable[[], Mapping[str, int]], *, pause: float = PAUSE) -> None:
        self._look = look
        self._pause = pause
        self._last: Mapping[str, int] = {}
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._mine: dict[tuple[str, str], asyncio.Event] = {}
        self._looking: asyncio.Task[None] | None = None
        self.closed = False

    def last(self, commune_id: str) -> int:
        """Return the sequence up to which news of a commune are no news any more."""
        return self._last.get(commune_id, 0)

    @property
    def count(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    async def news(self, commune_id: str, player_id: str, known: int, seconds: float) -> bool:
        """Wait until there may be news of a commune after ``known``; say whether there are.

        A player has one question open: an older one of its own ends now. All end when the
        server does.
        """
        if self.closed:
            return False
        event, name = asyncio.Event(), (commune_id, player_id)
        if (before := self._mine.get(name)) is not None:
            before.set()
        self._mine[name] = event
        self._waiting.setdefault(commune_id, set()).add(event)
        self._start()
        try:
            async with asyncio.timeout(seconds):
                while self.last(commune_id) <= known and not self.closed:
                    await event.wait()
                    if self._mine.get(name) is not event:
                        return False
                    event.clear()
        except TimeoutError:
            return False
        finally:
            self._waiting[commune_id].discard(event)
            if self._mine.get(name) is event:
                del self._mine[name]
        return not self.closed

    def close(self) -> None:
        """Let everybody go: the server is about to stop."""
        self.closed = True
        for events in self._waiting.values():
            for event in events:
                event.set()

    def _start(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())

    async def _keep_looking(self) -> None:
        while self.count and not self.closed:
            try:
                found = await run_in_threadpool(self._look)
            except LEDGER_ERRORS as error:
                words = _("players wait, and the ledger does not answer: {reason}")
                logger.warning(words.format(reason=ledger_reason(error)))
                await asyncio.sleep(PATIENCE)
                continue
            changed = [name for name, last in found.items() if last != self._last.get(name)]
            self._last = found
            for name in changed:
                for event in self._waiting.get(name, ()):
                    event.set()
            await asyncio.sleep(self._pause)
