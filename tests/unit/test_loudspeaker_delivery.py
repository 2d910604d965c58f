"""How a text is said: pauses by structure, numbers slowly, what is marked twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import builders as b

from channels.loudspeaker import delivery
from channels.loudspeaker.delivery import Line, Reader, Row, Style, rows_of
from channels.loudspeaker.options import LoudspeakerOptions
from channels.loudspeaker.script import script_of
from channels.loudspeaker.spoken import Region, speak

SOUTH = Reader(Region.SOUTH)
PHONE = "không hai bảy hai, ba không không không, một một một"


def lines(text: str, reader: Reader = SOUTH) -> list[Line]:
    return [line for row in rows_of(text, reader) for line in row.lines]


def test_pauses_follow_punctuation_lists_and_paragraphs() -> None:
    text = (
        "Khẩn cấp! Bà con chuẩn bị. Mang theo:\n- Căn cước;\n- Sổ hộ nghèo.\n"
        "1. Nộp đơn\nHết giờ thì về.\n\nLiên hệ trưởng ấp."
    )
    assert [(line.text, line.pause) for line in lines(text)] == [
        ("Khẩn cấp!", delivery.CALL_PAUSE),
        ("Bà con chuẩn bị.", delivery.SENTENCE_PAUSE),
        ("Mang theo:", delivery.COLON_PAUSE),
        ("Căn cước;", delivery.ITEM_PAUSE),
        ("Sổ hộ nghèo.", delivery.ITEM_PAUSE),
        ("một.", delivery.NUMBER_PAUSE),
        ("Nộp đơn.", delivery.ITEM_PAUSE),
        ("Hết giờ thì về.", delivery.PARAGRAPH_PAUSE),
        ("Liên hệ trưởng ấp.", delivery.LINE_PAUSE),
    ]


def test_a_station_may_pause_longer() -> None:
    calm = Reader(Region.SOUTH, (), Style(pauses=2.0))
    assert [line.pause for line in lines("Một. Hai.", calm)] == [1.0, 1.8]


@pytest.mark.parametrize(
    "text",
    [
        "Gọi 0272.3000.111.",
        "Họp lúc 7h30.",
        "Từ 7 giờ đến 11 giờ 30.",
        "Số tài khoản 123456789012.",
    ],
)
def test_what_is_dictated_and_hours_are_said_slowly(text: str) -> None:
    assert [line.pace for line in lines(text)] == [0.85]


@pytest.mark.parametrize(
    "text", ["Năm 2026.", "Ba bốn hộ.", "Có 1.500.000 đồng.", "Giờ học bắt đầu."]
)
def test_other_sentences_keep_their_pace(text: str) -> None:
    assert {line.pace for line in lines(text)} == {1.0}


def test_the_station_says_how_slowly() -> None:
    slow = Reader(Region.SOUTH, (), Style(number_pace=0.7))
    assert lines("Họp lúc 7h30.", slow)[0].pace == 0.7


def test_what_is_marked_is_said_again_after_its_sentence() -> None:
    text = "Họp lúc [[7h30]]. Gọi số [[0272.3000.111]] khi cần. Xin cảm ơn."
    (row,) = rows_of(text, SOUTH)
    assert [line.text for line in row.lines] == [
        "Họp lúc bảy giờ ba mươi phút.",
        "Xin nhắc lại: bảy giờ ba mươi phút.",
        f"Gọi số {PHONE} khi cần.",
        f"Xin nhắc lại: {PHONE}.",
        "Xin cảm ơn.",
    ]
    assert row.text == " ".join(line.text for line in row.lines)
    assert row.lines[1].pace == row.lines[3].pace == 0.85


def test_two_marks_in_one_sentence_are_said_again_together() -> None:
    text = "Họp lúc [[7h30]], [[ngày 5/12]], tại [[Nhà văn hóa Ấp 2]]."
    again = lines(text)[1].text
    assert (
        again == "Xin nhắc lại: bảy giờ ba mươi phút, ngày năm tháng mười hai, Nhà văn hóa Ấp hai."
    )


def test_marks_change_nothing_else_that_is_said_or_doubted() -> None:
    text = "Gọi [[0272.3000.111]], hạn [[3/4]], theo [[QXZ]]."
    plain = text.replace("[[", "").replace("]]", "")
    (with_marks,), (without,) = rows_of(text, SOUTH), rows_of(plain, SOUTH)
    assert with_marks.lines[0].text == without.lines[0].text
    assert with_marks.doubts == without.doubts
    assert "[" not in with_marks.text


@given(st.text(alphabet="a7h30, .[]0912-\n", max_size=60))
def test_any_text_is_said_without_a_bracket_and_row_by_row(text: str) -> None:
    rows = rows_of(text, SOUTH)
    assert len(rows) == text.count("\n") + 1
    for row in rows:
        assert not set(row.text) & set("[]0123456789")
        assert all(line.text.strip() and line.pause > 0 for line in row.lines)


@given(st.text(max_size=80))
def test_a_text_without_marks_is_what_the_reader_of_vietnamese_says(text: str) -> None:
    text = text.replace("[", "(").replace("]", ")")
    found: list[Row] = rows_of(text, SOUTH)
    assert "\n".join(row.text for row in found) == speak(text, region=Region.SOUTH).text


def test_the_script_says_every_word_that_is_said() -> None:
    content = b.content("loudspeaker", LoudspeakerOptions(), contact="Trạm Y tế, [[0272.3000.111]]")
    script = script_of(content, {}, 2, Region.SOUTH)
    assert script.text.count(PHONE) == 4
    said = " ".join(line.text for line in script.lines)
    assert said.count(PHONE) == 2
