"""Whether a file holds its score: every sentence in its place, every word of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.proof.bands import COUNT, frames_of, seconds_of
from channels.loudspeaker.proof.hearing import Heard
from channels.loudspeaker.proof.likeness import Directions, Track, directions, shapes
from channels.loudspeaker.proof.score import Passage, Score, Sentence, Word

#: Frames by which a sentence may begin earlier or later than where it is expected: what encoders
#: and decoders add, and rounding.
_NEAR = 8

#: A sentence that is so much alike is that sentence. Measured: docs/proof-listening.md.
SENTENCE_HEARD = 0.8

#: A word that is so much alike was said. Measured: docs/proof-listening.md.
WORD_HEARD = 0.72

#: A word of fewer audible frames is judged with its surroundings.
_FEWEST = 4

#: Sentences whose directions are kept, so that a long item takes no more memory than a short one.
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Found:
    """A passage in the file. ``at`` is the frame at which it begins; None: it is not there.

    ``expected`` is the frame at which it should begin after what was found before it. ``words``
    are its words' likenesses; those of a sentence that was not found are what was heard where
    it should be.
    """

    passage: Passage
    expected: int
    at: int | None
    alike: float
    words: tuple[float, ...]

    @property
    def unheard(self) -> Iterator[tuple[Word, float]]:
        """Yield each word that was not heard, and its moment in seconds."""
        begin = self.expected if self.at is None else self.at
        for word, alike in zip(self.passage.sentence.words, self.words, strict=True):
            if alike < WORD_HEARD:
                yield word, seconds_of(begin + word.start)


class Matcher:
    """A file, and the score that it is held against."""

    def __init__(self, heard: Heard, score: Score) -> None:
        shaped = shapes(heard.bands)
        self.track = Track(directions(shaped, _mean(shaped, heard.sounding())))
        self._score = score
        self._colour = _colour(score)
        self._kept: OrderedDict[int, Directions] = OrderedDict()

    def wanted(self, sentence: Sentence) -> Directions:
        """Return a sentence's directions; frames that are not audible count for nothing."""
        kept = self._kept.get(id(sentence))
        if kept is None:
            kept = directions(shapes(sentence.bands), self._colour)
            kept *= sentence.audible[:, None]
            self._kept[id(sentence)] = kept
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept

    def match(self, reach: float = 0.0) -> tuple[Found, ...]:
        """Look for every passage in turn, each where the ones before it put it.

        ``reach``: so many seconds around its place it is looked for when it is not there.
        """
        found: list[Found] = []
        shift = 0
        for passage in self._score.passages:
            one = self._found(passage, frames_of(passage.start) + shift, frames_of(reach))
            if one.at is not None:
                shift = one.at - frames_of(passage.start)
            found.append(one)
        return tuple(found)

    def follow(self) -> tuple[Found, ...]:
        """Look for every passage after the one before it, however far; more may be said."""
        found: list[Found] = []
        begin = 0
        for passage in self._score.passages:
            sentence = passage.sentence
            enough = SENTENCE_HEARD * _audible(sentence)
            at = self.track.next_from(self.wanted(sentence), begin, enough)
            one = self._found(passage, begin if at is None else at, 0)
            if one.at is not None:
                begin = one.at + len(sentence.bands)
            found.append(one)
        return tuple(found)

    def _found(self, passage: Passage, expected: int, reach: int) -> Found:
        sentence = passage.sentence
        wanted, audible = self.wanted(sentence), _audible(sentence)
        at, total = self.track.best(wanted, expected - _NEAR, expected + _NEAR)
        if total < SENTENCE_HEARD * audible and reach > _NEAR:
            far, more = self.track.best_anywhere(wanted, expected - reach, expected + reach)
            if more >= SENTENCE_HEARD * audible:
                at, total = far, more
        alike = total / audible
        words = words_alike(self.track.frames_alike(wanted, at), sentence)
        if alike < SENTENCE_HEARD and not _most(words):
            return Found(passage, expected, None, alike, words)
        return Found(passage, expected, at, alike, words)


def _audible(sentence: Sentence) -> int:
    return max(1, int(sentence.audible.sum()))


def _most(words: tuple[float, ...]) -> bool:
    """Say whether most words of a sentence are heard: then it is there, and some are missing."""
    return sum(word >= WORD_HEARD for word in words) * 2 > len(words)


def words_alike(frames: npt.NDArray[np.float32], sentence: Sentence) -> tuple[float, ...]:
    """Return how alike each word of a sentence is, over its audible frames."""
    likeness = np.concatenate([[0.0], np.cumsum(frames, dtype=np.float64)])
    audible = np.concatenate([[0], np.cumsum(sentence.audible)])
    return tuple(_alike(word, likeness, audible) for word in sentence.words)


def _alike(word: Word, likeness: npt.NDArray[np.float64], audible: npt.NDArray[np.int64]) -> float:
    start, end, last = word.start, word.end, len(audible) - 1
    while audible[min(end, last)] - audible[start] < _FEWEST and (start > 0 or end < last):
        start, end = max(0, start - 1), min(last, end + 1)
    end = min(end, last)
    count = int(audible[end] - audible[start])
    return float(likeness[end] - likeness[start]) / count if count else 0.0


def _colour(score: Score) -> Directions:
    """Return the mean of all audible frames of a score's distinct sentences."""
    total, count = np.zeros(COUNT, dtype=np.float32), 0
    for sentence in {id(one.sentence): one.sentence for one in score.passages}.values():
        total += shapes(sentence.bands)[sentence.audible].sum(axis=0)
        count += int(sentence.audible.sum())
    return total / np.float32(max(1, count))


def _mean(shaped: Directions, chosen: npt.NDArray[np.bool_]) -> Directions:
    """Return the mean of the chosen frames; of no frame, no colour."""
    count = int(np.count_nonzero(chosen))
    mean: Directions = chosen.astype(np.float32) @ shaped / np.float32(max(1, count))
    return mean
