"""One amplifier plays once what several of its clusters are to hear in the same slot.

An enrolled player is one sound output. Programmes of the same slot with the same items are twins:
whichever of them is on air, the people of every one of those clusters hear it. So each play of
one is a play of all, written into the log for each; also for a twin that came later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

from engine.models import Priority
from engine.models.airing import Programme, ProgrammeItem
from engine.models.play import Play
from engine.player.history import ROUND, ItemKey
from engine.player.journal import Journal

#: What twins have in common: the slot, how it plays, and each item's sound and urgency.
TwinKey = tuple[datetime, Priority, bool, timedelta | None, tuple[tuple[str, Priority], ...]]


def twin_key(programme: Programme) -> TwinKey:
    """Return what is equal for two programmes that sound the same on one amplifier."""
    items = tuple((item.sound.sha256, item.priority) for item in programme.items)
    return programme.slot, programme.priority, programme.drill, programme.repeat, items


def twins_of(programmes: Iterable[Programme]) -> list[list[Programme]]:
    """Return the groups of two or more that sound the same."""
    found: dict[TwinKey, list[Programme]] = defaultdict(list)
    for programme in programmes:
        found[twin_key(programme)].append(programme)
    return [alike for alike in found.values() if len(alike) > 1]


def share(journal: Journal, alike: Sequence[Programme]) -> bool:
    """Write into the log what was on air for one of these twins and lacks for another.

    Any number of times, and after a power cut between two of its lines, it comes to the same.
    Returns whether anything was written.
    """
    wrote = False
    for one, other in permutations(alike, 2):
        wrote |= _share(journal, one, other)
    return wrote


def _share(journal: Journal, one: Programme, other: Programme) -> bool:
    """Give ``other`` the plays and the last round of ``one``."""
    history = journal.history
    mine, theirs = (one.cluster, one.slot), (other.cluster, other.slot)
    known = {(ItemKey.of(play), play.began) for play in history.plays(theirs)}
    items = {ItemKey.of_item(a): b for a, b in zip(one.items, other.items, strict=True)}
    copies = []
    for play in history.plays(mine):
        item = items.get(ItemKey.of(play))
        if item is not None and (ItemKey.of_item(item), play.began) not in known:
            copies.append(_for(play, other.cluster, item))
    begun = history.round_of(mine)
    own = history.round_of(theirs)
    if begun is None or (own is not None and own.began >= begun.began):
        _write(journal, copies)
        return bool(copies)
    _write(journal, [play for play in copies if play.began < begun.began])
    journal.part(theirs, ROUND, begun.began)
    _write(journal, [play for play in copies if play.began >= begun.began])
    return True


def _write(journal: Journal, plays: Iterable[Play]) -> None:
    for play in plays:
        journal.whole(play)


def _for(play: Play, cluster: str, item: ProgrammeItem) -> Play:
    """Return the play as ``cluster`` heard it; the log numbers it anew."""
    return replace(
        play,
        cluster=cluster,
        campaign_id=item.campaign,
        purpose=item.purpose,
        hamlets=item.hamlets,
    )
