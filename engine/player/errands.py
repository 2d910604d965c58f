"""What a player does beside playing: the time, its state, its log, sounds for the days ahead."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from engine.i18n import gettext as _
from engine.models.lacking import Lack
from engine.models.play import Play, PlayOutcome
from engine.player.fetching import Fetcher
from engine.player.identity import Identity
from engine.player.inspection import Inspection
from engine.player.journal import Journal
from engine.player.lines import play_line
from engine.player.place import Place, free_bytes
from engine.player.shelf import Shelf, wanted_sounds
from engine.player.sounds import Sounds
from engine.player.stream import ask_time
from engine.player.timekeeper import Timekeeper
from engine.player.wire import Line, LineError

_LOG = logging.getLogger("loa.player")

#: Seconds between two looks at the server's time, and while the time is in doubt.
TIME, TIME_IN_DOUBT = 900.0, 20.0

#: Seconds between two reports of how the player fares.
STATUS = 300.0

#: Seconds between two looks for sounds that nothing needs any more.
PRUNE = 3_600.0

#: Plays in one report.
PLAYS = 200

#: Answers to what makes no sense, and never will.
SENSELESS = frozenset({400, 422})

#: Seconds without anything to do.
IDLE = 2.0


class Errands:
    """One line's worth of chores. For one thread; ``turn`` again and again."""

    def __init__(
        self,
        identity: Identity,
        version: str,
        line: Line,
        place: Place,
        shelf: Shelf,
        sounds: Sounds,
        journal: Journal,
        keeper: Timekeeper,
        fetcher: Fetcher,
        lacking: Callable[[], tuple[Lack, ...]] = tuple,
    ) -> None:
        """``lacking`` says what cannot be played as it should."""
        self._identity, self._version, self._line, self._place = identity, version, line, place
        self._shelf, self._sounds, self._journal = shelf, sounds, journal
        self._keeper, self._fetcher = keeper, fetcher
        self._due = {"time": 0.0, "status": 0.0, "prune": 0.0}
        self._asked_kept = False
        self._lacking = lacking
        self._told: tuple[Lack, ...] = ()
        self._inspection = Inspection(shelf, sounds, keeper.counter, keeper.now)
        self._doubt = keeper.standing().doubt
        #: Clusters that the server names and that this player was not enrolled for, or the reverse.
        self.other_clusters: tuple[str, ...] | None = None

    def turn(self) -> float:
        """Do what is due; return how many seconds there is nothing to do. Raises LineError."""
        count = self._keeper.counter()
        self._inspection.turn()  # first: a line that is down must not keep it from looking
        if count >= self._due["time"]:
            ask_time(self._line, self._identity, self._keeper)
            doubt = self._keeper.standing().doubt
            self._due["time"] = count + (TIME if doubt is None else TIME_IN_DOUBT)
        doubt = self._keeper.standing().doubt
        if count >= self._due["status"] or (doubt, self._lacking()) != (self._doubt, self._told):
            self._report()
            self._doubt = doubt
            self._due["status"] = count + STATUS
        self._send_plays()
        whole = self._fetcher.fetch(self._line)
        if count >= self._due["prune"]:
            wanted = {sound.sha256 for _one, sound in wanted_sounds(self._shelf.all())}
            self._sounds.prune(wanted)
            self._due["prune"] = count + PRUNE
        return IDLE if whole else IDLE / 4

    def doubted(self) -> None:
        """Look at the time soon: something is wrong with it."""
        self._due["time"] = min(self._due["time"], self._keeper.counter() + TIME_IN_DOUBT)

    def _send_plays(self) -> None:
        """Send the log, oldest first, until the server has all of it for good."""
        if not self._asked_kept:
            self._journal.kept(_kept(self._line.post("plays", {"plays": []})))
            self._asked_kept = True
        before = -1
        while plays := self._journal.unsent(PLAYS):
            kept = self._sent(plays)
            # Less than before: it came back from a backup, and is told again from there.
            self._journal.kept(kept)
            if kept < plays[-1].number and kept <= before:
                message = _("the server kept the log up to {kept}, not up to {number}")
                raise LineError(message.format(kept=kept, number=plays[-1].number))
            before = kept

    def _sent(self, plays: Sequence[Play]) -> int:
        """Send plays; return up to which number the server has all. Raises LineError.

        One that the server will never take must not hold up those behind it: it is sent as
        refused, with the reason; what really happened stays in the player's own log.
        """
        try:
            return _kept(self._line.post("plays", {"plays": [play_line(one) for one in plays]}))
        except LineError as error:
            if error.status not in SENSELESS:
                raise
            if len(plays) > 1:
                return max(self._sent([one]) for one in plays)
            (play,) = plays
            if play.outcome is PlayOutcome.REFUSED:
                raise
            reason = _("the server does not take this play: {reason}").format(reason=error)
            _LOG.error("%s", reason)
            return self._sent([replace(play, outcome=PlayOutcome.REFUSED, reason=reason)])

    def _report(self) -> None:
        """Say how the player fares; its own clock's time among it, however wrong."""
        lacking = self._lacking()
        body: dict[str, Any] = {
            "at": self._keeper.machine().isoformat(),
            "version": self._version,
            "free_bytes": free_bytes(self._place.root),
        }
        if lacking:  # otherwise not at all: servers of before do not know it
            body["lacking"] = [
                {"cluster": one.cluster, "slot": one.slot.isoformat(), "what": one.what}
                for one in lacking
            ]
        answer = self._line.post("status", body)
        self._told = lacking
        found = answer.get("clusters") if isinstance(answer, dict) else None
        if isinstance(found, list) and all(isinstance(name, str) for name in found):
            clusters = tuple(found)
            other = set(clusters) != set(self._identity.clusters)
            if other and clusters != self.other_clusters:
                _LOG.warning(
                    _("the server has this player for %s, and it was enrolled for %s"),
                    ", ".join(clusters) or "-",
                    ", ".join(self._identity.clusters),
                )
            self.other_clusters = clusters if other else None


def _kept(answer: Any) -> int:
    number = answer.get("kept") if isinstance(answer, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise LineError(_("the server does not say how much of the log it kept"))
    return number
