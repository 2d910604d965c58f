"""Looking again at what is stored: disks spoil what they keep, and nobody hears of it by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from engine.i18n import gettext as _
from engine.models.lacking import MOST, Lack, Lacks
from engine.player.fetching import Fetcher
from engine.player.history import Slot
from engine.player.lines import slot_words
from engine.player.shelf import Shelf, Shelved, wanted_sounds
from engine.player.sounds import Sounds
from engine.player.stream import Stream

_LOG = logging.getLogger("loa.player")

#: Seconds until the same thing is looked at again, and when its slot is near.
SELDOM, OFTEN = 3_600.0, 300.0

#: How near a slot is near: there is still time to fetch anew what is spoilt.
NEAR = timedelta(minutes=20)

#: How long after its slot a programme that was lost is still told.
LATE = timedelta(hours=1)


class Inspection:
    """Proves stored programmes and sounds one by one, the most urgent first. For one thread."""

    def __init__(
        self,
        shelf: Shelf,
        sounds: Sounds,
        counter: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._shelf, self._sounds, self._counter, self._now = shelf, sounds, counter, now
        self._programmes: dict[Slot, float] = {}
        self._proved: dict[str, float] = {}

    def turn(self) -> None:
        """Prove all programmes whose turn it is, and one sound: a long one is a second's work."""
        shelved = self._shelf.all()
        for one in shelved:
            if self._is_due(one, self._programmes.get(one.slot)):
                self._programmes[one.slot] = self._counter()
                if not self._shelf.prove(one):
                    words = _("spoilt on the disk, asked for again: the programme of %s")
                    _LOG.error(words, slot_words(one.slot))
        for one, sound in wanted_sounds(shelved):
            if self._sounds.has(sound) and self._is_due(one, self._proved.get(sound.sha256)):
                self._proved[sound.sha256] = self._counter()
                if self._sounds.proved(sound) is None:
                    words = _("spoilt on the disk, fetched again: the sound %s for %s")
                    _LOG.error(words, sound.file, slot_words(one.slot))
                break
        self._forget(shelved)

    def _is_due(self, one: Shelved, before: float | None) -> bool:
        if before is None:
            return True
        near = abs(one.message.slot - self._now()) <= NEAR
        return self._counter() - before >= (OFTEN if near else SELDOM)

    def _forget(self, shelved: tuple[Shelved, ...]) -> None:
        slots = {one.slot for one in shelved}
        named = {sound.sha256 for _one, sound in wanted_sounds(shelved)}
        self._programmes = {s: at for s, at in self._programmes.items() if s in slots}
        self._proved = {name: at for name, at in self._proved.items() if name in named}


def lacks(stream: Stream, fetcher: Fetcher, now: datetime) -> tuple[Lack, ...]:
    """Return what cannot be played as it should, the earliest slot first: it was asked for."""
    found = dict(_lacks(stream, fetcher, now))
    ordered = sorted(found.items(), key=lambda one: (one[0][1], one[0][0]))
    return tuple(Lack(slot[0], slot[1], what) for slot, what in ordered[:MOST])


def _lacks(stream: Stream, fetcher: Fetcher, now: datetime) -> Iterator[tuple[Slot, Lacks]]:
    for slot in fetcher.in_vain():
        yield slot, Lacks.SOUND
    for slot in stream.unanswered:
        if slot[1] > now - LATE:
            yield slot, Lacks.PROGRAMME


def lack_words(lack: Lack) -> str:
    """Say what lacks for which slot."""
    words = {
        Lacks.SOUND: _("the programme of {slot} lacks sounds that cannot be fetched"),
        Lacks.PROGRAMME: _("the programme of {slot} is spoilt and cannot be fetched again"),
    }
    return words[lack.what].format(slot=slot_words((lack.cluster, lack.slot)))
