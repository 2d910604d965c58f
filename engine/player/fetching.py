"""Getting sounds: emergencies' first, then by when they are needed, making room where it lacks."""

from __future__ import annotations

import logging
from collections.abc import Callable

from engine.i18n import gettext as _
from engine.models.airing import Sound, WireError
from engine.player.history import Slot
from engine.player.place import FULL
from engine.player.shelf import Shelf, Shelved, wanted_sounds
from engine.player.sounds import Sounds
from engine.player.wire import Line, LineError

_LOG = logging.getLogger("loa.player")

#: Seconds after which a sound that could not be had is asked for again.
LATER = 30.0

_NOT_FOUND = 404


class Fetcher:
    """Fetches what the shelf's programmes name. Safe to use from several threads."""

    def __init__(
        self, shelf: Shelf, sounds: Sounds, counter: Callable[[], float], came: Callable[[], None]
    ) -> None:
        """``came`` is called for each sound that is there now."""
        self._shelf, self._sounds, self._counter, self._came = shelf, sounds, counter, came
        self._later: dict[str, float] = {}
        self._refused: set[str] = set()
        #: Whether a sound was refused for want of room.
        self.full = False

    def missing(self, *, urgent: bool = False) -> list[tuple[Shelved, Sound]]:
        """Return what is not there yet, in the order of need; ``urgent``: emergencies' alone."""
        wanted = wanted_sounds(self._shelf.all())
        found = {sound.sha256: (one, sound) for one, sound in reversed(wanted)}
        return [
            found[sha256]
            for sha256 in dict.fromkeys(sound.sha256 for _one, sound in wanted)
            if not self._sounds.has(found[sha256][1]) and (found[sha256][0].urgent or not urgent)
        ]

    def in_vain(self) -> frozenset[Slot]:
        """Return the slots whose programmes lack a sound that was asked for and not to be had."""
        return frozenset(
            one.slot
            for one, sound in wanted_sounds(self._shelf.all())
            if sound.sha256 in self._refused and not self._sounds.has(sound)
        )

    def fetch(self, line: Line, *, urgent: bool = False) -> bool:
        """Fetch what is missing; False when something is left. Raises LineError."""
        for one, sound in self.missing(urgent=urgent):
            if self._counter() < self._later.get(sound.sha256, 0.0):
                continue
            if one.urgent:
                self._get(line, one, sound, lambda: False)
            elif not self._get(line, one, sound, self._urgent_is_missing):
                break  # what it gave way to comes first
        left = self.missing(urgent=urgent)
        self.full = self.full and bool(left)
        return not left

    def _urgent_is_missing(self) -> bool:
        now = self._counter()
        return any(now >= self._later.get(s.sha256, 0.0) for _one, s in self.missing(urgent=True))

    def _get(self, line: Line, one: Shelved, sound: Sound, give_way: Callable[[], bool]) -> bool:
        for last in (False, True):
            try:
                done = self._sounds.fetch(sound, line, urgent=one.urgent, give_way=give_way)
            except WireError as error:
                _LOG.error("%s", error)
            except LineError as error:
                if error.status != _NOT_FOUND:
                    raise
                _LOG.error(_("the server does not have the sound %s"), sound.file)
            except OSError as error:
                if error.errno not in FULL:
                    raise
                if not last:
                    self._make_room(one, sound)
                    continue
                self.full = True
                _LOG.error(_("the disk is full: no room for the sound %s"), sound.file)
            else:
                if done:
                    self._refused.discard(sound.sha256)
                    self._came()
                return done
            break
        self._refused.add(sound.sha256)
        self._later[sound.sha256] = self._counter() + LATER
        return True

    def _make_room(self, one: Shelved, sound: Sound) -> None:
        """Remove what no programme names; for an emergency also what is needed last."""
        wanted = wanted_sounds(self._shelf.all())
        self._sounds.prune({sound.sha256 for _one, sound in wanted}, at_once=True)
        if one.urgent:
            urgent = {s.sha256 for o, s in wanted if o.urgent}
            routine = [s for o, s in reversed(wanted) if s.sha256 not in urgent]
            self._sounds.give_up(routine, sound.size)
