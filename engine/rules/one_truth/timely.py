"""What a text says of days, held against the days on which it is read or heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from engine.clock import local
from engine.rules.one_truth.facts import Clock, Day, Fact, Kind, Role
from engine.rules.one_truth.reading import facts_of
from engine.rules.one_truth.relative import Relative, relative_days

#: Forms that people read on other days than that on which they came out.
_STAYING: Final = frozenset({"flyer", "portal"})
_APPOINTED: Final = frozenset({Role.EVENT, Role.START, Role.END})
#: A day longer ago is history, and no appointment.
_HISTORY: Final = 30


@dataclass(frozen=True, slots=True)
class Stale:
    """A word for a day that is wrong on some of the days on which it is read."""

    word: Relative
    days: tuple[date, ...]


def stale_words(text: str, channel: str, slots: set[datetime], until: datetime) -> Iterator[Stale]:
    """Yield each "hôm nay" that is read or heard on more than one day, with those days."""
    days = tuple(sorted({local(slot).date() for slot in slots}))
    stays = channel in _STAYING and days and local(until).date() > days[0]
    if len(days) > 1 or stays:
        yield from (Stale(word, days) for word in relative_days(text))


def too_late(text: str, slots: set[datetime], reference: date) -> Fact | None:
    """Return the last appointment of a text if all is over before it is first read or heard."""
    if not slots:
        return None
    first = local(min(slots))
    facts = facts_of(text)
    dated = [(day, fact) for fact in facts if (day := _appointed(fact, reference)) is not None]
    if not dated:
        return None
    last, fact = max(dated, key=lambda one: one[0])
    if last < first.date():
        return fact if (first.date() - last).days <= _HISTORY else None
    hours = [one.value.minutes for one in facts if isinstance(one.value, Clock)]
    over = last == first.date() and hours and max(hours) < first.hour * 60 + first.minute
    return fact if over and -1 not in hours else None


def _appointed(fact: Fact, reference: date) -> date | None:
    if fact.kind is not Kind.DATE or fact.role not in _APPOINTED:
        return None
    return fact.value.near(reference) if isinstance(fact.value, Day) else None
