"""Faults planted in finished sound files, as nobody would want them to air."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import soundfile

from channels.loudspeaker.audio.terms import Tags
from channels.loudspeaker.inputs import SpeechInputs
from channels.loudspeaker.proof.bands import seconds_of
from channels.loudspeaker.proof.hearing import hear
from channels.loudspeaker.proof.judging import Judgement, judge
from channels.loudspeaker.proof.limits import ProofLimits
from channels.loudspeaker.proof.opening import opened
from channels.loudspeaker.proof.score import Score, Word
from channels.loudspeaker.script import Line
from channels.loudspeaker.speech.engine import Choice
from channels.loudspeaker.studio import Studio

Samples = npt.NDArray[np.float32]

VOICES = ("vi-vn-x-south", "vi", "vi-vn-x-central")

#: Seconds that an MP3's decoder puts before the first sample.
_DELAY = 1_105 / 44_100


@dataclass(frozen=True, eq=False)
class Made:
    """A finished item: what it should hold, and what a player hears of its MP3."""

    inputs: SpeechInputs
    score: Score
    file: bytes
    samples: Samples
    rate: int

    @classmethod
    def of(cls, studio: Studio, lines: tuple[Line, ...], voice: str, repeat: int = 1) -> Made:
        tags = Tags("Tin", "Xã", "tin", "2026-12-01")
        inputs = SpeechInputs(lines, (Choice("espeak", voice),), -16.0, repeat, tags)
        rendered = studio.speech(inputs)
        score = studio.prover.score(studio.said(inputs)[0])
        samples, rate = soundfile.read(io.BytesIO(rendered.data), dtype="float32")
        return cls(inputs, score, rendered.data, samples, rate)

    def itself(self) -> Judgement:
        """Return how its own MP3 is judged."""
        with opened(self.file) as (rate, blocks):
            return judge(hear(blocks, rate), self.score, ProofLimits())

    def judged(self, samples: Samples) -> Judgement:
        """Return how a sound is judged that stands in this one's place, as an MP3."""
        return replace(self, file=self.as_mp3(samples)).itself()

    def as_mp3(self, samples: Samples) -> bytes:
        """Return a sound of this one's rate as an MP3."""
        file = io.BytesIO()
        soundfile.write(file, samples, self.rate, format="MP3")
        return file.getvalue()

    def at(self, seconds: float) -> int:
        """Return the sample that is heard at a moment."""
        return round((seconds + _DELAY) * self.rate)

    def place(self, random: random.Random) -> tuple[Word, int, int]:
        """Return any word, and its first and last sample."""
        passage = random.choice(self.score.passages)
        word = random.choice(passage.sentence.words)
        begin = passage.start + seconds_of(word.start)
        return word, self.at(begin), self.at(passage.start + seconds_of(word.end))


#: Plants a fault: returns what is heard instead; None where this item offers no place for it.
Plant = Callable[[Made, Studio, random.Random], Samples | None]


def a_word_cut_out(made: Made, _studio: Studio, chance: random.Random) -> Samples:
    _word, begin, end = made.place(chance)
    return np.concatenate([made.samples[:begin], made.samples[end:]])


def a_word_silenced(made: Made, _studio: Studio, chance: random.Random) -> Samples:
    _word, begin, end = made.place(chance)
    silenced = made.samples.copy()
    silenced[begin:end] = 0
    return silenced


def a_word_never_spoken(made: Made, studio: Studio, chance: random.Random) -> Samples | None:
    lines = list(made.inputs.sentences)
    number = chance.randrange(len(lines))
    words = lines[number].text.split()
    words.pop(chance.randrange(len(words)))
    if not any(map(str.isalpha, " ".join(words))):
        return None
    lines[number] = replace(lines[number], text=" ".join(words))
    return _spoken(made, studio, lines)


def a_sentence_left_out(made: Made, studio: Studio, chance: random.Random) -> Samples | None:
    lines = list(made.inputs.sentences)
    lines.pop(chance.randrange(len(lines)))
    return _spoken(made, studio, lines) if lines else None


def neighbours_swapped(made: Made, studio: Studio, chance: random.Random) -> Samples | None:
    lines = list(made.inputs.sentences)
    places = [n for n in range(len(lines) - 1) if lines[n].text != lines[n + 1].text]
    if not places:
        return None
    first = chance.choice(places)
    one, other = lines[first], lines[first + 1]
    lines[first : first + 2] = [
        replace(other, pause=one.pause),
        replace(one, pause=other.pause),
    ]
    return _spoken(made, studio, lines)


def three_seconds_of_silence(made: Made, _studio: Studio, chance: random.Random) -> Samples:
    at = chance.randrange(len(made.samples))
    return np.insert(made.samples, at, np.zeros(3 * made.rate, dtype=np.float32))


def the_last_second_missing(made: Made, _studio: Studio, _chance: random.Random) -> Samples:
    return made.samples[: -made.rate]


def clipped(decibels: float, then: float = 1.0) -> Plant:
    """Return what turns a sound up beyond full scale, and down again by a factor."""

    def plant(made: Made, _studio: Studio, _chance: random.Random) -> Samples:
        gain = np.float32(10 ** (decibels / 20) / np.abs(made.samples).max())
        return np.clip(made.samples * gain, -1, 1) * np.float32(then)

    return plant


def _spoken(made: Made, studio: Studio, lines: list[Line]) -> Samples:
    return Made.of(studio, tuple(lines), made.inputs.voices[0].voice, made.inputs.repeat).samples


#: Every fault by its name.
FAULTS: Mapping[str, Plant] = {
    "a word cut out": a_word_cut_out,
    "a word silenced": a_word_silenced,
    "a word never spoken": a_word_never_spoken,
    "a sentence left out": a_sentence_left_out,
    "two neighbouring sentences swapped": neighbours_swapped,
    "3 s of silence": three_seconds_of_silence,
    "the last second missing": the_last_second_missing,
    "clipped by 6 dB": clipped(6),
    "clipped by 12 dB, then turned down": clipped(12, then=0.5),
}


def items(
    studio: Studio, texts: list[tuple[Line, ...]], seed: int, voices: tuple[str, ...] = VOICES
) -> Iterator[Made]:
    """Yield items without end: a few texts each, any voice, one or two readings."""
    chance = random.Random(seed)
    while True:
        lines = [line for text in chance.sample(texts, chance.randint(1, 5)) for line in text]
        yield Made.of(studio, tuple(lines), chance.choice(voices), chance.choice((1, 1, 2)))
