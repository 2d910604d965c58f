"""Music that a station brings: before a voice, and under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from channels.loudspeaker.audio.decoding import unfit
from channels.loudspeaker.audio.meter import amplitude, measure
from channels.loudspeaker.audio.pcm import RATE, Passage, Samples, silence
from channels.loudspeaker.audio.recording import examine, whole
from channels.loudspeaker.audio.terms import AROUND_VOICE, CHIME_PAUSE
from engine.i18n import gettext as _

#: Seconds that a jingle may last: it is heard at the beginning of every programme.
_LONGEST = 60

#: LU by which the bed lies below the voice: it is heard in the pauses and covers no word.
_BELOW = 16.0

#: Seconds in which the bed fades in and out.
_FADE = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class _Mixed:
    samples: Samples

    def __call__(self) -> Iterator[Samples]:
        yield self.samples


def jingle(path: Path) -> Passage:
    """Return a station's own recording, which begins a programme.

    Raises ChannelError when it cannot air (``examine``), or is longer than a minute.
    """
    take = examine(path).take
    if take.seconds > _LONGEST:
        message = _("the jingle lasts {seconds} seconds; at most {limit} are allowed")
        raise unfit(message.format(seconds=round(take.seconds), limit=_LONGEST))
    return Passage(take, pause=CHIME_PAUSE)


def over_bed(voice: Sequence[Passage], path: Path) -> Passage:
    """Return a voice of some seconds over music, again from its beginning where it is too short.

    Raises ChannelError when the music cannot be read.
    """
    said = np.concatenate([silence(AROUND_VOICE), *_parts(voice), silence(AROUND_VOICE)])
    under = np.resize(_beginning(path, len(said)), len(said))
    level = measure([said]).loudness - _BELOW - measure([under]).loudness
    mixed = said + under * _fades(len(under)) * np.float32(amplitude(level))
    return Passage(_Mixed(mixed.astype(np.float32)))


def _beginning(path: Path, length: int) -> Samples:
    """Return as much of a sound file as is needed."""
    found: list[Samples] = []
    for block in whole(path):
        found.append(block)
        if sum(map(len, found)) >= length:
            break
    return np.concatenate(found)[:length]


def _parts(voice: Sequence[Passage]) -> Iterator[Samples]:
    for passage in voice:
        yield silence(passage.before)
        yield from passage.blocks()
        yield silence(passage.pause)


def _fades(length: int) -> Samples:
    from_end = np.minimum(np.arange(length), np.arange(length)[::-1]) / (_FADE * RATE)
    return np.minimum(1.0, from_end).astype(np.float32)
