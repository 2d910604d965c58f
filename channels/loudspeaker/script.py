"""The script of an item: its sentences as they are said, and the pause after each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from channels.loudspeaker.speech.engine import MAX_SENTENCE
from channels.loudspeaker.spoken import Doubt, Region, count_syllables, speak
from channels.loudspeaker.text import one_line
from engine.models import Content

#: Seconds of silence, as heard outdoors with an echo: within a long sentence, after a
#: sentence, after a line, after the title, and before the item is said again.
CLAUSE_PAUSE = 0.2
SENTENCE_PAUSE = 0.5
LINE_PAUSE = 0.9
TITLE_PAUSE = 1.2
REPEAT_PAUSE = 2.0

#: Seconds of silence around an item, so that a player that fades in cuts no word.
MARGIN = 0.5

_SENTENCE_END = re.compile(r"(?<=[.?!…])\s+")
_CLAUSE_END = re.compile(r"(?<=[,;:])\s+")

#: Seconds that a sentence, a syllable, and a comma within the sentence take (least squares).
_PER_SENTENCE, _PER_SYLLABLE, _PER_CLAUSE = 0.15, 0.32, 0.38

_ENDED = (".", "?", "!", "…", ",", ";", ":")


@dataclass(frozen=True, slots=True)
class Line:
    """One spoken sentence and the seconds of silence after it."""

    text: str
    pause: float


#: Said between one reading and the next.
AGAIN = Line("Xin nhắc lại.", LINE_PAUSE)


@dataclass(frozen=True, slots=True)
class Script:
    """What is said. ``text`` is exactly that, one line per written line, every reading of it.

    ``lines`` are one reading; ``seconds`` estimates how long all readings take.
    """

    text: str
    lines: tuple[Line, ...]
    seconds: float
    doubts: tuple[Doubt, ...] = ()


def script_of(content: Content, pronounce: Mapping[str, str], times: int, region: Region) -> Script:
    """Return title, body and contact as they are said. The same words are worked out once."""
    written = (one_line(content.title), content.body, one_line(content.contact))
    return _script(written, tuple(sorted(pronounce.items())), times, region)


def lines_of(text: str, region: Region) -> tuple[Line, ...]:
    """Return a written text as it is said, without a campaign around it."""
    return tuple(_lines(speak(text, region=region).text, LINE_PAUSE))


def readings(lines: tuple[Line, ...], times: int) -> Iterator[Line]:
    """Yield ``lines`` as often as they are said, with a word between two readings."""
    if not lines:
        return
    ending = replace(lines[-1], pause=REPEAT_PAUSE)
    for _reading in range(times - 1):
        yield from lines[:-1]
        yield ending
        yield AGAIN
    yield from lines


def seconds(lines: Iterable[Line]) -> float:
    """Estimate how long ``lines`` take, without making a sound.

    Fitted to espeak-ng's southern voice at the helper's rate: within 15 % for a sentence and
    5 % for an item of several (tests hold both).
    """
    return 2 * MARGIN + sum(saying(line.text) + line.pause for line in lines)


# Texts of many hamlets differ in a sentence or two; what they share is worked out once.
@lru_cache(maxsize=2_048)
def saying(sentence: str) -> float:
    """Estimate how many seconds a sentence takes."""
    clauses = len(_CLAUSE_END.findall(sentence))
    return _PER_SENTENCE + _PER_SYLLABLE * count_syllables(sentence) + _PER_CLAUSE * clauses


@lru_cache(maxsize=512)
def _script(
    written: tuple[str, str, str],
    pronounce: tuple[tuple[str, str], ...],
    times: int,
    region: Region,
) -> Script:
    title, body, contact = (
        speak(part, region=region, pronounce=dict(pronounce)) for part in written
    )
    lines = (
        *_lines(title.text, TITLE_PAUSE),
        *_lines(body.text, LINE_PAUSE),
        *_lines(contact.text, LINE_PAUSE),
    )
    reading = "\n\n".join(part.text for part in (title, body, contact) if part.text.strip())
    return Script(
        text=f"\n\n{AGAIN.text}\n\n".join([reading] * times),
        lines=lines,
        seconds=seconds(readings(lines, times)) if lines else 0.0,
        doubts=tuple(dict.fromkeys((*title.doubts, *body.doubts, *contact.doubts))),
    )


def _lines(spoken: str, last_pause: float) -> Iterator[Line]:
    for row in spoken.splitlines():
        yield from _row(row, last_pause)


@lru_cache(maxsize=2_048)
def _row(row: str, last_pause: float) -> tuple[Line, ...]:
    lines: list[Line] = []
    sentences = [s for s in _SENTENCE_END.split(row.strip()) if _audible(s)]
    for number, sentence in enumerate(sentences, start=1):
        pause = last_pause if number == len(sentences) else SENTENCE_PAUSE
        *clauses, final = _within_reach(sentence)
        lines += (Line(clause, CLAUSE_PAUSE) for clause in clauses)
        lines.append(Line(final, pause))
    return tuple(lines)


def _audible(sentence: str) -> bool:
    return any(character.isalpha() for character in sentence)


def _within_reach(sentence: str) -> list[str]:
    """Cut a sentence that is too long for an engine: at a comma, else a space, else anywhere."""
    if not sentence.endswith(_ENDED):
        sentence += "."
    pieces: list[str] = []
    for clause in _CLAUSE_END.split(sentence) if len(sentence) > MAX_SENTENCE else [sentence]:
        if pieces and len(pieces[-1]) + 1 + len(clause) <= MAX_SENTENCE:
            pieces[-1] += f" {clause}"
        else:
            pieces += _at_spaces(clause)
    return pieces


def _at_spaces(clause: str) -> Iterator[str]:
    while len(clause) > MAX_SENTENCE:
        cut = clause.rfind(" ", 0, MAX_SENTENCE) + 1 or MAX_SENTENCE
        yield clause[:cut].rstrip()
        clause = clause[cut:]
    if _audible(clause):
        yield clause
