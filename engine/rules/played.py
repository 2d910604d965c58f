"""What a player's report is worth: whether people can have heard what was to be said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.ledger.meant import Meant
from engine.models import Finding, Play, PlayOutcome
from engine.states import State

#: The part of an item's seconds that must have been on air. What may be missing is the pause
#: at its end and the last words of what was said twice; players also count a second or two
#: less than the file has, for what their audio device still held when it was closed.
ENOUGH: Final = 0.9

#: How long before its slot a programme may have begun: by a player's clock that is somewhat
#: ahead, as far as a wrong clock does not keep it from playing at all, and read with it.
EARLY: Final = timedelta(minutes=5)

#: How long after its slot: a relay of the upper level or an emergency may hold a programme up.
#: What began later than that was heard in another session of the day, by other people.
LATE: Final = timedelta(hours=6)

#: How far ahead of ours the clock of an honest player may be.
AHEAD: Final = timedelta(minutes=5)

#: States of a delivery that was, or may have been, handed over.
_LEFT: Final = frozenset(
    {
        State.SENDING,
        State.SENT,
        State.CONFIRMED,
        State.NOT_PLAYED,
        State.UNCERTAIN,
        State.WITHDRAWN,
    }
)


def worth(
    play: Play, meant: Sequence[Meant], now: datetime, *, through: str | None = None
) -> tuple[Finding, Sequence[Meant]]:
    """Return what ``play`` is worth, and the deliveries that it proves or speaks against.

    ``through`` is the player, of those that the registry names, by which it came; None where
    the cluster was checked before. ``meant`` are the deliveries of its cluster, slot and item.
    """
    if not meant:
        return Finding.UNKNOWN, ()
    theirs = [one for one in meant if through in (None, one.player)]
    if not theirs:
        return Finding.OTHER_PLAYER, ()
    if not play.slot - EARLY <= play.began <= play.slot + LATE or play.began > now + AHEAD:
        return Finding.WRONG_TIME, ()
    handed_over = [one for one in theirs if one.state in _LEFT]
    if not handed_over:
        return Finding.NOT_SENT, ()
    return _heard(play, handed_over), handed_over


def _heard(play: Play, handed_over: Sequence[Meant]) -> Finding:
    """Say whether enough of it was on air, and of the right sound as far as that is known."""
    if play.outcome in (PlayOutcome.FAILED, PlayOutcome.REFUSED):
        return Finding.SILENT
    lengths = {one.sounds.get(play.sha256) for one in handed_over if one.sounds is not None}
    recalled = all(one.state is State.WITHDRAWN for one in handed_over)
    if not lengths or not play.sha256 or (recalled and None in lengths):
        # Its length is not known: the player's own word is all there is.
        return Finding.PROOF if play.outcome is PlayOutcome.PLAYED else Finding.TOO_SHORT
    known = [length for length in lengths if length is not None]
    if not known:
        return Finding.OTHER_SOUND
    return Finding.PROOF if play.seconds >= min(known) * ENOUGH else Finding.TOO_SHORT
