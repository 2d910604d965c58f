"""One truth: what is written in many habits is one fact; what means something else is another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.rules.one_truth import Kind, Role, contradictions, facts_of, relative_days

#: Texts of every kind beside how they are said: the spoken language's own examples.
PAIRS = [
    line
    for line in (Path(__file__).parent / "spoken_pairs.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
REFERENCE = date(2026, 12, 1)
HAMLETS = ("Ấp 1", "Ấp 2", "Ấp 3", "Ấp 4")

#: Each row is one fact in all its habits.
SAME = {
    Kind.DATE: (
        "họp ngày 05/12/2026", "họp ngày 5-12", "họp ngày 5 tháng 12", "họp mùng 5/12",
        "họp thứ Bảy 05.12", "họp thứ Bảy, ngày 05/12/2026", "họp 05/12/2026 (thứ Bảy)",
        "họp T7 5/12", "họp ngày năm tháng mười hai năm hai nghìn không trăm hai mươi sáu",
        "ថ្ងៃទី០៥ ខែ១២ ឆ្នាំ២០២៦", "meeting on 5 December 2026", "họp 2026-12-05",
        "họp ngày 5.12.2026", "họp thứ Bảy",
    ),
    Kind.HOUR: (
        "lúc 7h30", "lúc 07:30", "lúc 7 giờ 30", "lúc bảy giờ rưỡi sáng", "lúc 7g30",
        "lúc 07 giờ 30 phút", "lúc bảy giờ ba mươi phút", "lúc 8 giờ kém 30",
        "ម៉ោង ៧ និង ៣០ នាទី ព្រឹក", "ម៉ោង៧ កន្លះ", "ម៉ោង 7:30 ព្រឹក", "ម៉ោង ប្រាំពីរ និងសាមសិបនាទី",
        "at 7:30 a.m.", "at half past seven", "at 7.30 am",
    ),
    Kind.MONEY: (
        "mức 1.500.000đ", "mức 1,5 triệu đồng", "mức 1.500.000 VNĐ", "mức một triệu rưỡi đồng",
        "mức 1 triệu 500 nghìn đồng", "mức 1tr5", "mức 1500000đ", "mức 1.500 ngàn đồng",
    ),
    Kind.PHONE: (
        "gọi 0272.3000.111", "gọi 0272 3000 111", "gọi +84 272 3000 111", "gọi (0272) 3000111",
        "gọi 02723000111",
        "gọi cộng tám bốn, hai bảy hai, ba không không không, một một một",
        "gọi không hai bảy hai, ba không không không, một một một",
    ),
    Kind.PLACE: (
        "tại Nhà văn hóa Ấp 3", "tại NVH ấp 3", "tại nhà văn hoá ấp ba",
        "Địa điểm: Nhà văn hóa Ấp 3", "tại nhà văn hóa ấp",
    ),
}  # fmt: skip

#: Pairs that cannot both be true.
DIFFERENT = (
    (Kind.DATE, "họp ngày 05/12/2026", "họp ngày 06/12/2026"),
    (Kind.DATE, "họp ngày 05/12/2026", "họp ngày 05/12/2027"),
    (Kind.DATE, "họp ngày 05/12/2026", "họp thứ Sáu"),
    (Kind.DATE, "đăng ký trước ngày 05/12", "hạn chót đăng ký: 07/12"),
    (Kind.DATE, "phát từ ngày 1 đến ngày 5/12", "phát từ ngày 1 đến hết ngày 6/12"),
    (Kind.HOUR, "họp lúc 7 giờ", "họp lúc 19 giờ"),
    (Kind.HOUR, "họp lúc 7 giờ tối", "họp lúc 7 giờ sáng"),
    (Kind.HOUR, "họp 7 giờ 30 đến 11 giờ", "họp từ 7h30 đến 11h30"),
    (Kind.HOUR, "họp sáng thứ Bảy", "họp lúc 14 giờ thứ Bảy"),
    (Kind.MONEY, "mức 1.500.000 đồng", "mức 1,4 triệu đồng"),
    (Kind.QUANTITY, "mỗi hộ nhận 15 kg gạo", "mỗi hộ nhận 10kg gạo"),
    (Kind.PHONE, "gọi 0272.3000.111", "gọi 0272.3000.112"),
    (Kind.PLACE, "họp tại Nhà văn hóa Ấp 3", "họp tại nhà văn hóa Ấp 4"),
    (Kind.PLACE, "tiêm tại Trạm Y tế xã", "tiêm tại Trường Tiểu học xã"),
    (Kind.HAMLET, "mời bà con Ấp 1", "mời bà con Ấp 2"),
    (Kind.MONTH, "thu phí trong tháng 12", "thu phí trong tháng 11"),
)

#: Pairs of which both can be true: one says less, or they speak of different things.
ALIKE = (
    ("họp lúc 19 giờ ngày 08/12 tại Nhà văn hóa Ấp 3", "bà con nhớ đi họp"),
    ("họp lúc 19 giờ ngày 08/12", "họp lúc 19 giờ ngày 08/12, kết thúc 21 giờ"),
    ("căn cứ Luật số 10/2022/QH15 ngày 10/11/2022, họp ngày 08/12", "họp ngày 08/12"),
    ("trẻ sinh từ ngày 01/01/2024 đến 31/12/2024 tiêm ngày 05/12", "tiêm ngày 05/12"),
    ("trực 24/24 giờ, xử lý trong 2 giờ", "họp lúc 7 giờ"),
    ("hỏi Trạm Y tế 0272.3000.111", "hỏi Công an xã 0272.3000.222"),
    ("họp tại Hội trường UBND xã", "họp tại hội trường xã"),
    ("Trạm Y tế xã kính mời bà con", "tiêm tại trạm y tế"),
    ("Ủy ban nhân dân xã mời họp tại Nhà văn hóa Ấp 1", "họp tại nhà văn hóa Ấp 1"),
    ("chợ phiên họp thứ Hai hằng tuần", "họp ngày 05/12"),
    ("mũi tiêm thứ hai vào ngày 05/12", "tiêm ngày 05/12"),
    ("người lớn 50.000 đồng, trẻ em 30.000 đồng", "trẻ em 30.000 đồng"),
    ("tốc độ dưới 40 km/h", "họp lúc 7 giờ"),
    ("mỗi hộ 15 kg gạo, 2 lít dầu", "mỗi hộ 15kg gạo"),
    ("họp ngày 05/12/2026", "họp ngày 5/12"),
    ("từ 7 giờ đến 11 giờ sáng", "bắt đầu 7h"),
    ("trước ngày 15/12", "chậm nhất ngày 15/12"),
)


def told(one: str, other: str) -> list[tuple[str, str]]:
    """Return what two texts say differently, as it is written in each."""
    pairs = contradictions(facts_of(one, HAMLETS), facts_of(other, HAMLETS), REFERENCE)
    return [(pair.one.written, pair.other.written) for pair in pairs]


@pytest.mark.parametrize("kind", SAME)
def test_every_habit_of_writing_is_the_same_fact(kind: Kind) -> None:
    for one in SAME[kind]:
        assert [fact.kind for fact in facts_of(one)].count(kind) == 1, one
        for other in SAME[kind]:
            assert told(one, other) == [], (one, other)


@pytest.mark.parametrize(("kind", "one", "other"), DIFFERENT)
def test_what_means_something_else_is_a_difference(kind: Kind, one: str, other: str) -> None:
    pairs = list(contradictions(facts_of(one, HAMLETS), facts_of(other, HAMLETS), REFERENCE))
    assert [pair.one.kind for pair in pairs] == [kind]
    assert told(other, one) == [(b, a) for a, b in told(one, other)]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_saying_less_or_something_else_is_none(one: str, other: str) -> None:
    assert told(one, other) == []
    assert told(other, one) == []


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("ប្រជុំម៉ោង ៩។", "9 giờ"),
        ("ម៉ោង ៩ ព្រឹក ថ្ងៃទី ៧ ខែ ១២", "9 giờ sáng ngày 7/12"),
        ("ម៉ោង 9 ព្រឹក", "9 giờ"),
        ("ម៉ោង ៩ និង ៣០ នាទី", "9 giờ 30"),
        ("ម៉ោង ២ រសៀល", "14 giờ"),
        ("វេលាម៉ោង ៧:៣០ ល្ងាច", "19 giờ 30"),
        ("ល្ងាចថ្ងៃទី៧ ខែ១២ ម៉ោង ៥ កន្លះ", "17 giờ 30 ngày 7/12"),
        ("ម៉ោង ១១ យប់", "23 giờ"),
        ("ម៉ោង ១២ ថ្ងៃត្រង់", "12 giờ"),
        ("ពីម៉ោង ៧ ដល់ម៉ោង ៩ យប់", "từ 19 giờ đến 21 giờ"),
        ("at 9 o'clock", "9 giờ"),
        ("at nine o’clock in the evening", "21 giờ"),
        ("2 pm", "14 giờ"),
        ("at 2:30 p.m. on 5 December", "14 giờ 30 ngày 5/12"),
        ("at noon", "12 giờ"),
        ("quarter to nine pm", "20 giờ 45"),
        ("from 9 - 11 am", "từ 9 giờ đến 11 giờ"),
        ("11 am to 2 pm", "11 giờ đến 14 giờ"),
    ],
)
def test_hours_of_other_languages_are_compared(written: str, clock: str) -> None:
    hours = [fact.value for fact in facts_of(written) if fact.kind is Kind.HOUR]
    assert hours == [fact.value for fact in facts_of(clock) if fact.kind is Kind.HOUR]
    assert len(hours) == clock.count("giờ")
    assert told(f"họp {clock}", written) == []
    assert told("họp lúc 8 giờ", written) != []


@pytest.mark.parametrize(
    "text",
    ["រយៈពេល ២ ម៉ោង ១៥ នាទី", "២៤ ម៉ោង", "ម៉ោង ដប់ប្រាំបី", "children from 6 to 12", "6 o", "ម៉ោង ៣០"],
)
def test_what_is_no_hour_in_another_language_is_left_alone(text: str) -> None:
    assert [fact for fact in facts_of(text) if fact.kind is Kind.HOUR] == []


def test_what_is_said_aloud_is_what_is_written() -> None:
    pairs = [line.split("\t")[1:3] for line in PAIRS]
    assert len(pairs) > 2_000
    assert {written: differ for written, said in pairs if (differ := told(written, said))} == {}


def test_numbers_that_share_an_area_code_are_two() -> None:
    text = "gọi 0272 3812345 - 3812346"
    numbers = [str(fact.value) for fact in facts_of(text) if fact.kind is Kind.PHONE]
    assert numbers == ["Number(digits='02723812345')", "Number(digits='02723812346')"]


def test_what_two_texts_give_to_each_others_things_is_found() -> None:
    fees = "Lệ phí người lớn 50.000 đồng, trẻ em 30.000 đồng."
    swapped = "Lệ phí: người lớn 30 nghìn đồng, trẻ em 50 nghìn đồng."
    assert told(fees, swapped)
    assert told(fees, "Lệ phí trẻ em 30k, người lớn 50k.") == []


def test_the_end_in_the_place_of_the_beginning_is_found() -> None:
    assert told("họp từ 7 giờ đến 11 giờ", "họp lúc 11 giờ") == [("7 giờ", "11 giờ")]


def test_a_broken_line_does_not_part_a_date() -> None:
    text = "Bà con đi họp vào thứ Bảy, ngày\n05/12/2026 tại nhà văn hóa."
    (day,) = (fact for fact in facts_of(text) if fact.kind is Kind.DATE)
    assert text[day.start : day.end] == day.written == "thứ Bảy, ngày\n05/12/2026"


def test_the_roles_of_days_are_told_apart() -> None:
    text = "Căn cứ Kế hoạch số 12/KH-UBND ngày 03/11/2026, nhận từ ngày 01/12 đến hết ngày 05/12."
    roles = [fact.role for fact in facts_of(text) if fact.kind is Kind.DATE]
    assert roles == [Role.CITED, Role.START, Role.END]


def test_words_for_days_that_depend_on_the_day_are_found() -> None:
    text = "Chiều nay phát loa, ngày mai họp, thứ Bảy này tiêm; hiện nay và ngày nay không kể."
    assert [word.written for word in relative_days(text)] == [
        "Chiều nay",
        "ngày mai",
        "thứ Bảy này",
    ]
