"""One truth by the numbers: false alarms on campaigns that agree, catches of planted differences.

The campaigns are made up by the hundred (``support.truths``): eight kinds of notice, four forms
each in a wording and in habits of writing of its own.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from support.truths import HAMLETS, MadeUp, campaign, planted, plantings

from engine.rules.one_truth import Judge, Judged, Said

CAMPAIGNS = 200
#: Of a campaign's plantings so many are tried; the others are like them.
TRIED = 6


def judged(made: MadeUp) -> Judged:
    fields = [Said(path, text, frozenset(path[1:2])) for path, text in made.fields.items()]
    return Judge(date(2026, 12, 1), HAMLETS).judge(fields)


def test_campaigns_that_say_the_same_raise_no_alarm(capsys: pytest.CaptureFixture[str]) -> None:
    alarms = []
    for seed in range(CAMPAIGNS):
        found = judged(campaign(seed))
        alarms += [(seed, one) for one in (*found.differences, *found.weekdays)]
    with capsys.disabled():
        print(f"\none truth: {len(alarms)} false alarms in {CAMPAIGNS} campaigns that agree")
    assert alarms == []


def test_planted_differences_are_caught(capsys: pytest.CaptureFixture[str]) -> None:
    tried: Counter[str] = Counter()
    missed: list[tuple[int, tuple[str, ...], str]] = []
    for seed in range(CAMPAIGNS):
        made = campaign(seed)
        places = plantings(made)
        for form, name in places[:: max(1, len(places) // TRIED)]:
            tried[name] += 1
            found = judged(planted(made, form, name))
            if not any(
                form in (one.one.said.path, one.other.said.path) for one in found.differences
            ):
                missed.append((seed, form, name))
    total = sum(tried.values())
    caught = 1 - len(missed) / total
    with capsys.disabled():
        print(f"\none truth: {caught:.2%} of {total} planted differences caught ({dict(tried)})")
    assert set(tried) == {"day", "deadline", "hour", "end", "money", "phone", "place"}
    assert total > CAMPAIGNS * 5
    assert caught >= 0.99, missed[:20]
