"""The one pass over the text: at each place, the first rule that has a reading wins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Final

from . import symbols, words
from .cleaning import Cleaned, clean
from .context import MARKS, Context
from .dispatch import Candidate, Dispatch
from .lexicon import Lexicon, build
from .model import Doubt, Doubtful, Region, Spoken, Token
from .rules import DIGIT_RULES, PRONOUNCE, SYMBOL_RULES, WEB_RULES, WORD_RULES
from .syllables import LETTERS, LOWER
from .writer import Writer

#: Words with single spaces between and nothing glued to the last: most of any text.
_FREE_WORDS = re.compile(
    rf"[{LETTERS}]+(?: [{LETTERS}]+){{0,24}}(?=[ ,;!?)…]|(?:(?<![ (][aeoôb])\.|:)(?:[ \"”)]|$)|$)"
)
#: A mark that ends a clause, with nothing glued to it; a point before a number may be the "KP. 4",
#: one before a small letter that of "ng. trên 40t".
_FREE_MARK = re.compile(rf"(?:[,;:?!]|\.(?! (?:[0-9{LOWER}]|Chạp|Giêng)))(?= |$)")
#: What only a line with a web or e-mail address, or the name of a file, holds.
_WEBBY = re.compile(r"@|://|[A-Za-z0-9_-]\.[A-Za-z]")
_LETTERS: Final = frozenset(LETTERS)
_DIGITS: Final = frozenset("0123456789")
#: The number or letter of an item in a row.
_ITEM: Final = re.compile(r"(?:\d{1,2}|[a-hđ])\)\s?[^\W\d]")
#: What a numeral read by itself ends with: BĐ2, BĐIII.
_NUMERAL: Final = re.compile("(?:BĐ)?[IVX]+")


@dataclass(frozen=True, slots=True)
class _Rules:
    """What is tried at digits, at letters and at all else."""

    digits: Dispatch
    words: Dispatch
    symbols: Dispatch


_PLAIN: Final = _Rules(Dispatch(DIGIT_RULES), Dispatch(WORD_RULES), Dispatch(SYMBOL_RULES))
_WITH_WEB: Final = _Rules(
    Dispatch((*WEB_RULES, *DIGIT_RULES)), Dispatch((*WEB_RULES, *WORD_RULES)), _PLAIN.symbols
)


def speak(
    text: str, *, region: Region = Region.SOUTH, pronounce: Mapping[str, str] | None = None
) -> Spoken:
    """Return ``text`` as it is said aloud, one line for each line (lines end in a line feed).

    ``pronounce`` maps written forms to what is said (``lexicon.build`` says which forms match);
    what it says is itself made readable. Pure; never raises on any text.
    """
    lexicon = build(pronounce) if pronounce else None
    text = unicodedata.normalize("NFC", text)
    if "\n" not in text:
        return _line(text, region, lexicon)
    said: list[str] = []
    doubts: list[Doubt] = []
    tokens: list[Token] = []
    start = 0
    for line in text.split("\n"):
        read = _line(line, region, lexicon)
        said.append(read.text)
        doubts += (replace(doubt, position=start + doubt.position) for doubt in read.doubts)
        tokens += (
            replace(token, start=start + token.start, end=start + token.end)
            for token in read.tokens
        )
        start += len(line) + 1
    return Spoken("\n".join(said), tuple(doubts), tuple(tokens))


def respoken(value: str, *, region: Region = Region.SOUTH) -> str | None:
    """Return what is said for a lexicon's ``value`` if that is something else, else None."""
    said = _readable(" ".join(value.split()), region)
    written = unicodedata.normalize("NFC", " ".join(value.split())).strip(MARKS + " ")
    return None if said == written else said


@lru_cache(maxsize=4_096)
def _readable(value: str, region: Region) -> str:
    """Return a lexicon's value with nothing unreadable in it."""
    return speak(value, region=region).text.strip(MARKS + " ")


@lru_cache(maxsize=2_048)
def _line(line: str, region: Region, lexicon: Lexicon | None) -> Spoken:
    """Read one line, in NFC. Texts that differ in one line share the others."""
    return _Reader(clean(line), region, lexicon).read()


class _Reader:
    """Reads one line: gathers its words, doubts and the trace."""

    def __init__(self, cleaned: Cleaned, region: Region, lexicon: Lexicon | None) -> None:
        self._cleaned = cleaned
        self._region = region
        self._lexicon = lexicon
        self._ctx = Context(cleaned.text, region)
        self._writer = Writer()
        self._rules = _WITH_WEB if _WEBBY.search(cleaned.text) else _PLAIN
        self._doubts: list[Doubt] = []
        self._tokens: list[Token] = []
        #: Where the lexicon's next word begins; the end of the line if there is none.
        self._next_entry = -1 if lexicon else len(cleaned.text)

    def read(self) -> Spoken:
        line, end = self._cleaned.text, len(self._cleaned.text)
        position = 0
        while position < end:
            if line[position] == " ":
                position += 1
            else:
                position = (
                    (self._next_entry <= position and self._entry(position))
                    or self._plain(position)
                    or self._token(position)
                )
        return Spoken(self._writer.line(), tuple(self._doubts), tuple(self._tokens))

    def _plain(self, position: int) -> int:
        """Take over words said as written, or a mark; return where they end, 0 if none do."""
        line, history = self._cleaned.text, self._ctx.history
        free = _FREE_WORDS.match(line, position)
        if free is None:
            mark = _FREE_MARK.match(line, position) if history else None
            if mark is None:
                return 0
            self._writer.add(mark[0])
            history.append(mark[0])
            return mark.end()
        taken = list(
            takewhile(words.is_plain, line[position : min(free.end(), self._next_entry)].split())
        )
        if not taken:
            return 0
        said = " ".join(taken)
        self._writer.add(said)
        history += taken
        return position + len(said)

    def _entry(self, position: int) -> int:
        """Read the lexicon's word that begins here, and return where it ends; 0 without one."""
        if self._lexicon is None:
            return 0
        found = self._lexicon.pattern.search(self._cleaned.text, position)
        self._next_entry = found.start() if found else len(self._cleaned.text)
        if found is None or self._next_entry > position:
            return 0
        said = _readable(self._lexicon.reading(found[0]), self._region)
        self._say(PRONOUNCE, found[0], said, position)
        return found.end()

    def _token(self, position: int) -> int:
        """Read one token by the first rule that applies, and return where the next begins."""
        ctx, line = self._ctx, self._cleaned.text
        for name, match, read in self._candidates(position):
            found = match(line, position, self._next_entry)  # a lexicon's word is nobody else's
            if found and found.end() > position:
                reading = read(found, ctx)
                if reading is not None:
                    self._say(name, found[0], reading, position)
                    return found.end()
        raise AssertionError(f"no rule reads {line[position]!r}")

    def _candidates(self, position: int) -> Sequence[Candidate]:
        line = self._cleaned.text
        character = line[position]
        if character in _DIGITS:
            return self._rules.digits.at_digits(line, position)
        rules = self._rules.words if character in _LETTERS else self._rules.symbols
        return rules.at(line, position)

    def _say(self, rule: str, token: str, reading: str | Doubtful, position: int) -> None:
        """Write a reading down, with its doubt and its trace."""
        written = token.strip()
        spoken = reading.spoken if isinstance(reading, Doubtful) else reading
        start, end = self._cleaned.span(position, len(token))
        said = spoken.rstrip(",") or spoken
        why = reading.why if isinstance(reading, Doubtful) else None
        if why is not None:
            self._doubts.append(Doubt(written, said, why, start))
        if why is not None or said != written:
            self._tokens.append(Token(written, rule, said, start, end, why))
        if rule == symbols.BULLET.name:
            self._writer.begin_item()
        else:
            digit = self._cleaned.text[position] in _DIGITS
            if (digit and self._meets_a_number(position)) or self._begins_an_item(position):
                self._writer.add(",")
            self._ctx.history.append(written)
        self._writer.add(spoken)

    def _begins_an_item(self, position: int) -> bool:
        """Say whether the 2 of "1) Đơn 2) Giấy" or the b of "a) … b) …" begins an item."""
        line = self._cleaned.text
        if line[position - 1 : position] != " " or not _ITEM.match(line, position):
            return False
        return bool(self._ctx.history) and line.count("(", 0, position) <= line.count(
            ")", 0, position
        )

    def _meets_a_number(self, position: int) -> bool:
        """Say whether two numbers would be heard as one: "BĐ2 0,15m"."""
        line, history = self._cleaned.text, self._ctx.history
        if not history or line[position - 1] != " ":
            return False
        before = history[-1]
        return before[-1:].isdigit() or bool(_NUMERAL.fullmatch(before))
