"""Words on paper: tidied, kept together where a break would mislead, dated."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from channels.flyer.wording import NBSP, heading, number, one_line, printable, unbroken, validity
from engine.clock import VIETNAM


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("lúc 7 giờ 30 phút", "lúc 7~giờ~30~phút"),
        ("ngày 5 tháng 12 năm 2026", "ngày~5~tháng~12 năm~2026"),
        ("trẻ từ 18 đến 24 tháng tuổi", "trẻ từ 18 đến 24~tháng~tuổi"),
        ("hỗ trợ 1,5 triệu đồng cho 12 hộ", "hỗ trợ 1,5~triệu~đồng cho 12~hộ"),
        ("cách 200 m, giảm 30 %", "cách 200~m, giảm 30~%"),
        ("Ấp 3 và Tổ 12, Điều 5", "Ấp~3 và Tổ~12, Điều~5"),
        ("10 con đường", "10~con đường"),
        ("5 mét khối, 5 m3", "5~mét khối, 5~m3"),
        ("Ngày 05/12/2026", "Ngày~05/12/2026"),
        ("gọi 0909 000 001 hoặc 0272 3000 111", "gọi 0909~000~001 hoặc 0272~3000~111"),
        ("+84 909 000 001", "+84~909~000~001"),
        ("mức 600.000 đồng", "mức 600.000~đồng"),
        ("trong giờ hành chính", "trong giờ hành chính"),
        ("hằng năm có lễ", "hằng năm có lễ"),
        ("đồng ruộng 5 ấp", "đồng ruộng 5 ấp"),
    ],
)
def test_numbers_that_are_read_as_one_do_not_break(written: str, kept: str) -> None:
    assert unbroken(written) == kept.replace("~", "\N{NO-BREAK SPACE}")


def test_no_author_can_chain_numbers_into_an_unbreakable_line() -> None:
    longest = max(unbroken("0909 " * 10_000 + "1 giờ " * 10_000).split(" "), key=len)

    assert len(longest) < 25


def test_spaces_line_ends_and_empty_lines_are_tidied() -> None:
    assert printable(" Một \t hai\r\n\r\n\r\n\r\nba\x0bbốn \n") == "Một hai\n\nba\nbốn"


def test_a_title_is_one_line() -> None:
    assert one_line(" Thông\nbáo\r\n\tmới ") == "Thông báo mới"


def test_tidying_twice_changes_nothing() -> None:
    once = unbroken("Lúc 7 giờ 30\r\n\r\n\r\nngày 5 tháng 12, gọi 0909 000 001")

    assert unbroken(once) == once


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (datetime(2026, 12, 8, 23, 59, 59, tzinfo=VIETNAM), "đến hết ngày 08/12/2026"),
        (datetime(2026, 12, 9, 0, 0, tzinfo=VIETNAM), "đến hết ngày 08/12/2026"),
        (datetime(2026, 12, 8, 17, 30, tzinfo=VIETNAM), "đến 17 giờ 30 ngày 08/12/2026"),
        (datetime(2026, 12, 8, 16, 59, tzinfo=UTC), "đến hết ngày 08/12/2026"),
        (datetime(2026, 12, 8, 23, 59, tzinfo=UTC), "đến 06 giờ 59 ngày 09/12/2026"),
    ],
)
def test_validity_is_told_in_local_time(until: datetime, said: str) -> None:
    assert printable(validity(until)) == f"Có hiệu lực {said}"


def test_numbers_are_written_the_vietnamese_way() -> None:
    assert (number(0), number(999), number(12_000)) == ("0", "999", "12.000")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Ủy ban nhân dân xã Bình Hòa Hưng", ["Bình Hòa Hưng"]),
        ("ỦY BAN NHÂN DÂN XÃ BÌNH HÒA HƯNG", ["BÌNH HÒA HƯNG"]),
        ("Tiêm vắc xin tại Trạm Y tế, ấp Tân Phú Đông", ["Trạm Y", "Tân Phú Đông"]),
        ("THÔNG BÁO ẤP TÂN PHÚ, XÃ BÌNH HÒA", ["TÂN PHÚ,", "BÌNH HÒA"]),
        ("Lịch Tiêm Chủng Mở Rộng Cho Trẻ", []),
        ("Cắt điện toàn xã", []),
        ("Đường Nguyễn Thượngnghiêm Hoàngthượng Phương", []),
    ],
)
def test_no_name_in_a_heading_is_broken_over_two_lines(written: str, kept: list[str]) -> None:
    said = heading(written)
    assert said.replace(NBSP, " ") == written
    assert [run.replace(NBSP, " ") for run in said.split(" ") if NBSP in run] == kept
