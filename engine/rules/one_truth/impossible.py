"""Days that no calendar has: 31/13, 30 tháng 2. Such a day is a fault by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from engine.rules.one_truth.facts import Day, Fact, Kind

#: A day in figures after "ngày", or with its year: what can be nothing else. A number of a
#: document, of a house or of a page is none.
_WRITTEN: Final = re.compile(
    r"(?:\b(?:ngày|mùng|mồng)\s+(?P<d1>\d{1,2})\s?/\s?(?P<m1>\d{1,2})"
    r"|(?<![\d/.-])(?P<d2>\d{1,2})(?P<between>[/.-])(?P<m2>\d{1,2})(?P=between)20\d{2})"
    r"(?![\d/])",
    re.IGNORECASE,
)
_CITED: Final = re.compile(
    r"(?:\bsố|luật|nghị quyết|nghị định|quyết định|thông tư|công văn|kế hoạch)\s*\Z", re.IGNORECASE
)
_MOST_DAYS: Final = 31
_MONTHS: Final = 12


def impossible_days(text: str, facts: tuple[Fact, ...], reference: date) -> Iterator[Fact]:
    """Yield the days of a text that no calendar has, in their order and each once."""
    read = [
        fact
        for fact in facts
        if fact.kind is Kind.DATE
        and isinstance(fact.value, Day)
        and fact.value.dated
        and fact.value.near(reference) is None
    ]
    known = {(fact.start, fact.end) for fact in read}
    for found in _WRITTEN.finditer(text):
        day, month = (int(found[f"{name}1"] or found[f"{name}2"]) for name in "dm")
        if _CITED.search(text[: found.start()]):
            continue
        inside = any(start < found.end() and found.start() < end for start, end in known)
        if not inside and not (1 <= day <= _MOST_DAYS and 1 <= month <= _MONTHS):
            read.append(Fact(Kind.DATE, Day(day, month), found[0], found.start(), found.end()))
    yield from sorted(read, key=lambda fact: fact.start)
