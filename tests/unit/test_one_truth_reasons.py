"""A correction's reason by which way it points: the old value is what was told, the new what holds.

In each row nothing but the value named changes: an hour, a day, an amount, a telephone number.
"""

from __future__ import annotations

from datetime import date

import pytest

from engine.rules.one_truth import Judge, Said

HAMLETS = ("Ấp Kinh Mới", "Ấp Cà Lăng")
TEXT = "Họp dân lúc {} ngày {} tại nhà văn hóa ấp. Lệ phí {} đồng. Hỏi Trạm Y tế số {}."
OLD = ("9 giờ", "07/12/2026", "25.000", "0272.3000.111")
NEW = ("10 giờ", "08/12/2026", "30.000", "0272.3000.222")
LONG = ("9 giờ đến 11 giờ", "10 giờ đến 12 giờ")
HOUR, DAY, MONEY, PHONE = range(4)

QUIET = (
    (HOUR, "từ 9 giờ sang 10 giờ"),
    (HOUR, "đổi từ 9h sang 10h"),
    (HOUR, "ghi nhầm 9 giờ, đúng là 10 giờ"),
    (HOUR, "không phải 9 giờ mà là 10 giờ"),
    (HOUR, "dời từ 9 giờ đến 10 giờ"),
    (HOUR, "trước ghi 9 giờ, nay sửa lại 10 giờ"),
    (HOUR, "giờ mới là 10 giờ, không phải 9 giờ"),
    (HOUR, "ghi nhầm giờ: mười giờ mới đúng"),
    (HOUR, "ghi nhầm 10 giờ thành 9 giờ"),
    (HOUR, "ghi nhầm 9 giờ thay cho 10 giờ"),
    (HOUR, "nay dời 9 giờ sang 10 giờ"),
    (HOUR, "9 giờ là nhầm, 10 giờ mới đúng"),
    (HOUR, "10 giờ chứ không phải 9 giờ"),
    (HOUR, "giờ họp: 9 giờ → 10 giờ"),
    (HOUR, "nay không họp 9 giờ nữa, họp lúc 10 giờ"),
    (HOUR, "không họp lúc 9 giờ mà họp lúc 10 giờ, ngày 7/12 giữ nguyên"),
    (HOUR, "giờ cũ là 9 giờ, giờ mới là 10 giờ"),
    (HOUR, "ghi nhầm địa điểm của buổi họp 10 giờ"),
    (HOUR, "thông báo trước vẫn ghi 9 giờ; đúng ra là 10 giờ"),
    (HOUR, "ở Ấp Kinh Mới là 10 giờ"),
    (HOUR, "ghi nhầm 10 giờ với 9 giờ"),
    (HOUR, "thay 9 giờ bằng 10 giờ"),
    (HOUR, "10 giờ (ghi nhầm 9 giờ)"),
    (HOUR, "10 giờ ghi nhầm thành 9 giờ"),
    (HOUR, "lùi 1 giờ so với dự kiến"),
    (HOUR, "chuyển buổi họp 10 giờ sang nhà văn hóa ấp"),
    (HOUR, "dời sang 10 giờ, ngày 7/12 và chỗ họp vẫn là như trước"),
    (DAY, "đổi từ ngày 7/12 sang ngày 8/12"),
    (DAY, "lùi một ngày, từ 7/12 đến 8/12/2026"),
    (DAY, "không phải thứ Hai 7/12 mà là thứ Ba 8/12"),
    (DAY, "hoãn sang ngày 8/12 thay vì ngày 7/12, vẫn lúc 9 giờ"),
    (DAY, "ngày cũ 7/12, ngày mới 8/12"),
    (MONEY, "lệ phí tăng từ 25.000 đồng lên 30.000 đồng"),
    (MONEY, "ghi nhầm 25.000 đồng, sửa lại thành 30 nghìn đồng"),
    (MONEY, "mức cũ 25.000đ không còn áp dụng, nay là 30.000đ"),
    (MONEY, "giảm 5.000 đồng"),
    (MONEY, "ghi nhầm lệ phí của buổi họp ngày 7/12"),
    (PHONE, "số đúng là 0272.3000.222, không phải 0272.3000.111"),
    (PHONE, "ghi nhầm số điện thoại 0272.3000.111, nay sửa thành 0272 3000 222"),
    (PHONE, "số cũ 0272.3000.111 đổi thành 0272.3000.222"),
)

STOPPED = (
    (HOUR, "giờ mới là 9 giờ, không phải 10 giờ"),
    (HOUR, "đổi từ 10 giờ sang 9 giờ"),
    (HOUR, "trước ghi 10 giờ, nay sửa lại 9 giờ"),
    (HOUR, "ghi nhầm giờ: chín giờ mới đúng"),
    (HOUR, "ghi nhầm 10 giờ, đúng là 9 giờ"),
    (HOUR, "không phải 10 giờ mà là 9 giờ"),
    (HOUR, "dời từ 10 giờ đến 9 giờ"),
    (HOUR, "từ 10h sang 9h"),
    (HOUR, "10 giờ là nhầm, 9 giờ mới đúng"),
    (HOUR, "9 giờ chứ không phải 10 giờ"),
    (HOUR, "giờ họp: 10 giờ → 9 giờ"),
    (HOUR, "không họp lúc 10 giờ mà họp lúc 9 giờ"),
    (HOUR, "giờ cũ là 10 giờ"),
    (HOUR, "nay sửa lại thành chín giờ"),
    (HOUR, "thay vì 10 giờ"),
    (HOUR, "vẫn họp lúc 9 giờ"),
    (HOUR, "10 giờ là sai"),
    (HOUR, "trước đây ghi 10 giờ"),
    (HOUR, "nay dời 10 giờ sang 9 giờ"),
    (HOUR, "ghi nhầm 10 giờ thay cho 9 giờ"),
    (HOUR, "cũ: 10 giờ, mới: 9 giờ"),
    (HOUR, "thay 10 giờ bằng 9 giờ"),
    (HOUR, "9 giờ mới là giờ họp đúng"),
    (HOUR, "GIỜ MỚI LÀ 9 GIỜ"),
    (DAY, "đổi từ ngày 8/12 sang ngày 7/12"),
    (DAY, "không phải thứ Ba 8/12 mà là thứ Hai 7/12"),
    (DAY, "ngày mới là 7/12"),
    (DAY, "ghi nhầm ngày 8/12"),
    (DAY, "hoãn đến ngày 7/12 thay vì ngày 8/12"),
    (MONEY, "lệ phí giảm từ 30.000 đồng xuống 25.000 đồng"),
    (MONEY, "ghi nhầm 30.000 đồng"),
    (MONEY, "mức cũ 30 nghìn đồng, nay là 25 nghìn đồng"),
    (PHONE, "số mới là 0272.3000.111"),
    (PHONE, "số đúng là 0272.3000.111, không phải 0272.3000.222"),
    (PHONE, "số cũ 0272.3000.222 đổi thành 0272.3000.111"),
)


def stopped(reason: str, old: str, new: str) -> list[str]:
    """Return what of a reason is told as a difference, as it is written."""
    judge = Judge(date(2026, 12, 1), HAMLETS)
    said = Said(("text",), new)
    found = judge.reason(
        Said(("reason",), reason), {"a": [said]}, {"a": [old]}, ["a"], {"a": HAMLETS[0]}
    )
    return [one.one.fact.written for judged in found.values() for one in judged.differences]


def changed(kind: int) -> tuple[str, str]:
    """Return the text that was told, and that in which one value is another."""
    values = list(OLD)
    values[kind] = NEW[kind]
    return TEXT.format(*OLD), TEXT.format(*values)


@pytest.mark.parametrize(("kind", "reason"), QUIET)
def test_what_points_the_right_way_is_in_order(kind: int, reason: str) -> None:
    assert stopped(reason, *changed(kind)) == []


@pytest.mark.parametrize(("kind", "reason"), STOPPED)
def test_the_old_where_the_new_stands_and_the_new_where_the_old_stands_is_a_difference(
    kind: int, reason: str
) -> None:
    assert stopped(reason, *changed(kind)) != []


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ("họp từ 10 giờ đến 12 giờ", False),
        ("dời họp lại từ 10 giờ đến 12 giờ", False),
        ("đổi từ 9 giờ - 11 giờ sang 10 giờ - 12 giờ", False),
        ("trước ghi từ 9 giờ đến 11 giờ, đúng là từ 10 giờ đến 12 giờ", False),
        ("đúng là từ 9 giờ đến 11 giờ", True),
        ("không phải từ 10 giờ đến 12 giờ", True),
        ("đổi từ 10 giờ - 12 giờ sang 9 giờ - 11 giờ", True),
    ],
)
def test_from_one_hour_to_another_may_be_a_span(reason: str, wrong: bool) -> None:
    old, new = (TEXT.format(span, *OLD[1:]) for span in LONG)
    assert bool(stopped(reason, old, new)) is wrong


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ("đổi từ 9 giờ, ngày 7/12 sang 10 giờ, ngày 8/12", False),
        ("ghi nhầm 9 giờ ngày 7/12, đúng là 10 giờ thứ Ba ngày 8/12; lệ phí nay là 30.000đ", False),
        ("dời từ 9 giờ ngày 7/12 sang 10 giờ ngày 8/12, số mới 0272.3000.222", False),
        ("dời từ 9 giờ ngày 7/12 sang 10 giờ ngày 7/12", True),
        ("ghi nhầm 9 giờ ngày 7/12, đúng là 10 giờ ngày 8/12; lệ phí nay là 25.000đ", True),
        ("dời từ 10 giờ ngày 8/12 sang 9 giờ ngày 7/12", True),
    ],
)
def test_several_values_may_stand_in_one_reason(reason: str, wrong: bool) -> None:
    assert bool(stopped(reason, TEXT.format(*OLD), TEXT.format(*NEW))) is wrong


def test_what_denies_the_new_value_is_told_with_the_words_that_deny_it() -> None:
    assert stopped("giờ họp không phải 10 giờ", *changed(HOUR)) == ["không phải 10 giờ"]
