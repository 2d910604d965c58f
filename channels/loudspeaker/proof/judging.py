"""The judgement of a file: all its faults, and the figures that a person may want to see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from channels.loudspeaker.audio.meter import decibels
from channels.loudspeaker.proof.bands import frames_of, levels, seconds_of
from channels.loudspeaker.proof.explaining import REACH, explain
from channels.loudspeaker.proof.faults import Fault, Kind
from channels.loudspeaker.proof.hearing import Heard
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.proof.matching import Found, Matcher
from channels.loudspeaker.proof.score import Score

#: The largest amplitude of what Loa masters is 0.9 (-1 dBTP). A sound that comes up to full
#: scale was cut off there, or will be by a player.
_HIGHEST, _FULL = 0.95, 0.999

#: A recording that nobody has mastered yet may come up to full scale, and its codec a little
#: higher.
UNMASTERED = 1.2

#: Seconds by which a file may be longer or shorter than its score, for what encoders add, and
#: the share of its length for their rounding.
_DURATION_OFF, _DURATION_SHARE = 0.2, 0.001

#: A pause holds sound when it is so many dB below the loud parts, or louder, for so many seconds.
_EXTRA_BELOW, _EXTRA_SECONDS = 30.0, 0.15

#: Frames after a sentence's last audible one in which it may still ring.
_RINGING = 8

#: Seconds beyond the longest pause that is asked for at which silence is too long.
_SILENCE_MORE = 0.5


@dataclass(frozen=True, eq=False)
class Judgement:
    """What was found. ``figures`` by name: seconds, words, alike, pace, silence.

    ``alike`` is the least likeness of any word, ``pace`` syllables per minute of speech,
    ``silence`` the longest silence in seconds. ``found`` are the passages, where there is text.
    """

    faults: tuple[Fault, ...]
    figures: dict[str, float]
    found: tuple[Found, ...] = ()


def judge(heard: Heard, score: Score, limits: ProofLimits, *, exact: bool = True) -> Judgement:
    """Hold a file against its score. ``exact``: its pauses and length must be the score's."""
    if not heard.sounding().any():
        return Judgement((Fault(Kind.EMPTY),), {"seconds": heard.seconds})
    matcher = Matcher(heard, score)
    found = matcher.match(REACH) if exact else matcher.follow()
    allowed = max(limits.silence, score.longest_pause + _SILENCE_MORE)
    faults = [*flaws(heard, allowed, highest=_HIGHEST if exact else _FULL)]
    said = [*explain(matcher, found, pauses=exact)]
    if not any(fault.kind is Kind.OTHER_TEXT for fault in said):
        said += _extra(heard, found) if exact and not said else ()
        said += duration(heard, score.seconds) if exact and not said else ()
        said += _pace(score, limits)
    faults += said
    return Judgement(tuple(faults), {**figures(heard), **_figures(score, found)}, found)


def flaws(heard: Heard, longest_silence: float, *, highest: float = _HIGHEST) -> Iterator[Fault]:
    """Yield what is wrong with a sound whatever it says: silence, and tops that are cut off.

    ``highest`` is the largest amplitude that it may have.
    """
    if not heard.sounding().any():
        yield Fault(Kind.EMPTY)
        return
    for start, end in heard.silences(longest_silence):
        yield Fault(Kind.SILENCE, start, found=end - start, allowed=longest_silence)
    if heard.squeezed:
        yield Fault(Kind.CLIPPED, heard.squeezed[0], found=float(len(heard.squeezed)))
    elif heard.peak > highest:
        yield Fault(Kind.PEAK, found=decibels(heard.peak), allowed=decibels(highest))


def figures(heard: Heard) -> dict[str, float]:
    """Return the figures of a sound whatever it says."""
    longest = max((end - start for start, end in heard.silences(0.0)), default=0.0)
    return {"seconds": round(heard.seconds, 2), "silence": round(longest, 2)}


def later(fault: Fault, seconds: float) -> Fault:
    """Return a fault of a part that begins so many seconds into the whole."""
    return fault if fault.at is None else replace(fault, at=fault.at + seconds)


def together(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """Return ``one``'s figures with those of what is said in a part of it, ``other``."""
    if "words" not in other:
        return dict(one)
    words = one.get("words", 0.0) + other["words"]
    alike = min(one.get("alike", 1.0), other["alike"])
    return {**one, "pace": other["pace"], "words": words, "alike": alike}


def pace(score: Score) -> float:
    """Return syllables per minute of speech; 0 when nothing is said."""
    syllables = sum(passage.sentence.syllables for passage in score.passages)
    frames = sum(passage.sentence.speaking for passage in score.passages)
    return syllables / seconds_of(frames) * 60 if frames else 0.0


def _figures(score: Score, found: Sequence[Found]) -> dict[str, float]:
    alike = [word for one in found for word in one.words]
    return {
        "words": float(score.words),
        "alike": round(min(alike, default=0.0), 3),
        "pace": round(pace(score), 1),
    }


def _pace(score: Score, limits: ProofLimits) -> Iterator[Fault]:
    found = pace(score)
    if found > limits.fastest:
        yield Fault(Kind.TOO_FAST, found=found, allowed=limits.fastest)
    elif found < limits.slowest:
        yield Fault(Kind.TOO_SLOW, found=found, allowed=limits.slowest)


def duration(heard: Heard, seconds: float) -> Iterator[Fault]:
    """Yield a fault when a sound does not last as long as it should."""
    if abs(heard.seconds - seconds) > _DURATION_OFF + _DURATION_SHARE * seconds:
        yield Fault(Kind.DURATION, found=heard.seconds, allowed=seconds)


def _extra(heard: Heard, found: Sequence[Found]) -> Iterator[Fault]:
    """Yield sound in pauses, before the first sentence and after the last."""
    loud = levels(heard.bands)
    sounding = loud > np.percentile(loud, 95) - _EXTRA_BELOW
    begin = 0
    for one in found:
        if one.at is None:
            return
        audible = np.flatnonzero(one.passage.sentence.audible)
        if len(audible):
            yield from _sounding(sounding, begin, one.at + int(audible[0]) - _RINGING)
            begin = one.at + int(audible[-1]) + _RINGING
    yield from _sounding(sounding, begin, len(sounding))


def _sounding(sounding: np.typing.NDArray[np.bool_], begin: int, end: int) -> Iterator[Fault]:
    frames = int(np.count_nonzero(sounding[max(0, begin) : max(0, end)]))
    if frames > frames_of(_EXTRA_SECONDS):
        first = begin + int(np.flatnonzero(sounding[max(0, begin) : end])[0])
        yield Fault(Kind.EXTRA, seconds_of(first), found=seconds_of(frames))
