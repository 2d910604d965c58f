"""How a text is said: where it pauses, what is said slowly, and what is said twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from channels.loudspeaker.speech.engine import MAX_SENTENCE
from channels.loudspeaker.spoken import Doubt, Region, speak
from engine.models.marks import marked, unmarked

#: Seconds of silence, as heard outdoors with an echo: within a long sentence, after the number
#: of an item, a question or call, a sentence, what announces a list, an item of it, a line, a
#: paragraph, the title, and before all of it is said again.
CLAUSE_PAUSE = 0.2
NUMBER_PAUSE = 0.3
SENTENCE_PAUSE = 0.5
CALL_PAUSE = 0.7
COLON_PAUSE = 0.6
ITEM_PAUSE = 0.7
LINE_PAUSE = 0.9
PARAGRAPH_PAUSE = 1.1
TITLE_PAUSE = 1.2
REPEAT_PAUSE = 2.0

_SENTENCE_END = re.compile(r"(?<=[.?!…])\s+")
CLAUSE_END = re.compile(r"(?<=[,;:])\s+")
_ENDED = (".", "?", "!", "…", ",", ";", ":")

_ITEM = re.compile(r"\s*(?:[-–—•*+·▪]|\(?(?:\d{1,2}|[a-zđ]|[IVX]{1,4})[.)])\s")

#: A number that is dictated (a phone, an account): seven digits or more in a row, by name.
_DIGIT = r"(?:không|một|hai|ba|bốn|năm|sáu|bảy|tám|chín)"
_DICTATED = re.compile(rf"\b{_DIGIT}(?:,? {_DIGIT}){{6,}}\b", re.IGNORECASE)

#: An hour of the day. Durations are read alike; saying those slowly does no harm.
_COUNTED = rf"(?:{_DIGIT}|mười|mươi|mốt|tư|lăm|linh|lẻ)"
_HOUR = re.compile(rf"\b(?:{_COUNTED} )+giờ\b", re.IGNORECASE)

#: Words of an item's number: một, mười một, hai mươi mốt.
_NUMBER_WORDS = 3

_AGAIN = "Xin nhắc lại: {words}."


@dataclass(frozen=True, slots=True)
class Style:
    """The station's own: ``pauses`` are so many times as long; a sentence with a dictated number
    or an hour is said at ``number_pace`` of the usual speed.
    """

    pauses: float = 1.0
    number_pace: float = 0.85


#: What is usual.
PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Line:
    """One spoken sentence, the seconds of silence after it, and its speed (1 is the usual)."""

    text: str
    pause: float
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """A written line as it is said. ``text`` is exactly that."""

    text: str
    lines: tuple[Line, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """How written lines become spoken ones."""

    region: Region
    pronounce: tuple[tuple[str, str], ...] = ()
    style: Style = PLAIN


def rows_of(text: str, reader: Reader, last_pause: float = LINE_PAUSE) -> list[Row]:
    """Return every line of ``text`` as it is said, with ``last_pause`` seconds after the last."""
    written = text.split("\n")
    pauses = (_pause_after(written, number, last_pause) for number in range(len(written)))
    return [_row(row, pause, reader) for row, pause in zip(written, pauses, strict=True)]


def _pause_after(written: Sequence[str], number: int, last_pause: float) -> float:
    """Return the silence after a line, by what it is and what comes next."""
    rest = written[number + 1 :]
    if not any(row.strip() for row in rest):
        return last_pause
    if not rest[0].strip():
        return PARAGRAPH_PAUSE
    row = written[number].rstrip()
    if row.endswith(":"):
        return COLON_PAUSE
    return ITEM_PAUSE if _ITEM.match(row) or row.endswith(";") else LINE_PAUSE


# Texts of many hamlets differ in a line or two; what they share is worked out once.
@lru_cache(maxsize=2_048)
def _row(row: str, last_pause: float, reader: Reader) -> Row:
    spoken = speak(unmarked(row), region=reader.region, pronounce=dict(reader.pronounce))
    sentences = [one for one in _SENTENCE_END.split(spoken.text.strip()) if _audible(one)]
    again = _said_again(row, sentences, reader)
    said: list[str] = []
    lines: list[Line] = []
    numbered = bool(_ITEM.match(row)) and len(sentences) > 1
    for number, sentence in enumerate(sentences):
        last = number == len(sentences) - 1
        pause = last_pause if last else _pause_in(sentence, first=numbered and number == 0)
        said.append(sentence)
        if number in again:
            lines += _spoken(sentence, SENTENCE_PAUSE, reader.style)
            said.append(again[number])
            lines += _spoken(again[number], pause, reader.style, slowly=True)
        else:
            lines += _spoken(sentence, pause, reader.style)
    return Row(" ".join(said) if again else spoken.text, tuple(lines), spoken.doubts)


def _pause_in(sentence: str, *, first: bool) -> float:
    """Return the silence after a sentence within a line; ``first`` may be an item's number."""
    if first and len(sentence.split()) <= _NUMBER_WORDS:
        return NUMBER_PAUSE
    return CALL_PAUSE if sentence.endswith(("!", "?", "…")) else SENTENCE_PAUSE


def _said_again(row: str, sentences: Sequence[str], reader: Reader) -> dict[int, str]:
    """Return what is said again after which sentence: the words that were marked, as read."""
    found: dict[int, list[str]] = {}
    for before, words in marked(row):
        reading = _reading(before, words, reader)
        holding = (n for n, one in enumerate(sentences) if reading.lower() in one.lower())
        if reading and sentences:
            found.setdefault(next(holding, len(sentences) - 1), []).append(reading)
    return {n: _AGAIN.format(words=", ".join(readings)) for n, readings in found.items()}


def _reading(before: str, words: str, reader: Reader) -> str:
    """Return how ``words`` are read where they stand: what comes before them may decide."""
    pronounce = dict(reader.pronounce)

    def read(text: str) -> str:
        return speak(text, region=reader.region, pronounce=pronounce).text.rstrip(" .,;:")

    head, both = read(before), read(before + words)
    apart = both.startswith(head) and both[len(head) : len(head) + 1] in (" ", ",", ";", ":", ".")
    return both[len(head) :].strip(" .,;:") if head and apart else read(words).strip(" .,;:")


def _spoken(sentence: str, pause: float, style: Style, *, slowly: bool = False) -> Iterator[Line]:
    """Yield a sentence in pieces that an engine takes."""
    slowly = slowly or bool(_DICTATED.search(sentence) or _HOUR.search(sentence))
    pace = style.number_pace if slowly else 1.0
    *clauses, final = _within_reach(sentence)
    for clause in clauses:
        yield Line(clause, CLAUSE_PAUSE * style.pauses, pace)
    yield Line(final, pause * style.pauses, pace)


def _audible(sentence: str) -> bool:
    return any(character.isalpha() for character in sentence)


def _within_reach(sentence: str) -> list[str]:
    """Cut a sentence that is too long for an engine: at a comma, else a space, else anywhere."""
    if not sentence.endswith(_ENDED):
        sentence += "."
    pieces: list[str] = []
    for clause in CLAUSE_END.split(sentence) if len(sentence) > MAX_SENTENCE else [sentence]:
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
