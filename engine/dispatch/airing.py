"""Reports of players become proof: kept once, judged, and the deliveries they show confirmed."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from engine.clock import Clock
from engine.i18n import gettext as _
from engine.ledger import Kept, Ledger
from engine.models import Artifact, Bundle, Play, Receipt
from engine.rules.played import worth

logger = logging.getLogger(__name__)


def with_airing(receipt: Receipt, artifact: Artifact, bundle: Bundle, now: datetime) -> Receipt:
    """Return a receipt that says when what was handed over will have been heard, and which sounds.

    What was handed over after its slot begins when it is there.
    """
    airing = artifact.airing
    if airing is None:
        return receipt
    sounds = json.dumps(dict(airing.sounds), separators=(",", ":"))
    return replace(
        receipt,
        detail={**receipt.detail, "sounds": sounds},
        ends_at=max(bundle.slot, now) + timedelta(seconds=airing.seconds),
    )


def as_found(receipt: Receipt, bundle: Bundle, now: datetime) -> Receipt:
    """Do so for a receipt that the far side gave when it was asked: how long it lasts is lost."""
    if bundle.channel != "loudspeaker":
        return receipt
    return replace(receipt, ends_at=max(bundle.slot, now))


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
