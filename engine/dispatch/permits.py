"""Permits: how fast far sides are asked, counted across every thread of every worker.

A backend takes a permit just before each request. Threads of one process that wait for the
same pace queue up, first come first served, and the first of them fetches a block for all. A
short wait is waited where one stands; when it would be long the bundle goes back to the ledger
and comes again at its turn, so that a slow far side does not eat the workers.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from channels.base import Backend, paces_of
from engine.errors import ChannelError, NotYetError
from engine.i18n import gettext as _
from engine.models import Artifact, Bundle, Pace, Priority

#: Seconds that a thread waits for a permit where it stands.
PATIENCE = 10.0

#: Threads of one process that may wait for one pace; the others have other things to do.
WAITERS = 2

#: Seconds after which a permit that was fetched and not used is void: used later, it would
#: come on top of those granted since.
VOID = 1.0

#: Seconds for which a thread cannot be interrupted while it waits.
_NAP = 0.25


@dataclass(frozen=True, slots=True)
class Grant:
    """How many permits were granted; if none, how many seconds until there is one."""

    count: int
    wait: float = 0.0


class Grants(Protocol):
    """Where permits are counted."""

    def grant(self, pace: Pace, wanted: int) -> Grant:
        """Grant up to ``wanted`` permits at once."""
        ...


@dataclass(slots=True)
class _Line:
    """Those who wait for one pace, what was fetched for them, and who was sent away until when."""

    waiting: list[object] = field(default_factory=list)
    permits: int = 0
    void_at: float = 0.0
    nothing_before: float = 0.0
    sent_away_until: defaultdict[Priority | None, float] = field(
        default_factory=lambda: defaultdict(float)
    )

    def is_over(self, now: float) -> bool:
        """Say whether nothing in it matters any more."""
        ends = (self.nothing_before, *self.sent_away_until.values())
        return not self.waiting and max(ends) <= now and (not self.permits or self.void_at <= now)


class _Ready(threading.local):
    """What this thread has taken before it began the send that needs it."""

    paces: tuple[Pace, ...] = ()
    void_at: float = 0.0

    def keep(self, paces: Sequence[Pace], void_at: float) -> None:
        self.paces, self.void_at = tuple(paces), void_at

    def used_up(self, paces: Sequence[Pace], now: float) -> bool:
        """Use what was taken, once; False when it was something else, or too long ago."""
        kept, self.paces = self.paces, ()
        return bool(kept) and kept == tuple(paces) and now < self.void_at


class Permits:
    """The ``limits`` port of backends, and what dispatch asks before it begins a send."""

    def __init__(
        self,
        grants: Grants,
        *,
        patience: float = PATIENCE,
        waiters: int = WAITERS,
        now: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """``now`` and ``pause`` are in seconds of real time: far sides know no other."""
        self._grants = grants
        self._patience = patience
        self._waiters = waiters
        self._now = now
        self._pause = pause
        self._lock = threading.Lock()
        self._lines: defaultdict[str, _Line] = defaultdict(_Line)
        self._ready = _Ready()

    def take(self, *paces: Pace) -> None:
        """Wait until a request may be made that counts for each of ``paces``.

        Raises NotYetError when the wait would be long; nothing has been asked then.
        """
        if not self._ready.used_up(paces, self._now()):
            for pace in paces:
                self._take(pace)

    def get_ready(
        self, backend: Backend, artifact: Artifact, bundle: Bundle, now: datetime
    ) -> datetime | None:
        """Return None when a bundle may begin, else when it had better come again.

        It had when many wait already, unless it is an emergency, and when the wait would be
        long. What can be done once only waits here for its first permit, which its ``take``
        then finds ready in this thread: a worker that dies while it waits has begun nothing.
        """
        try:
            paces = paces_of(backend, artifact, bundle)
            if bundle.priority is not Priority.EMERGENCY:
                self._refuse_a_crowd(paces, bundle.priority)
            if paces and not backend.idempotent:
                self.take(*paces)
                self._ready.keep(paces, self._now() + VOID)
        except NotYetError as error:
            return now + error.wait
        except (ChannelError, OSError):
            return None  # its delivery will meet the same, and tell
        return None

    def _refuse_a_crowd(self, paces: Sequence[Pace], priority: Priority) -> None:
        """Raises NotYetError where so many wait that one more would be one too many."""
        for pace in paces:
            with self._lock:
                line = self._lines.get(pace.key)
                if line is not None and len(line.waiting) >= self._waiters:
                    raise self._not_yet(pace, line, priority)

    def _take(self, pace: Pace) -> None:
        with self._queued(pace) as (line, me):
            end = self._now() + self._patience
            while wait := self._wait(pace, line, me):
                if self._now() + wait > end:
                    with self._lock:
                        raise self._not_yet(pace, line, None)
                self._pause(min(wait, _NAP))

    @contextmanager
    def _queued(self, pace: Pace) -> Iterator[tuple[_Line, object]]:
        me = object()
        with self._lock:
            line = self._lines[pace.key]
            line.waiting.append(me)
        try:
            yield line, me
        finally:
            with self._lock:
                if me in line.waiting:
                    line.waiting.remove(me)
                if line.is_over(self._now()):
                    self._lines.pop(pace.key, None)

    def _wait(self, pace: Pace, line: _Line, me: object) -> float:
        """Take a permit and return 0, or return in how many seconds there should be one."""
        with self._lock:
            now, rank = self._now(), line.waiting.index(me)
            if now >= line.void_at:
                line.permits = 0
            if not line.permits and now >= line.nothing_before:
                self._fetch(pace, line, now)
            if rank < line.permits:
                line.permits -= 1
                line.waiting.remove(me)
                return 0.0
            behind = (rank - line.permits) / pace.per_second
            return max(line.nothing_before - now, 0.0) + behind or 1 / pace.per_second

    def _fetch(self, pace: Pace, line: _Line, now: float) -> None:
        """Fetch a block of permits, one for each who waits."""
        grant = self._grants.grant(pace, min(len(line.waiting), pace.burst))
        line.permits, line.void_at = grant.count, now + VOID
        line.nothing_before = now + grant.wait

    def _not_yet(self, pace: Pace, line: _Line, priority: Priority | None) -> NotYetError:
        """Say when the next one sent away should come again; each has a moment of its own.

        Each priority has a line of its own: the more urgent do not come after the less urgent.
        """
        now, each = self._now(), 1 / pace.per_second
        after_waiting = max(line.nothing_before, now) + len(line.waiting) * each
        until = max(line.sent_away_until[priority], after_waiting) + each
        line.sent_away_until[priority] = until
        return NotYetError(
            _("waiting its turn: the far side takes only so many at a time"),
            timedelta(seconds=until - now),
        )
