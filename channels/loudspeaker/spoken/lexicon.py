"""A commune's own pronunciations, which win over every rule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .cleaning import clean
from .data.measures import MONEY, UNITS
from .syllables import LETTERS

_ALNUM = f"[{LETTERS}0-9]"
#: A name of so many letters is known in capitals too; a shorter one may be an abbreviation then.
_SHORTEST_NAME = 4


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Written forms and what is said for them, with the pattern that finds them.

    ``folded`` are those known in other cases of letters too, by their small letters.

    ``build`` returns the same one for the same entries, so that it can stand for them.
    """

    pattern: re.Pattern[str]
    exact: Mapping[str, str]
    folded: Mapping[str, str]

    def reading(self, written: str) -> str:
        """Return what is said for ``written``, which ``pattern`` has matched."""
        found = self.exact.get(written)
        return self.folded[written.lower()] if found is None else found


def build(entries: Mapping[str, str]) -> Lexicon | None:
    """Return the lexicon of ``entries``; None if there are none.

    Keys match whole words, a unit of measure also close to its number. A key with no capital
    letter matches any case of letters; each word of a name ("cầu Bàu Môn") matches as it is
    written, capitalised and in capitals; an abbreviation ("Tx", "UBND") only as it is written.
    """
    return _build(tuple(sorted(entries.items()))) if entries else None


def entries_in(entries: Mapping[str, str], text: str) -> dict[str, str]:
    """Return those of ``entries`` that may have a say in ``text``; no others can."""
    if not entries:
        return {}
    plain = clean(unicodedata.normalize("NFC", text)).text.lower()
    return {key: value for key, value in entries.items() if _plain(key).lower() in plain}


def _plain(key: str) -> str:
    return clean(unicodedata.normalize("NFC", " ".join(key.split()))).text.strip()


@lru_cache(maxsize=64)
def _build(entries: tuple[tuple[str, str], ...]) -> Lexicon | None:
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}
    for key, value in entries:
        written = _plain(key)
        if written:
            (folded if written == written.lower() else exact)[written] = " ".join(value.split())
    if not exact and not folded:
        return None
    patterns = {key: _whole(key, _cased(key) if _is_name(key) else re.escape(key)) for key in exact}
    patterns |= {key: f"(?i:{_whole(key, re.escape(key))})" for key in folded}
    names = {key.lower(): value for key, value in exact.items() if _is_name(key)}
    longest_first = sorted(patterns, key=len, reverse=True)
    pattern = re.compile("|".join(patterns[key] for key in longest_first))
    return Lexicon(pattern, exact, names | folded)


def _is_name(key: str) -> bool:
    """Say whether ``key`` is a name and no abbreviation: "Bàu Môn", but not "Tx" or "UBND"."""
    return key != key.upper() and sum(map(str.isalpha, key)) >= _SHORTEST_NAME


def _cased(key: str) -> str:
    """Return a pattern of ``key`` with each word as it is, capitalised, or in capitals."""
    cases = ({word: 0, word.title(): 0, word.upper(): 0} for word in key.split(" "))
    return " ".join(f"(?:{'|'.join(map(re.escape, forms))})" for forms in cases)


def _whole(key: str, pattern: str) -> str:
    before = f"(?<!{_ALNUM})" if re.match(_ALNUM, key) else ""
    after = f"(?!{_ALNUM})" if re.match(_ALNUM, key[-1]) else ""
    if key in UNITS or key in MONEY:
        before = f"(?<![{LETTERS}])" if key[0].isalpha() else ""
    if key[0].isdigit():
        before += "(?<![0-9][.,/:-])"  # the 113 of 1.113
    if key[-1].isdigit():
        after += "(?![.,/:-][0-9])"
    return f"{before}{pattern}{after}"
