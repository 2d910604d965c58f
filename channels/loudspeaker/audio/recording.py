"""Sound files that people bring: checked before they may air, and cut to what is said."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from channels.loudspeaker.audio.decoding import broken, opened, unfit
from channels.loudspeaker.audio.hearing import SHORTEST, Heard, listen
from channels.loudspeaker.audio.pcm import RATE, Samples, resampled
from channels.loudspeaker.audio.terms import MAX_SECONDS
from engine.i18n import gettext as _

#: A file that was cut short ends before its header says; MP3 headers may be off by a few frames.
_MISSING = 0.02

#: LUFS: speech is recorded at -30 to -16; below the first, noise would be as loud as the voice.
_TOO_QUIET, _QUIET = -50.0, -40.0

#: Shares of the audible sound that may be cut off at the top: more is painful to hear from a
#: horn; from the second on, people are told.
_TOO_CLIPPED, _CLIPPED = 0.20, 0.05

#: Seconds. A longer silence within means that the recorder stopped or somebody went away; a
#: shorter one down to the second is shortened to the third.
_TOO_LONG_SILENCE, _LONG_SILENCE, _SHORTENED = 10.0, 2.5, 1.5

#: Seconds of silence that stay before and after what is said, and of a fade where it was cut.
_KEPT, _FADE = 0.15, 0.005

#: Seconds cut off from which people are told.
_WORTH_TELLING = 2.0


@dataclass(frozen=True, slots=True)
class Take:
    """``Passage.blocks`` of a recording: the ``parts`` of it, in samples at RATE, that air."""

    path: Path
    parts: tuple[tuple[int, int], ...]

    def __call__(self) -> Iterator[Samples]:
        at, parts = 0, list(self.parts)
        for block in whole(self.path):
            while parts and parts[0][0] < at + len(block):
                begin, end = parts[0]
                piece = block[max(0, begin - at) : end - at].copy()
                _fade(piece, at + max(0, begin - at) - begin, end - begin)
                yield piece
                if end > at + len(block):
                    break
                parts.pop(0)
            at += len(block)

    @property
    def seconds(self) -> float:
        return sum(end - begin for begin, end in self.parts) / RATE


@dataclass(frozen=True, slots=True)
class Examined:
    """A recording that may air; ``remarks`` say in words what was done to it, or is poor."""

    take: Take
    remarks: tuple[str, ...]


def examine(path: Path) -> Examined:
    """Hear a recording out, and cut the silence around it.

    Raises ChannelError, permanent when it must not air: no sound file or another kind, broken,
    cut short, silent, too short, too long, too quiet, clipped, or silent for long within;
    temporary when the disk cannot be read.
    """
    heard = listen(whole(path))
    if heard.length < SHORTEST * RATE:
        raise unfit(_("the recording is too short: there is nothing to hear in it"))
    if math.isinf(heard.loudness):
        raise unfit(_("the recording is silent"))
    if heard.loudness < _TOO_QUIET:
        message = _(
            "the recording is too quiet ({level} LUFS): record it again, nearer to the microphone"
        )
        raise unfit(message.format(level=round(heard.loudness)))
    if heard.clipped > _TOO_CLIPPED:
        message = _(
            "the recording is distorted: {percent} percent of it is louder than the recorder could "
            "take; record it again, further from the microphone"
        )
        raise unfit(message.format(percent=round(100 * heard.clipped)))
    take = Take(path, tuple(_parts(heard)))
    return Examined(take, tuple(_remarks(heard, take)))


def whole(path: Path) -> Iterator[Samples]:
    """Yield a sound file as mono at RATE, in stretches.

    Raises ChannelError: permanent when it is empty, of another kind, broken, cut short or
    longer than MAX_SECONDS; temporary when the disk cannot be read. Only an OGG that was cut
    short cannot be told from a shorter one.
    """
    with opened(path) as sound:
        frames = 0

        def counted() -> Iterator[Samples]:
            nonlocal frames
            for block in sound.blocks:
                frames += len(block)
                if frames > MAX_SECONDS * sound.rate:
                    message = _("the recording is longer than {minutes} minutes")
                    raise unfit(message.format(minutes=MAX_SECONDS // 60))
                if not np.isfinite(block).all():
                    raise broken()
                yield block

        yield from resampled(counted(), sound.rate, RATE)
        if frames == 0:
            raise unfit(_("the recording is empty"))
        if frames < sound.claimed * (1 - _MISSING):
            raise broken()


def read_recording(path: Path) -> Samples:
    """Return a whole sound file as mono at RATE. Raises what ``whole`` raises."""
    return np.concatenate(list(whole(path)))


def _parts(heard: Heard) -> Iterator[tuple[int, int]]:
    """Yield what airs: all but the silence around it, and the long silences within."""
    kept, shortened = round(_KEPT * RATE), round(_SHORTENED * RATE)
    begin, end = 0, heard.length
    cuts: list[tuple[int, int]] = []
    for first, last in heard.silences():
        if first == 0:
            begin = max(0, last - kept)
        elif last == heard.length:
            end = min(heard.length, first + kept)
        elif last - first > _TOO_LONG_SILENCE * RATE:
            message = _(
                "the recording is silent for {seconds} seconds, from {begin} on: "
                "did the recorder stop? Cut it out, or record it again"
            )
            seconds = round((last - first) / RATE)
            raise unfit(message.format(seconds=seconds, begin=_clock(first / RATE)))
        elif last - first > _LONG_SILENCE * RATE:
            cuts.append((first + shortened // 2, last - shortened // 2))
    edges = [begin, *(edge for cut in cuts for edge in cut), end]
    return ((first, last) for first, last in list(pairwise(edges))[::2])


def _remarks(heard: Heard, take: Take) -> Iterator[str]:
    cut = heard.length / RATE - take.seconds
    if cut >= _WORTH_TELLING:
        message = _("the recording: {seconds} seconds of silence were cut out")
        yield message.format(seconds=round(cut))
    if heard.clipped > _CLIPPED:
        message = _("the recording: {percent} percent of it is distorted, recorded too loud")
        yield message.format(percent=round(100 * heard.clipped))
    if heard.loudness < _QUIET:
        message = _("the recording is very quiet ({level} LUFS): listen whether it is clear")
        yield message.format(level=round(heard.loudness))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _fade(piece: Samples, first: int, length: int) -> None:
    """Fade in and out, in place; ``piece`` begins at sample ``first`` of a part of ``length``."""
    fade = round(_FADE * RATE)
    where = np.arange(first, first + len(piece), dtype=np.float32)
    if first < fade or first + len(piece) > length - fade:
        ramp = np.minimum(where, length - 1 - where) / fade
        piece *= np.clip(ramp, 0.0, 1.0).astype(np.float32)
