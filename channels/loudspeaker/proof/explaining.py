"""Where a file does not hold its score: which words are missing, and what happened to the rest.

Slower than matching, and asked only about what was not found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from channels.loudspeaker.proof.bands import frames_of, seconds_of
from channels.loudspeaker.proof.faults import Fault, Kind
from channels.loudspeaker.proof.likeness import Directions, Track
from channels.loudspeaker.proof.matching import SENTENCE_HEARD, WORD_HEARD, Found, Matcher
from channels.loudspeaker.proof.score import Word

#: Seconds around its place in which a word is looked for.
REACH = 5.0

#: What a jump within a sentence costs, in words that are not heard, and the share of a word by
#: which the next one may overlap it.
_JUMP, _OVERLAP = 0.7, 0.8

#: A file in which a larger share of words is not heard holds something else.
_OTHER_TEXT = 0.6

#: A sentence of which a smaller share of words is heard is missing as a whole.
_HARDLY = 0.4

#: Seconds within which two sentences are found at one place.
_SAME_PLACE = 0.5

#: Seconds by which a pause may miss what it should be.
PAUSE_OFF = 0.15

#: Sentences that are explained one by one.
_MOST = 12


def explain(matcher: Matcher, found: Sequence[Found], *, pauses: bool) -> Iterator[Fault]:
    """Yield what is wrong with what was found; ``pauses``: their lengths count as well."""
    missing = [one for one in found if one.at is None]
    elsewhere = _places(matcher, missing[: 2 * _MOST], found)
    broken = [one for one in found if one.at is None or any(one.unheard)]
    closer = {
        id(one): _closer(matcher, one) for one in broken[:_MOST] if elsewhere.get(id(one)) is None
    }
    words = sum(len(one.words) for one in found)
    lost = sum(_lost(closer.get(id(one), one)) for one in found if elsewhere.get(id(one)) is None)
    if lost > words * _OTHER_TEXT:
        yield Fault(Kind.OTHER_TEXT, found=words - lost, allowed=words)
        return
    faults: list[Fault] = []
    shifted: list[Fault] = []
    turned = _out_of_order(found, elsewhere)
    for one in broken[:_MOST]:
        place = elsewhere.get(id(one))
        if place is None:
            faults += _gone(closer[id(one)])
        else:
            begins, text = seconds_of(one.expected), one.passage.sentence.text
            misplaced = Fault(Kind.MISPLACED, begins, text, found=seconds_of(place))
            (faults if id(one) in turned else shifted).append(misplaced)
    # What is missing moves all that follows; only with nothing missing is that the fault.
    faults = faults or shifted
    if pauses:
        faults += _moved([closer.get(id(one), one) for one in found])
        # Every word is there, but not where it should be.
        faults = faults or [fault for one in broken[:_MOST] for fault in _gone(one)]
    yield from faults


def _lost(one: Found) -> int:
    return sum(alike < WORD_HEARD for alike in one.words)


def _gone(one: Found) -> Iterator[Fault]:
    """Yield a fault for each run of words that were not heard, one if hardly any were."""
    words = one.passage.sentence.words
    if one.at is None and len(words) - _lost(one) < len(words) * _HARDLY:
        begins, text = seconds_of(one.expected), one.passage.sentence.text
        yield Fault(Kind.MISSING, begins, text, len(words))
        return
    run: list[tuple[Word, float]] = []
    unheard = {id(word): at for word, at in one.unheard}
    for word in one.passage.sentence.words:
        if id(word) in unheard:
            run.append((word, unheard[id(word)]))
        elif run:
            yield _run(run)
            run = []
    if run:
        yield _run(run)


def _run(run: Sequence[tuple[Word, float]]) -> Fault:
    return Fault(Kind.MISSING, run[0][1], " ".join(word.text for word, _at in run), len(run))


def _moved(found: Sequence[Found]) -> Iterator[Fault]:
    """Yield pauses that are longer or shorter than they should be, unless words are missing."""
    whole = True
    for one in found:
        here = one.at is not None and not any(one.unheard)
        if here and whole and one.at is not None:
            off = seconds_of(one.at - one.expected)
            if abs(off) > PAUSE_OFF:
                text = one.passage.sentence.text
                yield Fault(Kind.PAUSE, seconds_of(one.at), text, found=off)
        whole = here


def _out_of_order(found: Sequence[Found], elsewhere: Mapping[int, int | None]) -> set[int]:
    """Return the ids of those sentences that are said after a later or before an earlier one."""
    placed = [(id(one), elsewhere.get(id(one)) if one.at is None else one.at) for one in found]
    said = [(key, place) for key, place in placed if place is not None]
    turned: set[int] = set()
    for order, sign in ((said, 1), (said[::-1], -1)):
        furthest = -np.inf
        for key, place in order:
            if sign * place < furthest:
                turned.add(key)
            furthest = max(furthest, sign * place)
    return turned


def _places(
    matcher: Matcher, missing: Sequence[Found], found: Sequence[Found]
) -> dict[int, int | None]:
    """Return by identity the frame at which each sentence that is not in its place is said.

    None where it is nowhere, or only where the same sentence is said another time, as its own.
    """
    taken = [(one.passage.sentence.text, one.at) for one in found if one.at is not None]
    places: dict[int, int | None] = {}
    shift = 0
    for one in missing:
        place = _nearest(matcher, one, one.expected + shift)
        text, near = one.passage.sentence.text, frames_of(_SAME_PLACE)
        if place is not None and any(
            text == other and abs(place - at) < near for other, at in taken
        ):
            place = None
        places[id(one)] = place
        if place is not None:
            taken.append((text, place))
            shift = place - one.expected
    return places


def _nearest(matcher: Matcher, one: Found, around: int) -> int | None:
    """Return the place nearest to a frame at which a sentence is said, if it is anywhere."""
    wanted = matcher.wanted(one.passage.sentence)
    enough = SENTENCE_HEARD * max(1, int(one.passage.sentence.audible.sum()))
    reach, length = frames_of(REACH), len(matcher.track)
    while True:
        at, total = matcher.track.best_anywhere(wanted, around - reach, around + reach)
        if total >= enough:
            return at
        if around - reach <= 0 and around + reach >= length:
            return None
        reach *= 2


def _closer(matcher: Matcher, one: Found) -> Found:
    """Look for each word by itself, in order, where the others are.

    The most likely way through: each word has a place near its own, and a change from one
    word's shift to the next costs (Viterbi's algorithm).
    """
    sentence = one.passage.sentence
    if not sentence.words:
        return one
    base = one.expected if one.at is None else one.at
    reach = frames_of(REACH)
    wanted = matcher.wanted(sentence)
    likeness = np.stack(
        [
            _alike_around(matcher.track, _part(wanted, word), base + word.start, reach)
            for word in sentence.words
        ]
    )
    starts = np.array([word.start for word in sentence.words])
    lengths = np.array([word.end - word.start for word in sentence.words])
    chosen = _path(likeness, (np.diff(starts) - lengths[:-1] * (1 - _OVERLAP)).astype(int))
    alike = tuple(float(row[shift]) for row, shift in zip(likeness, chosen, strict=True))
    heard = sum(value >= WORD_HEARD for value in alike)
    if heard * 2 <= len(alike):
        return replace(one, at=None, words=alike)
    first = next(n for n, value in enumerate(alike) if value >= WORD_HEARD)
    return replace(one, at=base + int(chosen[first]) - reach, words=alike)


def _part(wanted: Directions, word: Word) -> Directions:
    """Return a word's directions, with a little of its surroundings where it is very short."""
    more = max(0, 12 - (word.end - word.start)) // 2
    return wanted[max(0, word.start - more) : word.end + more]


def _alike_around(track: Track, wanted: Directions, at: int, reach: int) -> npt.NDArray[np.float64]:
    """Return a word's likeness at each frame from ``at`` - ``reach`` to ``at`` + ``reach``."""
    count, length = 2 * reach + 1, len(wanted)
    stretch = np.zeros((count + length, wanted.shape[1]), dtype=np.float32)
    start, end = max(0, at - reach), min(len(track), at - reach + len(stretch))
    if start < end:
        stretch[start - at + reach : end - at + reach] = track.directions[start:end]
    products = np.ascontiguousarray(stretch @ wanted.T)
    # The sum of a diagonal: the word's frames laid on as many frames of the file.
    step = products.strides[1]
    diagonals = np.lib.stride_tricks.as_strided(
        products, (count, length), (length * step, (length + 1) * step)
    )
    audible = np.count_nonzero(np.einsum("ij,ij->i", wanted, wanted))
    found: npt.NDArray[np.float64] = diagonals.sum(axis=1, dtype=np.float64) / max(1, audible)
    return found


def _path(likeness: npt.NDArray[np.float64], room: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the column chosen in each row, so that rows are alike and columns change seldom.

    ``room``: by so many columns a row's column may at most lie before that of the row above:
    words keep their order.
    """
    rows, columns = likeness.shape
    stays = np.arange(columns)
    came_from = np.zeros((rows, columns), dtype=np.int64)
    value = likeness[0]
    for row in range(1, rows):
        leaders = _leaders(value)[np.minimum(stays + room[row - 1], columns - 1)]
        jumped = value[leaders] - _JUMP
        came_from[row] = np.where(jumped > value, leaders, stays)
        value = np.maximum(value, jumped) + likeness[row]
    chosen = np.zeros(rows, dtype=np.int64)
    chosen[-1] = int(np.argmax(value))
    for row in range(rows - 1, 0, -1):
        chosen[row - 1] = came_from[row, chosen[row]]
    return chosen


def _leaders(value: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return for each place the place of the largest value up to it."""
    highest = np.maximum.accumulate(value)
    places: npt.NDArray[np.int64] = np.maximum.accumulate(
        np.where(value >= highest, np.arange(len(value)), 0)
    )
    return places
