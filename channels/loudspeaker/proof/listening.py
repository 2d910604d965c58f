"""Listening to a file that is there already, against a text that somebody names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from channels.base import ChannelError
from channels.loudspeaker.audio.terms import Tags
from channels.loudspeaker.inputs import RecordingInputs, SpeechInputs
from channels.loudspeaker.proof.hearing import Heard, hear
from channels.loudspeaker.proof.judging import Judgement, figures, flaws, judge
from channels.loudspeaker.proof.limits import Limits
from channels.loudspeaker.proof.loudness import Loudness, loudness_of
from channels.loudspeaker.proof.matching import WORD_HEARD, Matcher
from channels.loudspeaker.proof.opening import opened
from channels.loudspeaker.proof.proving import Prover, Said
from channels.loudspeaker.proof.score import Score
from channels.loudspeaker.script import lines_of
from channels.loudspeaker.spoken import Region
from channels.loudspeaker.studio import FALLBACK, Studio
from engine.i18n import gettext as _

#: espeak-ng's voices that a file may be spoken by, when nobody says by which.
_VOICES = ("vi-vn-x-south", "vi", "vi-vn-x-central")

#: A share of words that is enough to look no further for another voice.
_SURE = 0.8

#: How often a text may be said in one file.
_TIMES = (1, 2, 3)


@dataclass(frozen=True, eq=False)
class Sound:
    """A file that was heard, whatever it says."""

    path: Path
    heard: Heard
    loudness: Loudness


class Listener:
    """Hears files with the station's own voices. ``voice`` is the one that is set."""

    def __init__(
        self, studio: Studio, prover: Prover, limits: Limits, *, voice: str, region: Region
    ) -> None:
        self._studio = studio
        self._prover = prover
        self._limits = limits
        self._voice = voice
        self._region = region

    def sound(self, path: Path) -> Sound:
        """Hear a file. Raises ChannelError when it is no sound file that can be read."""
        with opened(path) as (rate, blocks):
            heard = hear(blocks, rate)
        with opened(path) as (rate, blocks):
            return Sound(path, heard, loudness_of(blocks, rate))

    def alone(self, sound: Sound) -> Judgement:
        """Judge a sound without knowing what it should say."""
        faults = tuple(flaws(sound.heard, self._limits.silence))
        return Judgement(faults, self._with_level(figures(sound.heard), sound))

    def against(
        self, sound: Sound, wanted: Sequence[SpeechInputs | RecordingInputs]
    ) -> tuple[int, Judgement]:
        """Judge a sound by that of several items which it is most like; return which and how.

        Its pauses and its length count as well. Raises ChannelError.
        """
        if any(isinstance(one, RecordingInputs) for one in wanted):
            return 0, self.alone(sound)
        scores = [self._score(one) for one in wanted if isinstance(one, SpeechInputs)]
        best = max(range(len(scores)), key=lambda n: _share_heard(sound.heard, scores[n]))
        return best, self._judged(sound, scores[best], exact=True)

    def against_text(self, sound: Sound, text: str) -> Judgement:
        """Judge a sound by a written text, as often as it seems to be said, whoever says it.

        Pauses may be of any length, and there may be more than the text. Raises ChannelError.
        """
        lines = lines_of(text, self._region)
        if not lines:
            raise ChannelError(_("There is nothing to say in this text."), permanent=True)
        tags = Tags("", "", "", "")
        inputs = SpeechInputs(lines, FALLBACK, self._voice, 0.0, 1, tags)
        best, most = None, -1.0
        for voice in dict.fromkeys((self._voice, *_VOICES)):
            score = self._as_often(sound, replace(inputs, voice=voice))
            share = _share_heard(sound.heard, score)
            if share > most:
                best, most = score, share
            if share >= _SURE:
                break
        assert best is not None
        return self._judged(sound, best, exact=False)

    def _as_often(self, sound: Sound, inputs: SpeechInputs) -> Score:
        """Return the score with as many readings as fit the sound's length."""
        scores = [self._score(replace(inputs, repeat=times)) for times in _TIMES]
        return min(scores, key=lambda score: abs(score.seconds - sound.heard.seconds))

    def _score(self, inputs: SpeechInputs) -> Score:
        said: Said = self._studio.said(inputs)[0]
        return self._prover.score(said)

    def _judged(self, sound: Sound, score: Score, *, exact: bool) -> Judgement:
        judgement = judge(sound.heard, score, self._limits, exact=exact)
        return replace(judgement, figures=self._with_level(judgement.figures, sound))

    @staticmethod
    def _with_level(found: dict[str, float], sound: Sound) -> dict[str, float]:
        level = sound.loudness
        return {**found, "loudness": level.integrated, "true_peak": level.true_peak}


def _share_heard(heard: Heard, score: Score) -> float:
    """Return the share of a score's words that are in their place, pauses of any length."""
    if not heard.sounding().any():
        return 0.0
    alike: Iterable[float] = (
        word for one in Matcher(heard, score).match(5.0) if one.at is not None for word in one.words
    )
    return sum(word >= WORD_HEARD for word in alike) / max(1, score.words)
