"""The one pass over the text: at each place, the first rule that has a reading wins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from . import (
    abbreviations,
    dates,
    legal,
    phones,
    plain_numbers,
    roman,
    slashes,
    symbols,
    times,
    units,
    web,
    weeks,
    words,
)
from .cleaning import Cleaned, clean
from .context import MARKS, Context, Rule
from .lexicon import Lexicon, build
from .model import Doubt, Doubtful, Region, Spoken, Token
from .syllables import LETTERS
from .writer import Writer

DIGIT_RULES: Final[tuple[Rule, ...]] = (
    *web.WEB,
    *phones.PLATES,
    *legal.LEGAL,
    *dates.FULL_DATES,
    *phones.PHONES,
    *times.TIMES,
    *slashes.ADDRESSES,
    *weeks.MONTHS,
    *dates.DAY_AND_MONTH,
    *weeks.WEEKDAYS,
    *units.QUANTITIES,
    *slashes.JOINED,
    *slashes.ODD_NUMBERS,
    *plain_numbers.PLAIN_NUMBERS,
)
WORD_RULES: Final[tuple[Rule, ...]] = (
    *web.WEB,
    *abbreviations.COMPOUNDS,
    *legal.LEGAL_WORDS,
    *weeks.WEEK_WORDS,
    *phones.CODES,
    *units.BARE_UNITS,
    *roman.ROMANS,
    *abbreviations.PLACE_LETTERS,
    *abbreviations.LOOKUPS,
    *words.WORDS,
)
SYMBOL_RULES: Final[tuple[Rule, ...]] = (
    *phones.SIGNED_PHONES,
    *units.CURRENCY_SIGNS,
    *units.PER,
    *symbols.SYMBOLS,
)
#: A word with nothing glued to it: most of any text.
_FREE_WORD = re.compile(rf"([{LETTERS}]+)(?=[ ,;!?)]|[.:](?:[ \"”)]|$)|$)")
_LETTER = re.compile(f"[{LETTERS}]")


def speak(
    text: str, *, region: Region = Region.SOUTH, pronounce: Mapping[str, str] | None = None
) -> Spoken:
    """Return ``text`` as it is said aloud, one line for each line (lines end in a line feed).

    ``pronounce`` maps written forms (whole words; any case if the key has no capitals) to what
    is said; what it says is itself made readable. Pure; never raises on any text.
    """
    lexicon = build(pronounce) if pronounce else None
    said: list[str] = []
    doubts: list[Doubt] = []
    tokens: list[Token] = []
    start = 0
    for line in unicodedata.normalize("NFC", text).split("\n"):
        read = _line(line, region, lexicon)
        said.append(read.text)
        doubts += (replace(doubt, position=start + doubt.position) for doubt in read.doubts)
        tokens += (replace(token, position=start + token.position) for token in read.tokens)
        start += len(line) + 1
    return Spoken("\n".join(said), tuple(doubts), tuple(tokens))


@lru_cache(maxsize=4_096)
def _readable(value: str, region: Region) -> str:
    """Return a lexicon's value with nothing unreadable in it."""
    return speak(value, region=region).text.strip(MARKS + " ")


@lru_cache(maxsize=2_048)
def _line(line: str, region: Region, lexicon: Lexicon | None) -> Spoken:
    """Read one line, in NFC. Texts that differ in one line share the others."""
    return _Reader(region, lexicon).read(clean(line))


class _Reader:
    """Reads one line: gathers its words, doubts and the trace."""

    def __init__(self, region: Region, lexicon: Lexicon | None) -> None:
        self._region = region
        self._lexicon = lexicon
        self._doubts: list[Doubt] = []
        self._tokens: list[Token] = []

    def read(self, cleaned: Cleaned) -> Spoken:
        line = cleaned.text
        ctx = Context(line, self._region)
        writer = Writer()
        position, end = 0, len(line)
        while position < end:
            if line[position] == " ":
                position += 1
                continue
            free = _FREE_WORD.match(line, position)
            if free and self._lexicon is None and words.is_plain(free[1]):
                writer.add(free[1])
                ctx.history.append(free[1])
                position = free.end()
                continue
            position = self._token(ctx, writer, position, cleaned.origin(position))
        return Spoken(writer.line(), tuple(self._doubts), tuple(self._tokens))

    def _token(self, ctx: Context, writer: Writer, position: int, origin: int) -> int:
        """Read one token and return where the next begins."""
        name, written, reading = self._first(ctx, position)
        spoken = reading.spoken if isinstance(reading, Doubtful) else reading
        if isinstance(reading, Doubtful):
            self._doubts.append(Doubt(written.strip(), spoken.rstrip(","), reading.why, origin))
        if spoken != written:
            self._tokens.append(Token(written.strip(), name, spoken, origin))
        if name == symbols.BULLET.name:
            writer.begin_item()
        else:
            if _meet(ctx, position):
                writer.add(",")
            ctx.history.append(written.strip())
        writer.add(spoken)
        return position + len(written)

    def _first(self, ctx: Context, position: int) -> tuple[str, str, str | Doubtful]:
        """Return the name, the written token and the reading of the first rule that applies."""
        if self._lexicon is not None:
            found = self._lexicon.pattern.match(ctx.line, position)
            if found:
                said = _readable(self._lexicon.reading(found[0]), self._region)
                return "pronounce", found[0], said
        for rule in _rules_for(ctx.line[position]):
            match = rule.pattern.match(ctx.line, position)
            if match and match.end() > position:
                reading = rule.read(match, ctx)
                if reading is not None:
                    return rule.name, match[0], reading
        raise AssertionError(f"no rule reads {ctx.line[position]!r}")


def _meet(ctx: Context, position: int) -> bool:
    """Say whether two numbers stand side by side and would be heard as one: "BĐ2 0,15m"."""
    line = ctx.line
    return (
        line[position] in "0123456789"
        and bool(ctx.history)
        and line[position - 1 : position] == " "
        and ctx.history[-1][-1].isalnum()
        and (ctx.history[-1][-1].isdigit() or set(ctx.history[-1]) <= set("BĐIVX"))
    )


def _rules_for(character: str) -> tuple[Rule, ...]:
    if character in "0123456789":
        return DIGIT_RULES
    return WORD_RULES if _LETTER.match(character) else SYMBOL_RULES
