"""The players of one commune: asked what they played, and judged when they say nothing."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from channels.base import Backend, Channel, Reports, always_reports
from engine.clock import Clock, local
from engine.dispatch.again import SecondTries
from engine.dispatch.airing import record_plays
from engine.dispatch.failures import failure_of
from engine.i18n import gettext as _
from engine.i18n import joined
from engine.ledger import LEDGER_ERRORS, Ledger
from engine.ledger.awaited import Awaiting, Over, Verdict
from engine.ledger.watched_clock import emergencies_only
from engine.models import Play, Registry

logger = logging.getLogger(__name__)

#: Calls in a row to one player with much to say; the rest waits for its next turn.
CALLS: Final = 50

#: Clusters that one alarm names; more are counted.
NAMED: Final = 5

#: A turn may begin so much before its time: the rounds themselves are not to the second.
SLACK: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Manner:
    """How players are watched. ``every``: between two questions to the same one.

    ``margin``: how long after a programme's end its proof may take to come. ``judged`` says of
    a player whether its silence means that nothing was played; None: where the cluster has
    ever reported. What it reports itself as cut or not played needs no such leave. A player that
    is not named is judged like None. ``live``: players on the network are asked; a workspace
    that only rehearses has given them nothing.
    """

    every: timedelta = timedelta(minutes=1)
    margin: timedelta = timedelta(minutes=30)
    judged: Mapping[str, bool | None] | None = None
    live: bool = True


class StationWatch:
    """Brings proof back from one commune's players, and says where it is missing."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        channel: Channel,
        rules: Callable[[], Registry],
        clock: Clock,
        manner: Manner,
    ) -> None:
        """``channel`` is the loudspeakers'; ``rules`` returns the registry as it stands."""
        self._ledger = ledger
        self._channel = channel
        self._rules = rules
        self._clock = clock
        self._manner = manner

    def hear(self, *, local_too: bool = True) -> None:
        """Ask each player that can be asked; one that fails is remembered, and tried later.

        ``local_too``: also those whose logs lie on this machine. Raises LEDGER_ERRORS.
        """
        for name, backend in self._channel.backends.items():
            asked = self._manner.live if backend.networked else local_too
            if not asked or not isinstance(backend, Reports):
                continue
            now = self._clock.now()
            before = now - max(self._manner.every - SLACK, timedelta(0))
            if self._ledger.play_marks.take_turn(name, now, before):
                self._ask(name, backend)

    def judge(self) -> int:
        """Settle what is over: what has no proof was not played. Return how many deliveries.

        A distrusted clock cannot say what is over. Raises LEDGER_ERRORS.
        """
        if emergencies_only(self._clock):
            return 0
        now, count = self._clock.now(), 0
        before = now - self._manner.margin
        while (over := self._ledger.awaited.over(before)).bundle_ids:
            silent = [one for one in over.unproved if self._is_judged(one, over)]
            tries = SecondTries(self._ledger, self._channel, self._rules(), now, silent)
            verdicts = [_verdict(one, over, tries) for one in silent]
            true = self._ledger.awaited.settle(over, verdicts, before, now)
            self._tell(true)
            count += len(true)
        return count

    def _ask(self, name: str, backend: Reports) -> None:
        marks = self._ledger.play_marks
        before = marks.get(name)
        mark = before.mark
        try:
            for _call in range(CALLS):
                plays, new = backend.plays(mark)
                named = [_named(name, play) for play in plays]
                record_plays(self._ledger, self._clock, named, through=name)
                marks.heard(name, new, self._clock.now())
                if new == mark:
                    break
                mark = new
        except LEDGER_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001 - a far side's failure is told, never raised
            reason = failure_of(error).reason
            if reason != before.fault:  # once, not every minute
                words = _("{commune}: {player} cannot be asked what it played: {reason}")
                told = words.format(commune=self._ledger.commune_id, player=name, reason=reason)
                logger.warning(told)
            marks.failed(name, reason, self._clock.now())
            return

    def _is_judged(self, one: Awaiting, over: Over) -> bool:
        """Say whether it is settled: by what the player said of it, else by its silence."""
        if one.id in over.denied:
            return True
        if one.bundle_id in over.again:
            return False
        judged = (self._manner.judged or {}).get(one.player)
        return one.cluster in over.reporting if judged is None else judged

    def _tell(self, verdicts: Sequence[Verdict]) -> None:
        """Raise the alarm, once for each slot and reason."""
        silent = Counter((one.of.slot, str(one.reason)) for one in verdicts)
        for (slot, reason), count in sorted(silent.items()):
            alike = [one.of for one in verdicts if (one.of.slot, one.reason) == (slot, reason)]
            clusters = list(dict.fromkeys(one.cluster for one in alike))
            more = f" +{len(clusters) - NAMED}" if len(clusters) > NAMED else ""
            words = _("{commune}: {clusters} did not play {count} deliveries of {slot}: {reason}")
            logger.warning(
                words.format(
                    commune=self._ledger.commune_id,
                    clusters=", ".join(clusters[:NAMED]) + more,
                    count=count,
                    slot=_shown(slot),
                    reason=reason,
                )
            )


def judged_players(
    backends: Mapping[str, Backend], wished: Mapping[str, bool | None]
) -> dict[str, bool | None]:
    """Say of each player whether its silence counts: as wished, else as its kind knows."""
    found: dict[str, bool | None] = {}
    for name, backend in backends.items():
        wish = wished.get(name)
        always = True if always_reports(backend) else None
        found[name] = always if wish is None else wish
    return found


def _verdict(one: Awaiting, over: Over, tries: SecondTries) -> Verdict:
    said = over.said.get((one.cluster, one.slot, one.campaign_id))
    if said is None and one.id in over.denied:
        said = _("too short to count")
    reason = (
        _("the player reports: {said}").format(said=said)
        if said is not None
        else _("no report of the player")
    )
    again, words = tries.of(one)
    words = joined("; ", (reason, words))
    if again is None:
        return Verdict(one, words)
    return Verdict(one, words, again.delivery, again.of, again.number)


def _named(name: str, play: Play) -> Play:
    """Return a play under a name that only this player's machines can have."""
    if play.player == name or play.player.startswith(f"{name}/"):
        return play
    return replace(play, player=f"{name}/{play.player}")


def _shown(slot: datetime) -> str:
    return f"{local(slot):%H:%M %d/%m/%Y}"
