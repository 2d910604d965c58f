"""Reports of players become proof: kept once, judged, and the deliveries they show confirmed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from engine.clock import Clock
from engine.i18n import gettext as _
from engine.ledger import Kept, Ledger
from engine.models import Play
from engine.rules.played import worth

logger = logging.getLogger(__name__)


def record_plays(
    ledger: Ledger, clock: Clock, plays: Sequence[Play], *, through: str | None = None
) -> Kept:
    """Keep what a player reports; what it shows to have been heard is confirmed.

    Idempotent: the same report any number of times, in any order, counts once. ``through`` is
    the name of the player in the registry by which the reports came: of other players'
    clusters it proves nothing. None for a caller that has checked the clusters itself. What
    nobody knows of, or cannot be, is kept and told, and confirms nothing. Raises LEDGER_ERRORS
    when the ledger cannot be told: nothing of what was not kept is lost, it is reported again.
    """
    kept = ledger.plays.keep(plays, partial(worth, through=through), at=clock.now())
    strange = {finding.value: n for finding, n in kept.new.items() if finding.strange}
    if strange:
        words = _("{commune}: players report what cannot be: {found}")
        found = ", ".join(f"{name} {count}" for name, count in sorted(strange.items()))
        logger.warning(words.format(commune=ledger.commune_id, found=found))
    if kept.conflicting:
        words = _(
            "{commune}: {count} reports of {player} under numbers that other plays have: not kept"
        )
        count, player = len(kept.conflicting), kept.conflicting[0].player
        logger.warning(words.format(commune=ledger.commune_id, count=count, player=player))
    return kept
