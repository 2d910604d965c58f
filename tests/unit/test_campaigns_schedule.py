from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.schedule import (
    MAX_MOMENTS,
    days_between,
    moments_of,
    parse_date,
    parse_moment,
    parse_time,
)
from engine.clock import VIETNAM


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5:30", time(5, 30)),
        ("05:30", time(5, 30)),
        ("5h30", time(5, 30)),
        ("17g00", time(17)),
        ("17h", time(17)),
        ("17 giờ 30 phút", time(17, 30)),
        ("7 GIỜ", time(7)),
        ("0:00", time(0)),
        ("23:59", time(23, 59)),
    ],
)
def test_times_are_read_as_people_write_them(text: str, expected: time) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text", ["24:00", "5:60", "530", "5", "5:3", "", "5:30:00", "-5:30", "٥:٣٠", "5pm", "5:30 x"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\d\d:\d\d"):
        parse_time(text)


def test_dates_are_iso_or_day_first() -> None:
    for text in ("2026-12-01", "01/12/2026", "1/12/2026", "01-12-2026", "1.12.2026", " 2026-12-1 "):
        assert parse_date(text) == date(2026, 12, 1)


@pytest.mark.parametrize(
    "text",
    ["31/02/2026", "12/31/2026", "2026-13-01", "0001-01-01", "9999-12-31", "1/12/26", "mai", ""],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_date(text)


def test_a_day_alone_begins_at_midnight_or_ends_with_its_last_second() -> None:
    assert parse_moment("05/12/2026") == datetime(2026, 12, 5, tzinfo=VIETNAM)
    end = datetime(2026, 12, 5, 23, 59, 59, tzinfo=VIETNAM)
    assert parse_moment("2026-12-05", end=True) == end
    for text in ("2026-12-05 17:30", "2026-12-05T17:30", "05/12/2026 17h30"):
        assert parse_moment(text, end=True) == datetime(2026, 12, 5, 17, 30, tzinfo=VIETNAM)


def test_a_stretch_of_days_keeps_the_weekdays_asked_for() -> None:
    days = days_between(date(2026, 12, 1), date(2026, 12, 8), [1, 7])
    assert days == (date(2026, 12, 6), date(2026, 12, 7))


def test_a_stretch_that_is_backward_empty_or_endless_is_refused() -> None:
    for first, last, weekdays in [
        (date(2026, 12, 2), date(2026, 12, 1), []),
        (date(2026, 12, 1), date(2026, 12, 1), [7]),
        (date(2020, 1, 1), date(2100, 1, 1), []),
    ]:
        with pytest.raises(ValueError, match=r"\S"):
            days_between(first, last, weekdays)


def test_a_thousand_moments_are_allowed_and_one_more_is_not() -> None:
    days = days_between(date(2026, 1, 1), date(2026, 9, 7))  # 250 days
    times = [time(hour) for hour in range(4)]
    assert len(moments_of(days, times)) == MAX_MOMENTS
    with pytest.raises(ValueError, match="1000"):
        moments_of([*days, date(2027, 1, 1)], times)


@given(
    days=st.lists(st.dates(date(2026, 1, 1), date(2027, 1, 1)), min_size=1, max_size=9),
    times=st.lists(st.times(), min_size=1, max_size=9),
)
def test_moments_are_every_day_at_every_time_sorted_and_each_once(
    days: list[date], times: list[time]
) -> None:
    moments = moments_of(days * 2, times * 2)
    assert list(moments) == sorted(set(moments))
    assert len(moments) == len(set(days)) * len(set(times))
    assert {m.utcoffset().total_seconds() for m in moments} == {7 * 3600}  # type: ignore[union-attr]  # aware
