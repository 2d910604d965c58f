"""The player as a whole: three threads that share a shelf, sounds and a log."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from engine.errors import LoaError
from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models.lacking import Lack
from engine.player.deck import Deck
from engine.player.doubts import doubt_words
from engine.player.errands import Errands
from engine.player.fetching import Fetcher
from engine.player.identity import Identity
from engine.player.inspection import lack_words, lacks
from engine.player.journal import Journal
from engine.player.place import Place, Reserve
from engine.player.refusals import Refusals
from engine.player.reporting import write_status
from engine.player.shelf import Shelf, programmes
from engine.player.sink import Sink
from engine.player.sounds import Sounds
from engine.player.stream import Stream
from engine.player.timekeeper import Standing, Timekeeper
from engine.player.wire import LineError

_LOG = logging.getLogger("loa.player")

#: Seconds until a failed line is tried again: after the first failure, and at most. Emergencies
#: come by the stream, which therefore never waits long.
FIRST_WAIT, STREAM_WAIT, ERRANDS_WAIT = 0.5, 10.0, 60.0

#: Seconds until a server that does not know this player is asked again, or one that asks for less.
UNKNOWN_WAIT = 60.0

#: Seconds between two states written, unless something changed.
WRITTEN = 300.0

#: Slots to come that are written down: whoever reads it later leaves out what is past by then.
TOLD_AHEAD = 500

_UNAUTHORISED = 401


class Agent:
    """Everything a player is made of, built from its identity and its folder."""

    def __init__(
        self,
        identity: Identity,
        place: Place,
        sink: Callable[[Callable[[], None]], Sink],
        version: str,
        keeper: Timekeeper | None = None,
    ) -> None:
        """``sink`` makes the sink; it is given what to call when a sound has ended.

        Raises LoaError, OSError.
        """
        self._place = place
        self.wake = threading.Event()
        self.keeper = keeper or Timekeeper(place.clock)
        self._reserve = Reserve(place.reserve)
        self._reserve.keep()
        self.journal = Journal(place.journal, self._reserve)
        self.sounds = Sounds(place.sounds)
        self.shelf = Shelf(
            place.programmes,
            place.marks,
            identity.key,
            identity.commune,
            identity.clusters,
            place.index,
        )
        self.fetcher = Fetcher(self.shelf, self.sounds, self.keeper.counter, self.wake.set)
        self._lines = (identity.line(), identity.line())
        refusals = Refusals(self.journal, identity.player, identity.clusters)
        self.stream = Stream(
            identity, self._lines[0], self.shelf, self.keeper, self.fetcher, refusals, self._came
        )
        self.errands = Errands(
            identity,
            version,
            self._lines[1],
            place,
            self.shelf,
            self.sounds,
            self.journal,
            self.keeper,
            self.fetcher,
            self._lacking,
        )
        self.deck = Deck(
            identity.player,
            self.shelf,
            self.sounds,
            self.journal,
            sink(self.wake.set),
            self.keeper,
            self._changed,
        )
        self._errand = threading.Event()
        self._troubles: dict[str, str] = {}
        self._heard: datetime | None = None
        self._dirty, self._written = True, float("-inf")
        self._missing = 0
        self._doubt: str = ""

    def run(self, stop: threading.Event) -> None:
        """Play until told to stop. Raises what neither a server nor a disk does to it."""
        with self._online(stop):
            while not stop.is_set():
                wait = self.turn()
                self.wake.wait(wait)
                self.wake.clear()
            self.deck.stop()
        self._write()
        self.journal.close()

    def turn(self) -> float:
        """Play what is to be played now; return the seconds until the next turn at the latest."""
        wait = self.deck.turn()
        standing = self.keeper.standing()
        doubt = doubt_words(standing)
        if doubt != self._doubt:
            _LOG.warning("%s", doubt or _("the clock is right again"))
            self._doubt, self._dirty = doubt, True
            self.errands.doubted()
            self._errand.set()
        if self._dirty or self.keeper.counter() - self._written >= WRITTEN:
            self._reserve.keep()
            self._write(standing)
        return wait

    @contextmanager
    def _online(self, stop: threading.Event) -> Iterator[None]:
        """Talk with the server in two threads of their own."""
        threads = [
            threading.Thread(target=self._hear, args=(stop,), name="stream"),
            threading.Thread(target=self._run_errands, args=(stop,), name="errands"),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            self._errand.set()
            for line in self._lines:
                line.end()
            for thread in threads:
                thread.join()

    def _hear(self, stop: threading.Event) -> None:
        wait = FIRST_WAIT
        while not stop.is_set():
            pause = self._tried("stream", self.stream.turn)
            if pause is None:
                self.stream.behind()
                pause, wait = self._spread(wait), min(wait * 2, STREAM_WAIT)
            else:
                wait = FIRST_WAIT
            stop.wait(pause)

    def _run_errands(self, stop: threading.Event) -> None:
        wait = FIRST_WAIT
        while not stop.is_set():
            pause = self._tried("errands", self.errands.turn)
            if pause is None:
                pause, wait = self._spread(wait), min(wait * 2, ERRANDS_WAIT)
                stop.wait(pause)
            else:
                wait = FIRST_WAIT
                self._count_missing()
                self._errand.wait(pause)
            self._errand.clear()

    def _count_missing(self) -> None:
        """Have it written anew what is still to be fetched, if it is not as last written."""
        if len(self.fetcher.missing()) != self._missing:
            self._dirty = True
            self.wake.set()

    def _tried(self, name: str, turn: Callable[[], float]) -> float | None:
        """Return how long to wait after a turn that went well; None after one that failed."""
        try:
            pause = turn()
        except LineError as error:
            self._trouble(name, str(error))
            if error.status == _UNAUTHORISED:
                return UNKNOWN_WAIT
            return error.retry_after or None
        except LoaError as error:
            self._trouble(name, str(error))
            return None
        except OSError as error:
            self._trouble(name, os_reason(error))
            return None
        self._heard = self.keeper.now()
        self._trouble(name, "")
        return pause

    @staticmethod
    def _spread(wait: float) -> float:
        """Return ``wait`` or up to half as much again: a thousand players do not call at once."""
        return wait * random.uniform(1.0, 1.5)  # noqa: S311 - no secret

    def _lacking(self) -> tuple[Lack, ...]:
        return lacks(self.stream, self.fetcher, self.keeper.now())

    def _came(self) -> None:
        """Something new is on the shelf."""
        self._dirty = True
        self.wake.set()
        self._errand.set()

    def _changed(self) -> None:
        """Something began or ended."""
        self._dirty = True
        self._errand.set()

    def _trouble(self, name: str, words: str) -> None:
        if words != self._troubles.get(name, ""):
            if words:
                _LOG.warning("%s", words)
            else:
                _LOG.info(_("the server answers"))
            self._troubles[name] = words
            self._dirty = True

    def _write(self, standing: Standing | None = None) -> None:
        standing = standing or self.keeper.standing()
        self._dirty, self._written = False, self.keeper.counter()
        status = self._status(standing)
        self._missing = status["missing"]
        write_status(self._place.status, status)

    def _status(self, standing: Standing) -> dict[str, Any]:
        now = self.keeper.now()
        ahead = sorted(p.slot for _one, p in programmes(self.shelf.all()) if p.slot > now)
        last = self.journal.last()
        cue = self.deck.on_air
        checked = standing.checked.isoformat() if standing.checked else None
        return {
            "at": now.isoformat(),
            "heard": self._heard.isoformat() if self._heard else None,
            "reference": standing.reference,
            "checked": checked,
            "on_air": cue and (cue.item.title if cue.item else cue.part),
            "machine": self.keeper.machine().isoformat(),
            "to_come": [slot.isoformat() for slot in ahead[:TOLD_AHEAD]],
            "programmes": len(ahead),
            "last": last and [last.campaign_id, last.outcome, last.began.isoformat()],
            "missing": len(self.fetcher.missing()),
            "unsent": len(self.journal.unsent(1_000)),
            "troubles": self._all_troubles(standing),
        }

    def _all_troubles(self, standing: Standing) -> list[str]:
        found = [doubt_words(standing), *self._troubles.values()]
        if self.fetcher.full:
            found.append(_("the disk is full: sounds cannot be fetched"))
        if self.journal.troubled:
            found.append(_("the disk does not take the log: it is in memory alone"))
        if self.journal.unreadable or self.shelf.spoilt:
            found.append(_("parts of this folder could not be read: look at the disk"))
        found += map(lack_words, self._lacking())
        if self.errands.other_clusters is not None:
            found.append(
                _(
                    "the server has this player for other clusters: {clusters}; enrol it again"
                ).format(clusters=", ".join(self.errands.other_clusters) or "-")
            )
        return list(dict.fromkeys(one for one in found if one))
