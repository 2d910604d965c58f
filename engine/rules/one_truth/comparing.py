"""Two texts of one campaign: which facts of theirs contradict each other.

Leaving a fact out is no difference. One text must say something else of the same thing: each has
a fact of a kind that the other has not, in roles that can be the same, and what stands around them
does not say that they are about different things.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from engine.rules.one_truth.facts import (
    Amount,
    Clock,
    Day,
    Fact,
    Kind,
    Number,
    Place,
    Role,
    roles_agree,
)
from engine.rules.one_truth.hours import within
from engine.rules.one_truth.places import same_place

#: So much evidence that two facts are about the same thing makes a difference of them.
_ENOUGH: Final = 1.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A fact of one text and the fact of another that says otherwise."""

    one: Fact
    other: Fact


def contradictions(ones: Sequence[Fact], others: Sequence[Fact], reference: date) -> Iterator[Pair]:
    """Yield what two texts say differently of the same thing.

    ``reference`` is a day near which days without a year are meant.
    """
    for kind in Kind:
        mine = [fact for fact in ones if fact.kind is kind]
        theirs = [fact for fact in others if fact.kind is kind]
        if mine and theirs:
            yield from _of_kind(mine, theirs, reference)


def _of_kind(mine: list[Fact], theirs: list[Fact], reference: date) -> Iterator[Pair]:
    if mine[0].kind is Kind.PLACE:  # an office that only speaks is no place to go to
        mine, theirs = _venues(mine, theirs), _venues(theirs, mine)
    one, other = _Side(mine, theirs, reference), _Side(theirs, mine, reference)
    common = len(one.odd) < len(mine)
    pairs: list[tuple[float, int, int]] = []
    for i, a in one.odd:
        for j, b in other.odd:
            alone = len(one.odd) == len(other.odd) == 1
            score = _evidence(a, b, common=common, alone=alone)
            if alone and len(mine) == len(theirs):  # all else agrees, one by one
                score += 0.4 if score else 0.0
            if common and _same_end(a, b, mine, theirs, alone=alone):
                score = max(score, _ENOUGH)
            if score >= _ENOUGH:
                pairs.append((score, i, j))
    used: tuple[set[int], set[int]] = (set(), set())
    for _score, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            yield Pair(mine[i], theirs[j])
    if not used[0]:
        yield from _of_one_hamlet(one, other, reference)
        yield from _misplaced(one, other, reference)
        yield from _repeated(one, other, reference)
        yield from _swapped(mine, theirs, reference)


def _venues(places: list[Fact], others: list[Fact]) -> list[Fact]:
    if any(place.venue for place in others):
        return [place for place in places if place.venue] or places
    return places


class _Side:
    """The facts of one text: which the other text has as well, and which are odd."""

    def __init__(self, facts: list[Fact], others: list[Fact], reference: date) -> None:
        self.facts = facts
        self.odd = [
            (index, fact)
            for index, fact in enumerate(facts)
            if not any(agree(fact, other, reference) for other in others)
        ]


def agree(one: Fact, other: Fact, reference: date) -> bool:
    """Say whether two facts of one kind say the same, as far as both say it."""
    a, b = one.value, other.value
    if isinstance(a, Day) and isinstance(b, Day):
        return _same_day(a, b, reference)
    if isinstance(a, Clock) and isinstance(b, Clock):
        if a.part or b.part:
            return within(a, b.part) if b.part else within(b, a.part)
        return a.minutes % 1440 == b.minutes % 1440
    if isinstance(a, Amount) and isinstance(b, Amount):
        return a.unit == b.unit and abs(a.value - b.value) < 1e-6 * max(1.0, a.value)
    if isinstance(a, Number) and isinstance(b, Number):
        return a == b
    if isinstance(a, Place) and isinstance(b, Place):
        return same_place(a, b)
    return False


def _same_day(one: Day, other: Day, reference: date) -> bool:
    if (one.dated and other.dated) or not (
        one.dated or other.dated or one.weekday or other.weekday
    ):
        years = not one.year or not other.year or one.year == other.year
        return years and (one.day, one.month) == (other.day, other.month)
    day, weekday = (one, other) if one.dated else (other, one)
    if not day.dated:
        return one.weekday == other.weekday
    known = day.near(reference)
    return weekday.weekday in {day.weekday, known.isoweekday() if known else 0}


def _evidence(a: Fact, b: Fact, *, common: bool, alone: bool) -> float:
    """Return how much speaks for two facts being about the same thing."""
    if not _comparable(a, b):
        return 0.0
    near, wide = _alike(a.near, b.near), _alike(a.wide, b.wide)
    strangers = len(a.near) > 1 and len(b.near) > 1 and not near
    if a.kind is Kind.PHONE and a.near and b.near and not near:
        return 0.0
    if a.kind is Kind.HAMLET and alone and not common and not strangers:
        return 1.0
    if a.kind is Kind.QUANTITY and alone and not common and not strangers and _is_age(a):
        return 1.0  # whom it is for: a text that names one age means this
    if a.kind in {Kind.QUANTITY, Kind.HAMLET} and not near:
        return 0.0 if strangers or not wide else wide
    if not common:
        return 1.0 + near + wide
    return 2 * near + wide + (0.5 if alone else 0.0) + (0.5 if not strangers else 0.0)


def _is_age(fact: Fact) -> bool:
    return isinstance(fact.value, Amount) and fact.value.unit in {"tuổi", "tháng tuổi"}


def _same_end(a: Fact, b: Fact, mine: list[Fact], theirs: list[Fact], *, alone: bool) -> bool:
    """Say whether two odd days or hours are the one end, or deadline, of each text.

    Or both end what begins alike: "từ 14 giờ đến 17 giờ" and "từ 14 giờ, có điện lại lúc 18 giờ".
    """
    if a.kind not in {Kind.DATE, Kind.HOUR}:
        return False
    ends = [sum(fact.role is Role.END for fact in facts) for facts in (mine, theirs)]
    begins = [any(fact.role is Role.START for fact in facts) for facts in (mine, theirs)]
    if a.role is b.role is Role.END:
        return ends == [1, 1] and (alone or all(begins))
    strangers = len(a.near) > 1 and len(b.near) > 1 and not a.near & b.near and not a.wide & b.wide
    ending = {a.role, b.role} == {Role.END, Role.EVENT}
    return ending and alone and all(begins) and not strangers


def _comparable(a: Fact, b: Fact) -> bool:
    """Say whether two facts can be about the same thing at all."""
    if not roles_agree(a.role, b.role):
        return False
    if isinstance(a.value, Amount) and isinstance(b.value, Amount):
        return a.value.unit == b.value.unit
    if isinstance(a.value, Number) and isinstance(b.value, Number):
        return a.value.short == b.value.short
    if a.kind is Kind.PLACE:
        return a.venue and b.venue
    return True


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return what part of the fewer words two sets share, from 0 to 1."""
    if not one or not other:
        return 0.0
    return len(one & other) / min(len(one), len(other))


def _of_one_hamlet(one: _Side, other: _Side, reference: date) -> Iterator[Pair]:
    """Yield days and hours that two texts give otherwise to the one hamlet of a clause each.

    "Ấp 1 ngày 9/12, Ấp 2 ngày 10/12" against "ngày 10/12 Ấp 1, ngày 9/12 Ấp 2". A day that the
    other text gives to no hamlet, or to several, may be of anything.
    """
    for a in one.facts:
        for b in other.facts:
            same = a.hamlet and a.hamlet == b.hamlet and roles_agree(a.role, b.role)
            if not same or agree(a, b, reference):
                continue
            mine = [fact for fact in one.facts if agree(fact, b, reference)]
            theirs = [fact for fact in other.facts if agree(fact, a, reference)]
            if all(fact.hamlet and fact.hamlet != a.hamlet for fact in (*mine, *theirs)):
                yield Pair(a, b)


def _misplaced(one: _Side, other: _Side, reference: date) -> Iterator[Pair]:
    """Yield what stands in the place of another: "lúc 11 giờ" where 11 is only the end."""
    for side, against, turned in ((one, other, False), (other, one, True)):
        odd = [fact for _index, fact in side.odd if fact.role is not Role.CITED]
        for fact in against.facts:
            same = [mine for mine in side.facts if agree(fact, mine, reference)]
            if not same or any(roles_agree(fact.role, mine.role) for mine in same):
                continue
            wanted = [mine for mine in odd if roles_agree(fact.role, mine.role)]
            if len(wanted) == 1 and (len(against.facts) == 1 or fact.role is not Role.EVENT):
                yield Pair(fact, wanted[0]) if turned else Pair(wanted[0], fact)


def _repeated(one: _Side, other: _Side, reference: date) -> Iterator[Pair]:
    """Yield what a text says twice, where the other has another value in one of the places.

    "Ấp 1 ngày 09/12, Ấp 3 ngày 10/12" against "Ấp 1 ngày 10/12, Ấp 3 ngày 10/12".
    """
    for side, against, turned in ((one, other, False), (other, one, True)):
        for fact in against.facts:
            same = [mine for mine in side.facts if agree(fact, mine, reference)]
            if not same or sum(agree(fact, mine, reference) for mine in against.facts) < 2:
                continue
            for _index, odd in side.odd:
                here, there = _alike(odd.near, fact.near), [_alike(m.near, fact.near) for m in same]
                if here >= 0.5 and max(there) < here and roles_agree(odd.role, fact.role):
                    yield Pair(fact, odd) if turned else Pair(odd, fact)
                    return


def _swapped(mine: list[Fact], theirs: list[Fact], reference: date) -> Iterator[Pair]:
    """Yield what two texts give to each other's things: the fee of adults to children."""
    for i, a in enumerate(mine):
        for b in mine[i + 1 :]:
            if agree(a, b, reference):
                continue
            ours = [fact for fact in theirs if agree(fact, a, reference)]
            others = [fact for fact in theirs if agree(fact, b, reference)]
            if len(ours) == len(others) == 1 and _crossed(a, b, ours[0], others[0]):
                yield Pair(a, others[0])


def _crossed(a: Fact, b: Fact, x: Fact, y: Fact) -> bool:
    """Say whether ``a`` and ``b`` have each other's surroundings in the other text."""
    straight = _alike(a.near, x.near) + _alike(b.near, y.near)
    crossed = min(_alike(a.near, y.near), _alike(b.near, x.near))
    known = all(len(fact.near) for fact in (a, b, x, y))
    return known and crossed >= 0.5 and straight <= 0.34
