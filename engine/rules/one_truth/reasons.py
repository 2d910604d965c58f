"""The reason of a correction: what it says must be what people were told, or are told now.

A reason quotes what was wrong ("ghi nhầm 7 giờ thành 8 giờ") and what is right; both are in order.
A value that is neither, where the corrected text says another of the same thing, is a difference;
and so is the old one where the reason says that it is the right one ("giờ đúng là 8 giờ"). A reason
is the same for all hamlets: what it says of one by name is held against that one, all else against
those that are corrected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

from engine.rules.one_truth.comparing import Pair, agree, contradictions
from engine.rules.one_truth.facts import Fact, Kind

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


def unknown_in(
    reason: str,
    facts: Sequence[Fact],
    told: Callable[[Fact], tuple[Sequence[Fact], Sequence[Fact]]],
    reference: date,
) -> frozenset[Fact]:
    """Return those of a reason's ``facts`` that are neither quoted nor told.

    ``told`` returns, for a fact, what those were told before of whom it speaks, and what they are
    told now. Hamlets may be named freely.
    """
    return frozenset(
        fact
        for fact in facts
        if fact.kind is not Kind.HAMLET and _unknown(reason, fact, *told(fact), reference)
    )


def _unknown(
    reason: str, fact: Fact, before: Sequence[Fact], now: Sequence[Fact], reference: date
) -> bool:
    if _among(fact, now, reference):
        return False
    return _claimed(reason, fact) or not _among(fact, before, reference)


def unfounded(
    facts: Sequence[Fact], unknown: frozenset[Fact], now: Sequence[Fact], reference: date
) -> Iterator[Pair]:
    """Yield each of a reason's ``unknown`` facts that a text, which says ``now``, belies."""
    left = [fact for fact in facts if fact in unknown or _among(fact, now, reference)]
    yield from (pair for pair in contradictions(left, now, reference) if pair.one in unknown)


def _among(fact: Fact, others: Sequence[Fact], reference: date) -> bool:
    return any(one.kind is fact.kind and agree(fact, one, reference) for one in others)


def _claimed(reason: str, fact: Fact) -> bool:
    """Say whether the reason says that a fact is the right one."""
    before = reason[: fact.start]
    turns = list(_TURNS.finditer(before))
    clause = before[turns[-1].end() :] if turns else before
    return _CLAIMS.search(clause) is not None
