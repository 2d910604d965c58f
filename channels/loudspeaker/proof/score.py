"""What a file should hold: its sentences in order, each with its sound and its words' places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.audio.pcm import Pcm
from channels.loudspeaker.proof.bands import NOTHING, Bands, bands_of, frames_of, levels
from channels.loudspeaker.spoken import count_syllables

#: dB below a sentence's loudest frame at which the rest of it no longer counts.
_AUDIBLE = 35.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence, and the frames of the sentence in which it is said."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Sentence:
    """A sentence as its voice says it. ``audible`` says of each frame whether it counts."""

    text: str
    bands: Bands
    audible: npt.NDArray[np.bool_]
    words: tuple[Word, ...]
    seconds: float

    @classmethod
    def of(cls, text: str, sound: Pcm, places: Sequence[tuple[str, float]] = ()) -> Sentence:
        """Build a sentence; ``places`` are its words with their beginnings, in seconds.

        Without places the words are laid out by their syllables over what is audible.
        """
        samples = sound.samples.astype(np.float32) / np.float32(32_768)
        bands = bands_of(samples, sound.rate)
        found = levels(bands)
        audible = found > max(found.max(initial=NOTHING) - _AUDIBLE, NOTHING)
        heard = np.flatnonzero(audible)
        first, last = (int(heard[0]), int(heard[-1]) + 1) if len(heard) else (0, len(bands))
        words = _placed(places, last) if places else _spread(text, first, last)
        return cls(text, bands, audible, tuple(words), len(samples) / sound.rate)

    @property
    def syllables(self) -> int:
        return count_syllables(self.text)

    @property
    def speaking(self) -> float:
        """Frames from the first audible one to the last."""
        heard = np.flatnonzero(self.audible)
        return float(heard[-1] + 1 - heard[0]) if len(heard) else 0.0


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence in its place: ``start`` in seconds from the beginning, ``pause`` after it."""

    sentence: Sentence
    start: float
    pause: float


@dataclass(frozen=True, slots=True)
class Score:
    """All that a file should hold, and how long it should last, in seconds."""

    passages: tuple[Passage, ...]
    seconds: float

    @property
    def words(self) -> int:
        return sum(len(passage.sentence.words) for passage in self.passages)

    @property
    def longest_pause(self) -> float:
        return max((passage.pause for passage in self.passages), default=0.0)


def score_of(
    lines: Sequence[tuple[str, float]], sentences: Mapping[str, Sentence], margin: float
) -> Score:
    """Lay out ``lines``, each a sentence and the pause after it, with a ``margin`` around."""
    passages: list[Passage] = []
    at = margin
    for text, pause in lines:
        passages.append(Passage(sentences[text], at, pause))
        at += sentences[text].seconds + pause
    return Score(tuple(passages), at + margin)


def words_of(text: str) -> list[str]:
    """Return the words of a spoken text: what stands between blanks and has a letter."""
    return [word for word in text.split() if any(map(str.isalpha, word))]


def bare_words(text: str) -> list[str]:
    """Return the words of a spoken text without punctuation or capitals."""
    return re.sub(r"[^\w\s]|_", " ", text.lower()).split()


def _placed(places: Sequence[tuple[str, float]], last: int) -> Iterator[Word]:
    starts = [frames_of(start) for _text, start in places]
    for (text, _start), begin, end in zip(places, starts, [*starts[1:], last], strict=True):
        yield Word(text, min(begin, last), max(end, min(begin, last) + 1))


def _spread(text: str, first: int, last: int) -> Iterator[Word]:
    words = words_of(text)
    weights = [max(1, count_syllables(word)) for word in words]
    edges = np.cumsum([0, *weights]) * ((last - first) / max(1, sum(weights))) + first
    for word, begin, end in zip(words, edges[:-1], edges[1:], strict=True):
        yield Word(word.strip(".,;:!?…"), int(begin), max(int(end), int(begin) + 1))
