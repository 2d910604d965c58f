"""The script of an item: its sentences as they are said, and the pause after each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from channels.loudspeaker.delivery import (
    CLAUSE_END,
    CLAUSE_PAUSE,
    LINE_PAUSE,
    PLAIN,
    REPEAT_PAUSE,
    SENTENCE_PAUSE,
    TITLE_PAUSE,
    Line,
    Reader,
    Style,
    rows_of,
)
from channels.loudspeaker.spoken import Doubt, Region, count_syllables
from channels.loudspeaker.text import one_line
from engine.models import Content, Purpose
from engine.models.drill import LAST_WORDS

__all__ = [
    "AGAIN",
    "CLAUSE_PAUSE",
    "LINE_PAUSE",
    "MARGIN",
    "REPEAT_PAUSE",
    "SENTENCE_PAUSE",
    "TITLE_PAUSE",
    "Line",
    "Script",
    "announced",
    "readings",
    "saying",
    "script_of",
    "seconds",
]

#: Seconds of silence around an item, so that a player that fades in cuts no word.
MARGIN = 0.5

#: Seconds that a sentence, a syllable, and a comma within the sentence take (least squares).
_PER_SENTENCE, _PER_SYLLABLE, _PER_CLAUSE = 0.15, 0.32, 0.38


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


def script_of(
    content: Content,
    pronounce: Mapping[str, str],
    times: int,
    region: Region,
    style: Style = PLAIN,
) -> Script:
    """Return title, body and contact as they are said; a drill says last that it is one.

    A correction says first of all that it is one, and why.

    The same words are worked out once.
    """
    last = f"\n{LAST_WORDS}" if content.drill else ""
    title = one_line(content.title)
    if (first := spoken_opening(content)) is not None:
        title = f"{one_line(first)}\n{title}"
    written = (title, content.body, one_line(content.contact) + last)
    return _script(written, Reader(region, tuple(sorted(pronounce.items())), style), times)


def spoken_opening(content: Content) -> str | None:
    """Return what is said before a correction; None for what corrects nothing.

    What is withdrawn says so itself.
    """
    correction = content.correction
    return (
        None if correction is None or content.purpose is Purpose.WITHDRAWAL else correction.spoken
    )


def announced(text: str, region: Region, style: Style = PLAIN) -> tuple[Line, ...]:
    """Return the lines of an opening or a closing."""
    rows = rows_of(text, Reader(region, (), style))
    return tuple(line for row in rows for line in row.lines)


def lines_of(text: str, region: Region) -> tuple[Line, ...]:
    """Return a written text as it is said, without a campaign around it."""
    return announced(text, region)


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
    return 2 * MARGIN + sum(saying(line.text) / line.pace + line.pause for line in lines)


# Texts of many hamlets differ in a sentence or two; what they share is worked out once.
@lru_cache(maxsize=2_048)
def saying(sentence: str) -> float:
    """Estimate how many seconds a sentence takes at the usual pace."""
    clauses = len(CLAUSE_END.findall(sentence))
    return _PER_SENTENCE + _PER_SYLLABLE * count_syllables(sentence) + _PER_CLAUSE * clauses


@lru_cache(maxsize=512)
def _script(written: tuple[str, str, str], reader: Reader, times: int) -> Script:
    title, body, contact = written
    parts = (
        rows_of(title, reader, TITLE_PAUSE),
        rows_of(body, reader),
        rows_of(contact, reader),
    )
    lines = tuple(line for rows in parts for row in rows for line in row.lines)
    said = ("\n".join(row.text for row in rows) for rows in parts)
    reading = "\n\n".join(text for text in said if text.strip())
    return Script(
        text=f"\n\n{AGAIN.text}\n\n".join([reading] * times),
        lines=lines,
        seconds=seconds(readings(lines, times)) if lines else 0.0,
        doubts=tuple(dict.fromkeys(d for rows in parts for row in rows for d in row.doubts)),
    )
