"""One truth on hard pairs, written by hand: what differs is caught, what agrees raises no alarm."""

from __future__ import annotations

from datetime import date

import pytest
from support.truth_pairs import AGREE, DIFFER
from support.truths import HAMLETS

from engine.rules.one_truth import Judge, Judged, Said

#: "đến thứ Năm" may be a last day or a day on which somebody comes; it is taken for a last one.
MISSED = {"Tuần này xe rác đến thứ Năm 3/12."}


def judged(*texts: str) -> Judged:
    fields = [Said(("text", number), text) for number, text in enumerate(texts)]
    return Judge(date(2026, 12, 1), HAMLETS).judge(fields)


def test_of_eighty_that_differ_all_are_caught_but_what_is_known() -> None:
    assert len(set(DIFFER)) == 80
    assert {other for one, other in DIFFER if not judged(one, other).differences} == MISSED


def test_of_eighty_that_agree_none_raises_an_alarm() -> None:
    assert len(set(AGREE)) == 80
    alarms = [(pair, found) for pair in AGREE if (found := judged(*pair)) != Judged()]
    assert alarms == []


@pytest.mark.parametrize(
    "written",
    ["ngày 31/13", "ngày 0/12", "12/25/2026", "31-02-2027", "ngày 30 tháng 2", "mùng 32/1"],
)
def test_a_day_that_no_calendar_has_is_told(written: str) -> None:
    (side,) = judged(f"Họp dân {written}, tại Ấp 1.", "Họp dân.").impossible
    assert side.fact.written.removeprefix("ngày ") == written.removeprefix("ngày ")


@pytest.mark.parametrize(
    "text",
    [
        "ngày 29/2/2028", "ngày 15-20/12", "số 15/13/2026", "ngày 31/12", "tỷ lệ 30/45", "15/3/26",
        "thửa 45/67", "Nghị quyết 35/45/2026", "ngày 1/1 và 2/1", "ngày rằm tháng Giêng",
    ],
)  # fmt: skip
def test_numbers_that_are_no_such_days_are_left_alone(text: str) -> None:
    assert judged(f"Họp dân {text}.", "Họp dân.").impossible == ()
