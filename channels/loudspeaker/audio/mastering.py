"""Bring a sound to the station's loudness, and keep its peaks below what equipment can take.

What counts is what a player hears: what was encoded is decoded and measured, and made again
with a corrected gain until it is right. Passages are worked on side by side; none is held whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from channels.base import ChannelError
from channels.loudspeaker.audio.carrier import Carrier, carrier_of
from channels.loudspeaker.audio.dynamics import Limiter
from channels.loudspeaker.audio.encoded import Encoded
from channels.loudspeaker.audio.filters import Signal
from channels.loudspeaker.audio.meter import STEP, decibels, loudness
from channels.loudspeaker.audio.pcm import RATE, Held, Passage, Samples
from channels.loudspeaker.audio.shaping import SHAPES
from channels.loudspeaker.audio.terms import USUAL, Finish
from channels.loudspeaker.audio.threads import side_by_side
from channels.loudspeaker.audio.track import Budget, Take, Track
from engine.i18n import gettext as _

#: dBTP that what is decoded never passes, and what a meter at fourfold oversampling may miss.
TRUE_PEAK = -1.0
_METER_ERROR = 0.1


#: dB by which a ceiling goes lower than the peak that was too high asks for.
_LOWER = 0.1

#: LU by which what is decoded may miss the target before it is made again.
_TOLERANCE = 0.2
_ROUNDS = 6

#: Cells over which the limiter turns down before and after a peak, best first. Longer is
#: smoother; shorter crackles a little and gets louder (measured on a single word: from -15.7
#: LUFS at five cells to -12 at none). The next is tried only where one is not loud enough.
_REACHES = (5, 2, 1, 0)

#: dB by which one step towards the target may change the gain, and dB of limiting beyond which
#: more gain no longer makes a sound louder.
_LONGEST_STEP = 12.0
_MOST_LIMITING = 30.0

#: Bytes of shaped sound that are kept for the second pass; the rest is shaped again.
KEPT = 24_000_000


def master(sound: Samples | Sequence[Passage], target: float, finish: Finish = USUAL) -> bytes:
    """Return the encoded sound, without tags: ``target`` LUFS, at most TRUE_PEAK dBTP.

    Both hold for what is decoded. Raises ChannelError, permanent: the sound is silent, or so
    spiky that it cannot be made that loud.
    """
    return b"".join(map(bytes, mastered(sound, target, finish)))


def mastered(
    sound: Samples | Sequence[Passage], target: float, finish: Finish = USUAL
) -> list[Encoded]:
    """Do so, and return the passages and the silence between them, which join as they are."""
    passages = sound if isinstance(sound, Sequence) else [Passage(Held(sound))]
    return _Desk(passages, target, finish).mastered()


class _Desk:
    """One sound on its way. What several passages have in common is worked on once."""

    def __init__(self, passages: Sequence[Passage], target: float, finish: Finish) -> None:
        self._order = passages
        self._target = target
        self._carrier: Carrier = carrier_of(finish)
        self._shape = SHAPES[finish.profile]
        carrier = self._carrier
        self._first_ceiling = TRUE_PEAK + carrier.loss - _METER_ERROR - carrier.overshoot
        self._tracks = [
            Track(blocks, self._shape.filters, self._first_ceiling)
            for blocks in dict.fromkeys(passage.blocks for passage in passages)
        ]

    def mastered(self) -> list[Encoded]:
        kept = Budget(KEPT)
        side_by_side(lambda track: track.listen(kept), self._tracks)
        natural = self._level([track.cells.steps for track in self._tracks])
        if math.isinf(natural):
            raise ChannelError(_("The sound is silent: there is nothing to play."), permanent=True)
        for track in self._tracks:
            track.even(natural, self._shape.ratio)
        first = self._target - self._level([track.cells.steps for track in self._tracks])
        for reach in _REACHES:
            takes = self._on_target(Limiter(first, reach))
            if takes is not None:
                return self._in_order(takes)
        raise ChannelError(
            _(
                "The sound cannot be brought to {target} LUFS without distortion: "
                "its loud and quiet parts lie too far apart."
            ).format(target=self._target),
            permanent=True,
        )

    def _on_target(self, limiter: Limiter) -> list[Take] | None:
        """Encode, listen and correct until it is right; None when it does not get there."""
        aim, most = self._target + self._carrier.loss, limiter.gain + _MOST_LIMITING
        for track in self._tracks:
            track.ceiling = self._first_ceiling
        for _round in range(_ROUNDS):
            found = self._gained(limiter, aim, most)
            takes = self._lowered(found) if found is not None else None
            if found is None or takes is None:
                return None
            level = self._level([take.steps for take in takes])
            if abs(level - self._target) <= _TOLERANCE:
                return takes
            limiter, aim = found, aim + self._target - level
            del takes
        return None

    def _lowered(self, limiter: Limiter) -> list[Take] | None:
        """Encode every track, and again under a lower ceiling those whose peaks are too high.

        None when one stays too high.
        """
        takes: dict[Track, Take] = {}
        todo = self._tracks
        for _round in range(_ROUNDS):
            for track in todo:
                takes.pop(track, None)
            made = side_by_side(lambda track: track.take(limiter, self._carrier), todo)
            takes.update(zip(todo, made, strict=True))
            del made
            todo = [track for track in self._tracks if _excess(takes[track]) > 0]
            if not todo:
                return [takes[track] for track in self._tracks]
            for track in todo:
                track.ceiling -= _excess(takes[track]) + _LOWER
        return None

    def _gained(self, limiter: Limiter, aim: float, most: float) -> Limiter | None:
        """Return the limiter that gives ``aim`` LUFS; None when that takes over ``most`` dB.

        The harder the limiter works, the less it gives back: each step is sized by what the last
        one brought.
        """
        cost, last_gain, last_reached = 1.0, limiter.gain, -math.inf
        for _round in range(_ROUNDS * 3):
            reached = self._level([limiter.steps(one.cells, one.ceiling) for one in self._tracks])
            missing = aim - reached
            if abs(missing) < _TOLERANCE / 4:
                return limiter
            gain = limiter.gain
            if gain != last_gain and reached != last_reached:
                cost = min(max((gain - last_gain) / (reached - last_reached), 1.0), 20.0)
            last_gain, last_reached = gain, reached
            gain += min(max(missing * cost, -_LONGEST_STEP), _LONGEST_STEP)
            if gain > most:
                return None
            limiter = replace(limiter, gain=gain)
        return None

    def _level(self, steps: Sequence[Signal]) -> float:
        """Return LUFS of the whole from the energies of each track's STEPs, pauses included."""
        by_blocks = {track.blocks: one for track, one in zip(self._tracks, steps, strict=True)}
        sequence: list[Signal] = []
        for passage in self._order:
            sequence.append(np.zeros(round(passage.before * RATE / STEP)))
            sequence.append(by_blocks[passage.blocks])
            sequence.append(np.zeros(round(passage.pause * RATE / STEP)))
        return loudness(np.concatenate(sequence))

    def _in_order(self, takes: Sequence[Take]) -> list[Encoded]:
        """Return every passage where it comes, with pauses between.

        Encoding makes a passage a little longer, by parts of a frame: the pause after it is so
        much shorter, and what is left over goes to the next one.
        """
        by_blocks = {track.blocks: take for track, take in zip(self._tracks, takes, strict=True)}
        parts: list[Encoded] = []
        late = 0.0
        for passage in self._order:
            take = by_blocks[passage.blocks]
            late = self._pause(passage.before, late, parts)
            parts.append(take.encoded)
            late = self._pause(passage.pause, late + take.late, parts)
        return parts

    def _pause(self, seconds: float, late: float, parts: list[Encoded]) -> float:
        """Add a pause, shorter by what the sound is ``late``; return how late it is then."""
        if not seconds:
            return late
        quiet = self._carrier.silence(seconds - late)
        parts.append(quiet)
        return late + self._carrier.seconds(quiet) - seconds


def _excess(take: Take) -> float:
    """Return by how many dB a passage's true peak may be too high."""
    return decibels(take.peak) + _METER_ERROR - TRUE_PEAK
