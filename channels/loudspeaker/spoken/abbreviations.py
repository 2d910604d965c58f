"""The tables of abbreviations and foreign words, and what a written form stands for in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from .data import (
    brands,
    culture,
    economy,
    foreign,
    justice,
    land,
    learning,
    loanwords,
    movement,
    order,
    papers,
    party,
    places,
    society,
    state,
    trade,
)
from .data.ambiguous import AMBIGUOUS
from .data.documents import FIELDS, ISSUERS, ORGANS
from .letters import spell
from .syllables import has_vowel, is_syllable


def _table(*texts: str) -> dict[str, str]:
    lines = (line.partition(" = ") for text in texts for line in text.strip().splitlines())
    return {written: spoken for written, _, spoken in lines}


#: The tables that reviewers read; no abbreviation stands in two of them.
_MODULES: Final = (
    state, party, movement, papers, society, learning, culture, economy, trade, land, order,
    justice, places,
)  # fmt: skip
TABLES: Final = {module.__name__.rpartition(".")[2]: _table(module.TABLE) for module in _MODULES}
ABBREVIATIONS: Final = {k: v for table in TABLES.values() for k, v in table.items()}
FOREIGN: Final = _table(foreign.FOREIGN, loanwords.TABLE, brands.TABLE)
ACRONYMS: Final = {word: spell(word) for word in foreign.SPELLED.split()} | _table(foreign.ACRONYMS)


def alternation(keys: Iterable[str]) -> str:
    return "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))


def first_letters(keys: Iterable[str], *, both: bool = False) -> str:
    """Return what ``keys`` begin with; ``both`` large and small."""
    first = {key[0] for key in keys}
    return "".join(sorted(first | {letter.swapcase() for letter in first} if both else first))


def abbreviation(word: str) -> str | None:
    """Return the one reading of an abbreviation, or None.

    A long or vowelless one is known in any case of letters: "ubnd", "Tp".
    """
    known = ABBREVIATIONS.get(word) or ISSUERS.get(word) or _ministry(word)
    if known or word.isupper():
        return known
    if (len(word) >= 4 or not has_vowel(word)) and not is_syllable(word):
        return ABBREVIATIONS.get(word.upper())
    return None


def short_for(word: str) -> str | None:
    """Return what an abbreviation most likely stands for, with no neighbours to ask."""
    ambiguous = AMBIGUOUS.get(word)
    return ambiguous.otherwise if ambiguous else abbreviation(word)


def _ministry(word: str) -> str | None:
    """Return SGTVT as Sở giao thông vận tải: a ministry's or a department's field."""
    if word[1:] not in FIELDS or word[0] not in "BS":
        return None
    return f"{ORGANS[word[0]]} {ABBREVIATIONS[word[1:]]}"
