"""What the reader of Vietnamese gives back, and how it says that it is not sure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Region(StrEnum):
    """Whose habits of speech: ngàn and lẻ (South), or nghìn and linh (North)."""

    SOUTH = "south"
    NORTH = "north"


class Why(StrEnum):
    """Why a reading is in doubt. The values are stable: they may be stored and translated."""

    UNKNOWN_ABBREVIATION = "unknown_abbreviation"
    AMBIGUOUS_ABBREVIATION = "ambiguous_abbreviation"
    AMBIGUOUS_DATE = "ambiguous_date"
    AMBIGUOUS_FRACTION = "ambiguous_fraction"
    AMBIGUOUS_RANGE = "ambiguous_range"
    AMBIGUOUS_NUMBER = "ambiguous_number"
    AMBIGUOUS_UNIT = "ambiguous_unit"
    AMBIGUOUS_NUMERAL = "ambiguous_numeral"
    IMPOSSIBLE_DATE = "impossible_date"
    FOREIGN_WORD = "foreign_word"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A token read in the most likely way, which a person should see before it is aired.

    ``position`` is the offset of its first character in the text given, in NFC.
    """

    token: str
    reading: str
    why: Why
    position: int


@dataclass(frozen=True, slots=True)
class Token:
    """What a rule made of a piece of the written text; ``spoken`` is empty if it is dropped.

    The piece reaches from ``start`` to ``end`` in the text given, in NFC; ``written`` is its
    plain form. ``why`` says why the reading is in doubt, if it is.
    """

    written: str
    rule: str
    spoken: str
    start: int
    end: int
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text as it is said, one line for each line written.

    ``text`` is NFC and holds nothing but Latin letters, spaces, line feeds and ``. , ; : ? ! …``:
    no digit, no token of capitals only, no other symbol. ``tokens`` traces every piece that a
    rule changed or doubted, in order; words said as they are written are not in it.
    """

    text: str
    doubts: tuple[Doubt, ...] = ()
    tokens: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubtful:
    """What a rule returns when it has a reading, but is not sure of it."""

    spoken: str
    why: Why
