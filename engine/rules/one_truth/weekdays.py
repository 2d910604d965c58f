"""Weekdays beside dates: "thứ Bảy, ngày 05/12/2026" is one fact, and may be a false one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from engine.rules.one_truth.facts import Day, Kind
from engine.rules.one_truth.found import Found
from engine.rules.one_truth.words import Word

_JOINS: Final = frozenset({",", "và", "đến", "tới", "-", "–"})
#: What may stand between a weekday and its date, before or after it.
_BETWEEN: Final = frozenset({",", "(", ")", "-", "–", "là", "nhằm", "tức", "vào", "ngày", "trúng"})


def joined_weekdays(
    words: tuple[Word, ...], days: Sequence[Found], weekdays: Sequence[Found]
) -> list[Found]:
    """Return days with the weekdays written beside them, and the weekdays that stand alone."""
    dated = {one.begin: index for index, one in enumerate(days) if one.kind is Kind.DATE}
    ending = {one.end: index for index, one in enumerate(days) if one.kind is Kind.DATE}
    found, alone = list(days), []
    for row in _rows(words, weekdays):
        after = _skipped(words, row[-1].end, dated, 1)
        if after is not None:
            taken = _following(words, days, dated[after], len(row))
        else:
            before = _skipped(words, row[0].begin, ending, -1)
            taken = [ending[before]] if before is not None and len(row) == 1 else []
        for one, index in zip(row, taken, strict=False):
            found[index] = _with_weekday(found[index], one)
        if len(taken) or not _every_week(words, row):
            alone += row[len(taken) :]
    return [*found, *alone]


def _rows(words: tuple[Word, ...], weekdays: Sequence[Found]) -> list[list[Found]]:
    """Group weekdays that stand in a row: "thứ Bảy, Chủ nhật"."""
    rows: list[list[Found]] = []
    for one in sorted(weekdays, key=lambda found: found.begin):
        between = {word.said for word in words[rows[-1][-1].end : one.begin]} if rows else set()
        if rows and between and between <= _JOINS:
            rows[-1].append(one)
        else:
            rows.append([one])
    return rows


def _every_week(words: tuple[Word, ...], row: list[Found]) -> bool:
    """Say whether weekdays without a date are those of every week: "từ thứ Hai đến thứ Sáu"."""
    between = {word.said for word in words[row[0].end : row[-1].begin]}
    return len(row) > 1 and bool(between & {"đến", "tới", "-", "–"})


def _skipped(words: tuple[Word, ...], at: int, known: dict[int, int], step: int) -> int | None:
    """Return the place of a date next to ``at``, past at most three words that join."""
    for _step in range(4):
        if at in known:
            return at
        index = at if step > 0 else at - 1
        if not 0 <= index < len(words) or words[index].said not in _BETWEEN:
            return None
        at += step
    return None


def _following(words: tuple[Word, ...], days: Sequence[Found], first: int, count: int) -> list[int]:
    """Return the days in a row with the first, one for each of ``count`` weekdays."""
    taken = [first]
    while len(taken) < count and taken[-1] + 1 < len(days):
        one, other = days[taken[-1]], days[taken[-1] + 1]
        if not {word.said for word in words[one.end : other.begin]} <= _JOINS | {"ngày"}:
            break
        taken.append(taken[-1] + 1)
    return taken


def _with_weekday(day: Found, weekday: Found) -> Found:
    assert isinstance(day.value, Day)
    assert isinstance(weekday.value, Day)
    value = replace(day.value, weekday=weekday.value.weekday)
    begin, end = min(day.begin, weekday.begin), max(day.end, weekday.end)
    role = weekday.role if weekday.begin < day.begin else day.role
    return replace(day, value=value, begin=begin, end=end, role=role)
