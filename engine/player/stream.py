"""Hearing from the server: programmes as they are published, emergencies at once."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models.airing import ServerTime, WireError
from engine.models.envelope import Envelope
from engine.player.fetching import Fetcher
from engine.player.history import Slot
from engine.player.identity import Identity
from engine.player.refusals import Refusals
from engine.player.shelf import Arrival, RefusedError, Shelf
from engine.player.timekeeper import Timekeeper
from engine.player.wire import Line, LineError

_LOG = logging.getLogger("loa.player")

#: Envelopes that are looked at in one answer.
MOST = 10_000

#: Seconds after which everything that was refused is looked at again.
ANEW = 600.0

#: Seconds to wait after an answer with nothing in it that can be used.
USELESS = 1.0


def ask_time(line: Line, identity: Identity, keeper: Timekeeper) -> None:
    """Compare the clock with the server's signed time. Raises LineError for one that is not."""
    nonce = secrets.token_hex(16)
    before = keeper.counter()
    answer = line.get(f"time?nonce={nonce}")
    after = keeper.counter()
    try:
        message = Envelope.from_json(answer).opened({identity.key.id: identity.key})
    except WireError as error:
        raise LineError(_("the server's time is refused: {reason}").format(reason=error)) from None
    if not isinstance(message, ServerTime) or message.nonce != nonce:
        raise LineError(_("the server's time is an answer to another question"))
    keeper.compare(message.at, before, after)


class Stream:
    """Takes what is published onto the shelf. For one thread; ``turn`` again and again."""

    def __init__(
        self,
        identity: Identity,
        line: Line,
        shelf: Shelf,
        keeper: Timekeeper,
        fetcher: Fetcher,
        refusals: Refusals,
        came: Callable[[], None],
    ) -> None:
        """``came`` is called when something new is on the shelf."""
        self._identity, self._line = identity, line
        self._shelf, self._keeper = shelf, keeper
        self._fetcher, self._refusals, self._came = fetcher, refusals, came
        self._after = shelf.after()
        self._cursor = self._after
        self._caught_up = False
        self._anew = keeper.counter() + ANEW
        self._asked_for: frozenset[Slot] = frozenset()
        #: What the disk lost, and the server did not have when it was asked for it.
        self.unanswered: frozenset[Slot] = frozenset()

    def turn(self) -> float:
        """Ask once and take what comes; return how many seconds to wait before the next time.

        Raises LineError.
        """
        lost = self._shelf.lost().keys()
        self._asked_for &= lost
        if self._keeper.counter() >= self._anew or lost - self._asked_for:
            self.behind()
        question = "events" if self._caught_up else "programmes"
        asked = self._cursor
        envelopes, more, reached = _read(self._line.get(f"{question}?after={asked}"))
        if envelopes and not self._keeper.standing().known:
            ask_time(self._line, self._identity, self._keeper)
        taken = [self._take(one) for one in envelopes]
        self._cursor = max(asked, reached, *taken)
        self._caught_up = not more
        if self._caught_up:
            self.unanswered = self._asked_for & self._shelf.lost().keys()
        if any(taken):
            self._came()
        self._fetcher.fetch(self._line, urgent=True)
        # Whoever answers at once and has nothing further to say would be asked without end.
        return USELESS if envelopes and self._cursor == asked else 0.0

    def behind(self) -> None:
        """Go back to what is known for certain: how far a server says it came is not signed.

        And before what was lost, so that it is told again.
        """
        lost = self._shelf.lost()
        self._asked_for = frozenset(lost)
        self._cursor = min([self._after, *(held.sequence - 1 for held in lost.values())])
        self._caught_up = False
        self._anew = self._keeper.counter() + ANEW

    def _take(self, found: Any) -> int:
        """Put one envelope onto the shelf; return its sequence, 0 when it was refused."""
        arrival = Arrival(self._keeper.boot, self._keeper.counter())
        now = self._keeper.at_least()
        try:
            try:
                shelved, _new = self._shelf.take(found, now, arrival)
            except OSError as error:
                _LOG.error(_("the disk does not take a programme: %s"), os_reason(error))
                shelved, _new = self._shelf.take(found, now, arrival, durably=False)
        except RefusedError as error:
            self._refusals.note(error, self._keeper.now(), self._keeper.counter())
            return 0
        self._after = max(self._after, shelved.message.sequence)
        return shelved.message.sequence


def _read(answer: Any) -> tuple[list[Any], bool, int]:
    """Return an answer's envelopes, whether there are more, and how far it came.

    Raises LineError.
    """
    if isinstance(answer, dict):
        found, more, reached = (answer.get(name) for name in ("programmes", "more", "sequence"))
        if isinstance(found, list) and isinstance(more, bool) and isinstance(reached, int):
            return found[:MOST], more, reached
    raise LineError(_("the server's answer is not a list of programmes"))
