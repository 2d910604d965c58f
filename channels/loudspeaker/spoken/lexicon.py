"""A commune's own pronunciations, which win over every rule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .cleaning import clean
from .syllables import LETTERS

_ALNUM = f"[{LETTERS}0-9]"


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Written forms and what is said for them, with the pattern that finds them.

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

    Keys match whole words; a key with no capital letter matches any case of letters.
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
    patterns = [_whole(key) for key in exact] + [f"(?i:{_whole(key)})" for key in folded]
    patterns.sort(key=len, reverse=True)
    return Lexicon(re.compile("|".join(patterns)), exact, folded)


def _whole(key: str) -> str:
    before = f"(?<!{_ALNUM})" if re.match(_ALNUM, key) else ""
    after = f"(?!{_ALNUM})" if re.match(_ALNUM, key[-1]) else ""
    return f"{before}{re.escape(key)}{after}"
