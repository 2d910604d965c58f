"""All rules in the order in which they are asked, by what the place begins with."""

from __future__ import annotations

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
from .context import Rule

#: Asked first, in lines that hold an address at all.
WEB_RULES: Final[tuple[Rule, ...]] = web.WEB
DIGIT_RULES: Final[tuple[Rule, ...]] = (
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
