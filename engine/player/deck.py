"""Playing: one sound at a time, turn by turn, each begun and ended in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from engine.i18n import gettext as _
from engine.i18n import os_reason
from engine.models.airing import Cancel, Programme, ProgrammeItem
from engine.models.play import Play, PlayOutcome
from engine.player.choosing import Cue, Obstacles, Situation, choose, is_over
from engine.player.doubts import doubt_words
from engine.player.history import ROUND, ItemKey, Slot
from engine.player.journal import Journal
from engine.player.lines import slot_words
from engine.player.onair import OnAir
from engine.player.shelf import Shelf, Shelved, programmes
from engine.player.sink import Sink
from engine.player.sounds import Sounds
from engine.player.timekeeper import Standing, Timekeeper
from engine.player.twins import share, twins_of

_LOG = logging.getLogger("loa.player")

#: Seconds between two marks of how long something has been heard.
MARKED = 5.0

#: Seconds after which what failed is tried again.
REST = 5.0

#: Seconds for which an opening is waited for after its programme came: both begin together.
ON_ITS_WAY = 1.0

#: How long a cancel is remembered after its slot, beside the sequence that is remembered for good.
CANCELLED = timedelta(days=2)

#: How long after its slot a programme that the disk lost is still asked for: one may begin late.
LOST = timedelta(days=1)


class Deck:
    """Decides and plays. ``turn`` is called by one thread, again and again."""

    def __init__(
        self,
        player: str,
        shelf: Shelf,
        sounds: Sounds,
        journal: Journal,
        sink: Sink,
        keeper: Timekeeper,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._player = player
        self._shelf, self._sounds, self._journal = shelf, sounds, journal
        self._sink, self._keeper = sink, keeper
        self._changed = changed
        self._on_air: OnAir | None = None
        self._running: Slot | None = None
        self._rounds: dict[Slot, float] = {}
        #: By slot and sound, not by cluster: twins rest together.
        self._rests: dict[tuple[datetime, str], float] = {}
        self._why: dict[Slot, tuple[PlayOutcome, str]] = {}
        self._settled: set[Slot] = set()

    @property
    def on_air(self) -> Cue | None:
        found = self._on_air
        return found.cue if found is not None else None

    def turn(self) -> float:
        """Do what is to be done now; return after how many seconds to look again."""
        standing = self._keeper.standing()
        self._follow()
        shelved = self._shelf.all()
        self._share(shelved)
        cue, obstacles = choose(shelved, self._situation(standing))
        self._note(obstacles, standing)
        current = self._on_air
        if current is not None and not self._is_wanted(current.cue, shelved):
            self._stop(_("taken off the programme"))
        elif current is not None and cue is not None and cue.rank < current.cue.rank:
            self._stop(_("gave way to an emergency"))
            self._share(shelved)
        if self._on_air is None and cue is not None:
            self._start(cue)
            self._share(shelved)
        self._settle(shelved, standing)
        return self._patience()

    def stop(self) -> None:
        """End what is on air, because the player ends."""
        if self._on_air is not None:
            self._stop(_("the player was told to stop"))

    def _share(self, shelved: tuple[Shelved, ...]) -> None:
        """Count what was on air for every cluster of which the programme sounds the same."""
        for alike in twins_of(programme for _one, programme in programmes(shelved)):
            if share(self._journal, alike):
                begun = [self._rounds[s] for s in map(_slot_of, alike) if s in self._rounds]
                self._rounds.update({_slot_of(one): max(begun) for one in alike if begun})
                self._changed()

    def _situation(self, standing: Standing) -> Situation:
        return Situation(
            history=self._journal.history,
            trusted=standing.doubt is None,
            now=lambda one: self.moment_for(one, standing),
            elapsed=self._elapsed,
            has=self._sounds.has,
            rests=self._is_resting,
            is_new=self._is_new,
            running=self._running,
        )

    def moment_for(self, one: Shelved, standing: Standing) -> datetime | None:
        """Return the time as far as it is known for a programme.

        Where no clock can be trusted it is reckoned from when the programme was made, and how
        long ago it came: enough for an emergency. None for what came in an earlier life.
        """
        if standing.known:
            return self._keeper.now()
        if one.arrival.boot != self._keeper.boot:
            return None
        since = self._keeper.counter() - one.arrival.counter
        return one.message.made_at + timedelta(seconds=since)

    def _elapsed(self, slot: Slot) -> float:
        if slot in self._rounds:
            return self._keeper.counter() - self._rounds[slot]
        found = self._journal.history.round_of(slot)
        return (self._keeper.now() - found.began).total_seconds() if found is not None else 0.0

    def _is_new(self, one: Shelved) -> bool:
        same_life = one.arrival.boot == self._keeper.boot
        return same_life and self._keeper.counter() - one.arrival.counter < ON_ITS_WAY

    def _is_resting(self, slot: Slot, key: ItemKey) -> bool:
        return self._keeper.counter() < self._rests.get((slot[1], key.sha256), 0.0)

    def _start(self, cue: Cue) -> None:
        path = self._sounds.proved(cue.sound)
        if path is None:
            _LOG.error(
                _("%s: the sound is spoilt on the disk; it is fetched again"), cue.sound.file
            )
            self._changed()
            return
        now, count = self._keeper.now(), self._keeper.counter()
        if cue.fresh:
            self._rounds[cue.slot] = count
            self._journal.part(cue.slot, ROUND, now)
        opened = None
        if cue.item is None:
            self._journal.part(cue.slot, cue.part, now)
        else:
            opened = self._journal.begin(self._play(cue.programme, cue.item, now))
        self._running = cue.slot
        try:
            playing = self._sink.start(path, cue.sound.seconds)
        except OSError as error:
            reason = _("the audio command cannot be started: {reason}")
            said = reason.format(reason=os_reason(error))
            self._ended(cue, opened, 0.0, PlayOutcome.FAILED, said)
            return
        self._on_air = OnAir(cue, playing, count, opened, count)
        _LOG.info(_("on air: %s, %s"), cue.slot[0], cue.item.title if cue.item else cue.part)
        self._changed()

    def _follow(self) -> None:
        """See how far the sound on air has come."""
        found = self._on_air
        if found is None:
            return
        count = self._keeper.counter()
        heard, verdict = found.heard(count), found.verdict(count)
        if verdict is None:
            if found.opened is not None and count - found.marked >= MARKED:
                self._journal.mark(found.opened, heard)
                found.marked = count
            return
        self._on_air = None
        outcome = PlayOutcome.FAILED if verdict else PlayOutcome.PLAYED
        self._ended(found.cue, found.opened, heard, outcome, verdict)

    def _stop(self, reason: str) -> None:
        found = self._on_air
        if found is None:
            return
        found.playing.stop()
        self._on_air = None
        heard = found.heard(self._keeper.counter())
        self._ended(found.cue, found.opened, heard, PlayOutcome.CUT, reason)

    def _ended(
        self, cue: Cue, opened: int | None, heard: float, outcome: PlayOutcome, reason: str
    ) -> None:
        if opened is not None:
            self._journal.end(opened, heard, outcome, reason)
        if cue.item is not None and outcome is PlayOutcome.FAILED:
            key = (cue.slot[1], cue.item.sound.sha256)
            self._rests[key] = self._keeper.counter() + REST
        if reason:
            _LOG.warning("%s, %s: %s", cue.slot[0], cue.sound.file, reason)
        self._changed()

    def _is_wanted(self, cue: Cue, shelved: tuple[Shelved, ...]) -> bool:
        """Say whether what is on air is still part of its programme, or of a newer version."""
        found = next((one for one in shelved if one.slot == cue.slot), None)
        if found is None or isinstance(found.message, Cancel):
            return False
        if cue.item is None:
            return True
        key = ItemKey.of_item(cue.item)
        return any(ItemKey.of_item(item) == key for item in found.message.items)

    def _note(self, obstacles: Obstacles, standing: Standing) -> None:
        """Remember why what is due is not on air."""
        for slot in obstacles.sound:
            self._why[slot] = (PlayOutcome.FAILED, _("its sound had not come when it was due"))
        for slot in obstacles.time:
            self._why[slot] = (PlayOutcome.FAILED, _("no time was left for all of it"))
        for slot in obstacles.clock:
            self._why[slot] = (PlayOutcome.REFUSED, doubt_words(standing))

    def _settle(self, shelved: tuple[Shelved, ...], standing: Standing) -> None:
        """Log what was never played and is over, and take it from the shelf."""
        if not standing.known:
            return
        now = self._keeper.now()
        on_air = self._on_air.cue.slot if self._on_air is not None else None
        for one, programme in programmes(shelved):
            if one.slot != on_air and is_over(one, programme, now, self._journal.history):
                if one.slot not in self._settled:
                    self._log_unplayed(one.slot, programme, now)
                    self._settled.add(one.slot)
                self._forget(one.slot)
        for one in shelved:
            if isinstance(one.message, Cancel) and now > one.message.slot + CANCELLED:
                self._forget(one.slot)
        for slot in self._shelf.forget_lost(now - LOST):
            _LOG.error(_("never had again: the programme of %s"), slot_words(slot))
        self._journal.tend(now)

    def _log_unplayed(self, slot: Slot, programme: Programme, now: datetime) -> None:
        late = _("it was over before this player could play it")
        outcome, reason = self._why.get(slot, (PlayOutcome.FAILED, late))
        for item in programme.items:
            if not self._journal.history.knows(slot, ItemKey.of_item(item)):
                play = self._play(programme, item, now, outcome, reason)
                self._journal.whole(play)
                _LOG.warning(_("not played: %s, %s: %s"), slot[0], item.title, reason)

    def _forget(self, slot: Slot) -> None:
        with suppress(OSError):  # a disk that refuses now is asked again in the next turn
            self._shelf.drop(slot)
            self._settled.discard(slot)
            self._why.pop(slot, None)
            self._rounds.pop(slot, None)
            count = self._keeper.counter()
            self._rests = {key: at for key, at in self._rests.items() if at > count}
        self._changed()

    def _play(
        self,
        programme: Programme,
        item: ProgrammeItem,
        began: datetime,
        outcome: PlayOutcome = PlayOutcome.CUT,
        reason: str = "",
    ) -> Play:
        """Return a play that has not ended; its number comes with its end."""
        return Play(
            player=self._player,
            number=1,
            cluster=programme.cluster,
            slot=programme.slot,
            campaign_id=item.campaign,
            purpose=item.purpose,
            hamlets=item.hamlets,
            sha256=item.sound.sha256,
            began=began,
            seconds=0.0,
            outcome=outcome,
            reason=reason,
        )

    def _patience(self) -> float:
        """Return how long nothing need be looked at, unless somebody calls."""
        found = self._on_air
        if found is None:
            return 0.5
        left = found.began + found.cue.sound.seconds - self._keeper.counter()
        return min(0.5, max(0.02, left)) if left > 0 else 0.1


def _slot_of(programme: Programme) -> Slot:
    return programme.cluster, programme.slot
