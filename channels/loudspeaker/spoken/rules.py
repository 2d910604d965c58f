"""All rules in the order in which they are asked, by what the place begins with."""

from __future__ import annotations

from typing import Final

from . import (
    again,
    clauses,
    dates,
    day_and_month,
    dotted,
    identities,
    keys,
    legal,
    lookups,
    money,
    people,
    per,
    phones,
    places,
    plain_numbers,
    roman,
    slashes,
    symbols,
    times,
    titled,
    units,
    web,
    weeks,
    words,
)
from .context import Rule

#: Asked first, in lines that hold an address at all.
WEB_RULES: Final[tuple[Rule, ...]] = web.WEB
DIGIT_RULES: Final[tuple[Rule, ...]] = (
    *keys.KEYED_DIGITS,
    *identities.PLATES,
    *legal.LEGAL,
    *clauses.CLAUSES,
    *dates.FULL_DATES,
    *dotted.DOTTED,
    *phones.PHONES,
    *identities.IDENTITIES,
    *times.TIMES,
    *slashes.ADDRESSES,
    *weeks.MONTHS,
    *day_and_month.DAY_AND_MONTH,
    *weeks.WEEKDAYS,
    *money.SHORT_SUMS,
    *units.QUANTITIES,
    *slashes.JOINED,
    *slashes.ODD_NUMBERS,
    *plain_numbers.PLAIN_NUMBERS,
)
WORD_RULES: Final[tuple[Rule, ...]] = (
    *people.PEOPLE,
    *keys.BLOOD,
    *titled.ADDRESSED,
    *titled.TITLED,
    *lookups.COMPOUNDS,
    *clauses.CLAUSE_WORDS,
    *legal.LEGAL_WORDS,
    *weeks.WEEK_WORDS,
    *identities.CODES,
    *money.CURRENCY_WORDS,
    *per.PER_UNITS,
    *units.BARE_UNITS,
    *lookups.LETTER_PAIRS,
    *roman.ROMANS,
    *places.PLACE_LETTERS,
    *titled.INITIALS,
    *slashes.LETTER_PRODUCTS,
    *places.NUMBERED,
    *lookups.LOOKUPS,
    *words.WORDS,
)
SYMBOL_RULES: Final[tuple[Rule, ...]] = (
    *keys.KEYED_SIGNS,
    *weeks.YEARS,
    *phones.SIGNED_PHONES,
    *money.CURRENCY_SIGNS,
    *per.PER,
    *again.AGAIN,
    *symbols.SYMBOLS,
)

#: What each rule is about, by its name; for those who show which rule read what.
CATEGORIES: Final = {
    "dates": (
        "days", "date range", "date", "date, year first", "date, short year", "day and month",
        "quarter and year", "year", "years", "months", "month and year", "april", "weekdays",
        "weekday", "month, letter", "year of the cycle", "weekdays, letter", "weekday, letter",
    ),
    "times": (
        "round the clock", "always", "half of the day", "time with seconds", "hours",
        "hours, one sign", "time", "time, dotted", "duration in hours", "minutes and seconds",
        "seconds", "minutes", "days and nights",
    ),
    "money": ("millions and", "short money", "spaced money", "currency first", "đồng"),
    "units": (
        "metres and", "age", "capital unit", "quantity", "position", "unit per unit", "unit",
        "per amount", "per count", "per", "dimensions", "power", "stars",
    ),
    "numbers": (
        "number", "odd number", "long number", "out of", "fraction", "ratio", "list",
        "section", "sequence", "range", "times", "to", "minus", "plus", "about",
    ),
    "phones": ("phone, international", "phone", "hotline", "short number"),
    "identity": ("plate", "code", "identity number", "series and number"),
    "addresses": ("address", "place", "road", "crossing", "number and letter", "letters to letters",
        "letters and number"),
    "documents": (
        "form", "document number", "document and year", "document, known by number",
        "clause number", "article", "document code", "standard and year",
    ),
    "roman": ("roman range", "roman section", "roman numeral", "roman heading", "roman, small"),
    "abbreviations": (
        "abbreviation", "abbreviation by context", "number sign", "initial", "initials",
        "letters of a name",
        "title",
        "title, small", "signature", "office",
    ),
    "foreign": ("foreign word",),
    "web": ("e-mail", "web address", "file name", "address ending"),
    "signs": (
        "sign", "diameter", "comparison", "bullet", "bullet, next", "ellipsis", "mark", "dash",
        "arrow", "rise",
        "checkbox", "rule of signs", "quote mark", "bracket", "test result", "slash", "quote",
        "ornament", "other script", "keys", "blood group",
    ),
    "words": ("word",),
}  # fmt: skip
CATEGORY_OF: Final = {name: category for category, names in CATEGORIES.items() for name in names}
#: The rule of what a lexicon says, which no table holds.
PRONOUNCE: Final = "pronounce"
