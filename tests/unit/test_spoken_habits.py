"""The same day, hour, sum or number in every habit of writing is said the same."""

from __future__ import annotations

import random
import unicodedata
from datetime import date, timedelta
from pathlib import Path

import pytest

from channels.loudspeaker.spoken import Region, read_digits, read_number, speak

YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
WRITTEN = [
    line.split("\t")[1]
    for line in Path(__file__).with_name("spoken_pairs.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def month(number: int) -> str:
    return "tư" if number == 4 else read_number(number)


def test_every_number_to_ten_thousand_is_read_in_a_line_as_by_itself() -> None:
    for n in range(10_001):
        assert speak(f"có {n} bao").text == f"có {read_number(n)} bao"


@pytest.mark.parametrize(
    "habit",
    ["{d:02}/{m:02}/{y}", "{d}/{m}/{y}", "{d}-{m}-{y}", "{d:02}.{m:02}.{y}", "{y}-{m:02}-{d:02}",
     "{d} / {m} / {y}", "{d:02}–{m:02}–{y}", "{d} tháng {m} năm {y}"],
)  # fmt: skip
def test_every_day_of_a_year_is_said_the_same_however_it_is_written(habit: str) -> None:
    for day in YEAR:
        written = habit.format(d=day.day, m=day.month, y=day.year)
        said = f"ngày {read_number(day.day)} tháng {month(day.month)} năm {read_number(day.year)}"
        assert speak(f"Họp ngày {written}.").text == f"Họp {said}.", written


@pytest.mark.parametrize("habit", ["{d}/{m}", "{d:02}/{m:02}", "{d}.{m}", "{d} tháng {m}"])
def test_a_day_without_its_year_is_a_day_after_the_word_for_it(habit: str) -> None:
    for day in YEAR:
        written = habit.format(d=day.day, m=day.month)
        said = f"{read_number(day.day)} tháng {month(day.month)}"
        assert speak(f"sáng ngày {written} tại xã").text == f"sáng ngày {said} tại xã", written


@pytest.mark.parametrize(
    "habit", ["{h}h{m:02}", "{h:02}h{m:02}", "{h}g{m:02}", "{h:02}:{m:02}", "{h} giờ {m:02} phút",
              "{h} giờ {m:02}", "{h}H{m:02}", "{h}h{m:02}'", "{h}h{m:02}p"],
)  # fmt: skip
def test_every_minute_of_a_day_is_said_the_same_however_it_is_written(habit: str) -> None:
    for minute in range(0, 24 * 60, 7):
        h, m = divmod(minute, 60)
        said = f"{read_number(h)} giờ" + (f" {read_number(m)} phút" if m else "")
        written = habit.format(h=h, m=m)
        assert speak(f"lúc {written}, ấp 3").text == f"lúc {said}, ấp ba", written


@pytest.mark.parametrize(
    "habit", ["{n}đ", "{n} đ", "{n} đồng", "{n}đồng", "{n} VNĐ", "{n}₫", "{n} vnđ", "VNĐ {n}"]
)
def test_a_sum_is_said_the_same_however_it_is_written(habit: str) -> None:
    chance = random.Random(11)
    for _round in range(100):
        n = chance.randrange(1, 10 ** chance.randint(3, 10)) * 500
        dotted = f"{n:,}".replace(",", ".")
        said = f"hỗ trợ {read_number(n)} đồng mỗi hộ"
        assert speak(f"hỗ trợ {habit.format(n=dotted)}/hộ").text == said, dotted


@pytest.mark.parametrize("joint", ["", " ", ".", "-"])
def test_the_digits_of_a_phone_number_are_said_in_their_order(joint: str) -> None:
    chance = random.Random(12)
    for _round in range(200):
        groups = [
            "09" + str(chance.randint(10, 99)),
            *(str(chance.randint(100, 999)) for _ in "ab"),
        ]
        said = speak(f"gọi {joint.join(groups)} nhé").text
        assert said.replace(",", "") == f"gọi {read_digits(''.join(groups))} nhé"


def test_the_north_differs_from_the_south_in_two_words_only() -> None:
    for written in WRITTEN:
        if "ngàn" in written or "lẻ" in written:
            continue
        south = speak(written, region=Region.SOUTH).text.split()
        words = {"ngàn": "nghìn", "ngàn,": "nghìn,", "ngàn.": "nghìn.", "ngàn;": "nghìn;",
                 "ngàn:": "nghìn:", "lẻ": "linh"}  # fmt: skip
        north = [words.get(word, word) for word in south]
        assert speak(written, region=Region.NORTH).text.split() == north, written


def test_decomposed_text_is_read_like_composed_text() -> None:
    for written in WRITTEN:
        assert speak(unicodedata.normalize("NFD", written)) == speak(written)


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009"])
def test_any_space_is_a_space(space: str) -> None:
    for written in WRITTEN[::7]:
        assert speak(written.replace(" ", space)).text == speak(written).text, written


def test_a_tab_is_the_pause_between_the_cells_of_a_pasted_table() -> None:
    assert speak("1\tẤp 1\t7h30\t05/12").text == (
        "một, Ấp một, bảy giờ ba mươi phút, ngày năm tháng mười hai"
    )
    assert speak("1.\tHọp dân").text == "một. Họp dân"
    assert speak("\t-\tHọp\t").text == "Họp."


@pytest.mark.parametrize("dash", "‐‑‒–—―−－")
def test_any_dash_is_a_dash(dash: str) -> None:
    for written in WRITTEN[::7]:
        if "://" not in written and "@" not in written:
            assert speak(written.replace("-", dash)).text == speak(written).text, written
