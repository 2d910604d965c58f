"""Text on its way into a report."""

from __future__ import annotations

import unicodedata

import pytest
from support.builders import AWKWARD

from engine.models import Person
from engine.reports.plain import HIDDEN, Discreet, plain

DISCREET = Discreet(
    [
        Person("mau", "Người Mẫu", phone="0900 000 001"),
        Person("khac", "Người Khác", phone="+84 900.000.002"),
        Person("khong", "Không Số"),
    ]
)


@pytest.mark.parametrize(
    "written",
    [
        "0900000001",
        "0900.000.001",
        "+84 900 000 001",
        "(0900)-000-001",
        "0900000002",
        "84900000002",
    ],
)
def test_a_persons_phone_number_is_hidden_however_it_is_written(written: str) -> None:
    assert DISCREET(f"gọi {written} lúc 5 giờ") == f"gọi {HIDDEN} lúc 5 giờ"


@pytest.mark.parametrize(
    "text",
    [
        "hotline 0272.3000.111",
        "2026-12-01 05:00",
        "content 00900000001",
        "revision 1, content " + "0" * 64,
        "cum-3/2026-12-01/0500-routine-thong-bao.mp3",
        "1.200.000 đồng",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert DISCREET(text) == text


def test_what_steers_a_line_is_taken_out_and_the_rest_is_nfc() -> None:
    assert plain("a\x00b\x1b[31mc\r\nd\te\u202ef\u2066g") == "ab[31mc  d efg"
    assert plain(unicodedata.normalize("NFD", "Ấp Mười")) == "Ấp Mười"
    assert plain("👨‍👩‍👧 Ấp") == "👨‍👩‍👧 Ấp"
    assert plain("nửa \ud83d") == "nửa \ufffd"


def test_awkward_text_keeps_every_character() -> None:
    assert DISCREET(AWKWARD) == AWKWARD


def test_fifty_thousand_digits_are_read_in_no_time() -> None:
    assert DISCREET("0 9-" * 12_500).startswith("0 9-")
