"""The reason of a correction: what it says must be what people were told, or are told now.

A reason quotes what was wrong ("ghi nhầm 7 giờ thành 8 giờ") and what is right; both are in order.
A value that is neither, where the corrected text says another of the same thing, is a difference;
and so is the old one where the reason says that it is the right one ("giờ đúng là 8 giờ"), and the
new one where it says that it was told before ("không phải 8 giờ", "từ 8 giờ sang…"). A reason
is the same for all hamlets: what it says of one by name is held against that one, all else against
those that are corrected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from engine.rules.one_truth.comparing import Pair, agree, contradictions
from engine.rules.one_truth.directions import Way, ways_of
from engine.rules.one_truth.facts import Clock, Fact, Kind

#: What a time or an amount behind it is not, but changes by; up to so many minutes it is no hour.
_SHIFTED: Final = re.compile(
    r"\b(?:lùi|muộn|chậm|trễ|sớm|thêm|bớt|tăng|giảm)(?: (?:lại|hơn|đi|thêm|bớt|khoảng))*\s*\Z", re.I
)
_LONGEST_SHIFT: Final = 3 * 60
#: Where a clause ends, or turns to what does not hold.
_TURNS: Final = re.compile(
    r"[,;.!?…–—()](?=\s)|\b(?:không phải|chứ không|thay vì|thay cho|nhầm|sai|trước đây|từ)\b", re.I
)
#: What leads to the right value: "giờ đúng là", "sửa lại thành", "dời sang".
_CLAIMS: Final = re.compile(
    r"\b(?:đúng|chính xác|mới|(?<!hôm )nay|sửa|đổi|dời|chuyển|lùi|hoãn)\b"
    r".*\b(?:là|thành|sang|đến)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Doubted:
    """What is wrong with a reason's facts.

    ``unknown`` are neither quoted nor told; of them ``claimed`` are the old ones that it says are
    right. ``denied`` are what is told now, and where the reason begins to say that it is not.
    """

    unknown: frozenset[Fact] = frozenset()
    claimed: frozenset[Fact] = frozenset()
    denied: tuple[tuple[Fact, int], ...] = ()


def doubted_in(
    reason: str,
    facts: Sequence[Fact],
    told: Callable[[Fact], tuple[Sequence[Fact], Sequence[Fact]]],
    reference: date,
) -> Doubted:
    """Return those of a reason's ``facts`` that cannot be true of what was told and is told.

    ``told`` returns, for a fact, what those were told before of whom it speaks, and what they are
    told now. Hamlets may be named freely.
    """
    known = [fact for fact in facts if fact.kind is not Kind.HAMLET]
    old = {fact for fact in known if _among(fact, told(fact)[0], reference)}
    new = {fact for fact in known if _among(fact, told(fact)[1], reference)}

    def of_one_text(one: Fact, other: Fact) -> bool:
        return {one, other} <= old or {one, other} <= new

    ways = ways_of(reason, known, of_one_text)
    way = {fact: said for fact, (said, _begin) in ways.items()}
    claimed = frozenset(
        fact
        for fact in old - new
        if way.get(fact) is Way.NEW or (fact not in way and _claimed(reason, fact))
    )
    denied = ((fact, ways[fact][1]) for fact in known if fact in new - old and fact in ways)
    return Doubted(
        frozenset(fact for fact in known if fact not in old | new and not _by_so_much(reason, fact))
        | claimed,
        claimed,
        tuple((fact, begin) for fact, begin in denied if way[fact] is Way.OLD),
    )


def unfounded(
    reason: str, facts: Sequence[Fact], doubted: Doubted, now: Sequence[Fact], reference: date
) -> Iterator[Pair]:
    """Yield each of a reason's ``doubted`` facts that a text, which says ``now``, belies."""
    unknown = doubted.unknown
    left = [fact for fact in facts if fact in unknown or _among(fact, now, reference)]
    found = [pair for pair in contradictions(left, now, reference) if pair.one in unknown]
    yield from found
    for fact in facts:
        if fact in doubted.claimed and fact not in {pair.one for pair in found}:
            yield from contradictions([fact], now, reference)
    for fact, begin in doubted.denied:
        alike = [one for one in now if one.kind is fact.kind and agree(fact, one, reference)]
        if fact in facts and alike:
            yield Pair(replace(fact, written=reason[begin : fact.end].strip()), alike[0])


def _by_so_much(reason: str, fact: Fact) -> bool:
    """Say whether a fact is how much something changes by: "lùi 1 giờ", "giảm 5.000 đồng"."""
    short = not isinstance(fact.value, Clock) or 0 <= fact.value.minutes <= _LONGEST_SHIFT
    return short and _SHIFTED.search(reason, 0, fact.start) is not None


def _among(fact: Fact, others: Sequence[Fact], reference: date) -> bool:
    return any(one.kind is fact.kind and agree(fact, one, reference) for one in others)


def _claimed(reason: str, fact: Fact) -> bool:
    """Say whether the reason says that a fact is the right one."""
    before = reason[: fact.start]
    turns = list(_TURNS.finditer(before))
    clause = before[turns[-1].end() :] if turns else before
    return _CLAIMS.search(clause) is not None
