"""Listening to a file that is there already, against a text that somebody names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from channels.base import ChannelError
from channels.loudspeaker.audio.terms import Tags
from channels.loudspeaker.inputs import RecordingInputs, SpeechInputs
from channels.loudspeaker.proof.explaining import REACH
from channels.loudspeaker.proof.faults import Fault, Kind
from channels.loudspeaker.proof.hearing import Heard, hear
from channels.loudspeaker.proof.judging import UNMASTERED, Judgement, figures, flaws, judge
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.proof.loudness import Loudness, loudness_of
from channels.loudspeaker.proof.matching import WORD_HEARD, Matcher
from channels.loudspeaker.proof.opening import opened
from channels.loudspeaker.proof.proving import WITNESSED, Prover, Said
from channels.loudspeaker.proof.recogniser import is_installed
from channels.loudspeaker.proof.score import Score, bare_words
from channels.loudspeaker.script import lines_of
from channels.loudspeaker.speech.engine import Choice
from channels.loudspeaker.spoken import Region
from channels.loudspeaker.studio import Studio
from engine.i18n import gettext as _

#: espeak-ng's voices that a file may be spoken by, when nobody says by which.
_VOICES = ("vi-vn-x-south", "vi", "vi-vn-x-central")

#: LU by which a file may miss the loudness that it was made for.
_LEVEL_OFF = 1.0

#: A share of words that is enough to look no further for another voice.
_SURE = 0.8

#: A smaller share says that it is another voice: then only speech recognition can tell.
_STRANGE = 0.2

#: How often a text may be said in one file, besides once.
_TIMES = (3, 2)


@dataclass(frozen=True, eq=False)
class Sound:
    """A file that was heard, whatever it says."""

    path: Path
    heard: Heard
    loudness: Loudness

    def part(self, begin: float, end: float) -> Sound:
        """Return what is heard between two moments, in seconds; as loud as all of it."""
        return replace(self, heard=self.heard.part(begin, end))


class Listener:
    """Hears files with the station's own voices. ``voice`` is espeak-ng's that is set."""

    def __init__(
        self, studio: Studio, prover: Prover, limits: ProofLimits, *, voice: str, region: Region
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
        faults = tuple(flaws(sound.heard, self._limits.silence, highest=UNMASTERED))
        return Judgement(faults, self._with_level(figures(sound.heard), sound))

    def against(
        self, sound: Sound, wanted: Sequence[SpeechInputs | RecordingInputs]
    ) -> tuple[int, Judgement]:
        """Judge a sound by that of several items which it is most like; return which and how.

        Its pauses and its length count as well. Raises ChannelError.
        """
        spoken = [one for one in wanted if isinstance(one, SpeechInputs)]
        if len(spoken) < len(wanted):
            faults = (*flaws(sound.heard, self._limits.silence), *_level(sound, wanted[0]))
            return 0, Judgement(faults, self._with_level(figures(sound.heard), sound))
        scores = [self._score(one) for one in spoken]
        shares = [_share_heard(sound.heard, score, exact=True) for score in scores]
        best = max(range(len(scores)), key=shares.__getitem__)
        judgement = self._judged(sound, scores[best], exact=True)
        faults = (*judgement.faults, *_level(sound, spoken[best]))
        return best, replace(judgement, faults=faults)

    def against_text(self, sound: Sound, text: str) -> Judgement:
        """Judge a sound by a written text, as often as it seems to be said, whoever says it.

        Pauses may be of any length, and there may be more than the text. Raises ChannelError.
        """
        lines = lines_of(text, self._region)
        if not lines:
            raise ChannelError(_("There is nothing to say in this text."), permanent=True)
        tags = Tags("", "", "", "")
        inputs = SpeechInputs(lines, (), 0.0, 1, tags)
        best, most = None, -1.0
        for voice in dict.fromkeys((self._voice, *_VOICES)):
            score = self._score(_by(inputs, voice))
            share = _share_heard(sound.heard, score, exact=False)
            if share > most:
                best, most = voice, share
            if share >= _SURE:
                break
        assert best is not None
        if most < _STRANGE and is_installed():
            return self._recognised(
                sound, [word for line in lines for word in bare_words(line.text)]
            )
        score = self._as_often(sound, _by(inputs, best))
        return self._judged(sound, score, exact=False)

    def _recognised(self, sound: Sound, words: list[str]) -> Judgement:
        """Judge a voice that Loa does not have, a person's, by what speech recognition hears."""
        alone = self.alone(sound)
        share, misheard = self._prover.recognised(sound.path, words)
        return replace(
            alone, faults=(*alone.faults, *misheard), figures={**alone.figures, "misheard": share}
        )

    def _as_often(self, sound: Sound, inputs: SpeechInputs) -> Score:
        """Return the score with as many readings as are there."""
        for times in _TIMES:
            score = self._score(replace(inputs, repeat=times))
            if _share_heard(sound.heard, score, exact=False) >= _SURE:
                return score
        return self._score(inputs)

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


def _by(inputs: SpeechInputs, voice: str) -> SpeechInputs:
    return replace(inputs, voices=(Choice(WITNESSED, voice),))


def _level(sound: Sound, inputs: SpeechInputs | RecordingInputs) -> Iterator[Fault]:
    """Yield a fault when a sound is not as loud as it should have been made."""
    found = sound.loudness.integrated
    if abs(found - inputs.loudness) > _LEVEL_OFF:
        yield Fault(Kind.LEVEL, found=found, allowed=inputs.loudness)


def _share_heard(heard: Heard, score: Score, *, exact: bool) -> float:
    """Return the share of a score's words that are in their place."""
    if not heard.sounding().any():
        return 0.0
    matcher = Matcher(heard, score)
    found = matcher.match(REACH) if exact else matcher.follow()
    alike: Iterable[float] = (word for one in found if one.at is not None for word in one.words)
    return sum(word >= WORD_HEARD for word in alike) / max(1, score.words)
