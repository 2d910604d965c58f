"""The public face: doubts, trace, lexicon, regions, and standing alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from channels.loudspeaker.spoken import Doubt, Region, Token, Why, respoken, speak


def test_an_unknown_abbreviation_is_spelled_and_listed_with_its_place() -> None:
    spoken = speak("Nộp tại XYZ.\nHỏi QWK.")

    assert spoken.text == "Nộp tại ích y dét.\nHỏi quy vê kép ca."
    assert spoken.doubts == (
        Doubt("XYZ", "ích y dét", Why.UNKNOWN_ABBREVIATION, 8),
        Doubt("QWK", "quy vê kép ca", Why.UNKNOWN_ABBREVIATION, 17),
    )


def test_the_place_of_a_doubt_is_right_after_invisible_characters_and_emoji() -> None:
    text = "🎉\u200b Gặp XYZ"

    (doubt,) = speak(text).doubts

    assert text[doubt.position :] == "XYZ"


def test_the_trace_names_the_rule_for_each_token_that_changed() -> None:
    assert speak("Họp 7h30 tại UBND xã").tokens == (
        Token("7h30", "time", "bảy giờ ba mươi phút", 4, 8),
        Token("UBND", "abbreviation", "Ủy ban nhân dân", 13, 17),
    )


def test_text_already_spoken_leaves_no_trace_and_no_doubt() -> None:
    spoken = speak("Kính mời bà con đến nhà văn hóa ấp lúc bảy giờ.")

    assert spoken.text == "Kính mời bà con đến nhà văn hóa ấp lúc bảy giờ."
    assert (spoken.doubts, spoken.tokens) == ((), ())


def test_the_communes_own_pronunciations_win_over_every_rule() -> None:
    entries = {"UBND": "nhà ủy ban", "5/12": "bữa mùng năm", "Bàu Môn": "bào môn"}

    spoken = speak("UBND họp ngày 5/12 tại Bàu Môn", pronounce=entries)

    assert spoken.text == "nhà ủy ban họp ngày bữa mùng năm tại bào môn"
    assert {token.rule for token in spoken.tokens} == {"pronounce"}


def test_a_key_without_capitals_matches_any_case_and_one_with_capitals_only_itself() -> None:
    assert speak("Xã, XÃ, xã", pronounce={"xã": "làng"}).text == "làng, làng, làng"
    assert speak("Ba bà BA", pronounce={"BA": "bê a"}).text == "Ba bà bê a"


@pytest.mark.parametrize("written", ["5 m2", "5m2", "1.200 m2", "2-3 m2"])
def test_no_rule_takes_a_lexicons_unit_with_its_number(written: str) -> None:
    assert speak(f"{written} đất", pronounce={"m2": "mờ hai"}).text.endswith(" mờ hai đất")


def test_a_name_is_known_in_headings_and_an_abbreviation_only_as_it_stands() -> None:
    names = {"cầu Bàu Môn": "cầu bào môn", "Tx": "thị xã ta", "NĐ-CP": "nghị định"}

    assert speak("CẦU BÀU MÔN, Cầu Bàu Môn", pronounce=names).text == "cầu bào môn, cầu bào môn"
    assert speak("cầu bàu môn", pronounce=names).text == "cầu bàu môn"
    assert speak("TX, Tx", pronounce=names).text == "thị xã, thị xã ta"


def test_a_key_of_digits_is_no_part_of_a_longer_number() -> None:
    entries = {"113": "một một ba", "12": "tá"}

    assert speak("1.113 hộ, 113", pronounce=entries).text == (
        "một ngàn một trăm mười ba hộ, một một ba"
    )
    assert speak("ngày 5/12", pronounce=entries).text == "ngày năm tháng mười hai"


def test_a_reading_that_is_read_anew_is_known_and_one_in_words_is_not() -> None:
    assert respoken("mờ 2") == "mờ hai"
    assert respoken("1.005", region=Region.NORTH) == "một nghìn không trăm linh năm"
    assert [respoken(one) for one in ("mờ hai", " vi en  i đi ", "Bào Môn.")] == [None] * 3


def test_a_key_matches_whole_words_only() -> None:
    assert speak("Ana an", pronounce={"an": "yên"}).text.split()[1] == "yên"


def test_what_a_lexicon_says_is_itself_made_readable() -> None:
    assert speak("gặp IT", pronounce={"IT": "tổ 5 <b>"}).text == "gặp tổ năm, bê"


def test_a_lexicons_line_break_does_not_break_the_line() -> None:
    assert speak("gặp IT", pronounce={"IT": "tổ\nnăm"}).text == "gặp tổ năm"


def test_an_empty_lexicon_and_empty_keys_change_nothing() -> None:
    assert speak("UBND", pronounce={}).text == speak("UBND", pronounce={"": "x", " ": "y"}).text


def test_letters_of_another_script_are_dropped_on_the_record() -> None:
    spoken = speak("Xin chào 中文")

    assert spoken.text == "Xin chào"
    assert spoken.doubts == (Doubt("中文", "", Why.UNREADABLE, 9),)


def test_emoji_are_dropped_without_a_doubt() -> None:
    spoken = speak("Chúc mừng 🎉👍🏽❤️")

    assert spoken.text == "Chúc mừng"
    assert spoken.doubts == ()


def test_letters_in_fancy_forms_are_read_as_what_they_are() -> None:
    assert speak("𝐔𝐁𝐍𝐃 họp ２０ hộ, ü ñ").text == "Ủy ban nhân dân họp hai mươi hộ, u nờ"


def test_the_digits_of_every_script_are_digits() -> None:
    assert speak("٢٠ hộ, १५ hộ").text == "hai mươi hộ, mười lăm hộ"


def test_each_sign_alone_and_doubled_finds_a_rule() -> None:
    for code in (*range(0x20, 0x250), *range(0x2000, 0x2C00)):
        assert speak(f"năm {chr(code)}{chr(code)} mười").text.startswith("năm"), hex(code)


def test_windows_line_ends_give_the_same_lines() -> None:
    assert speak("- một\r\n- hai").text == "một.\nhai."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3/4", Why.AMBIGUOUS_FRACTION),
        ("6-7", Why.AMBIGUOUS_RANGE),
        ("ngày 31/02/2026", Why.IMPOSSIBLE_DATE),
        ("giá 1,500 đồng", Why.AMBIGUOUS_NUMBER),
        ("hết 20g", Why.AMBIGUOUS_UNIT),
        ("gặp CT", Why.AMBIGUOUS_ABBREVIATION),
        ("mua Zenbook", Why.FOREIGN_WORD),
    ],
)
def test_what_may_be_read_two_ways_is_listed(text: str, why: Why) -> None:
    assert [doubt.why for doubt in speak(text).doubts] == [why]


def test_the_same_letters_are_read_by_their_neighbours() -> None:
    assert speak("TT y tế xã").text == "trung tâm y tế xã"
    assert speak("TT. Tân Thạnh").text == "thị trấn Tân Thạnh"
    assert speak("trưởng CA xã").text == "trưởng công an xã"
    assert speak("có 3 ca nhiễm").text == "có ba ca nhiễm"
    assert speak("BCH Quân sự, BCH Đoàn xã").text == "Ban chỉ huy Quân sự, Ban chấp hành Đoàn xã"


def test_the_package_imports_nothing_but_itself_and_the_standard_library() -> None:
    code = (
        "import sys, channels.loudspeaker.spoken\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not names & {'engine', 'campaigns', 'workers', 'pydantic', 'numpy'}, names\n"
        "ours = [n for n in sys.modules if n.startswith('channels.')]\n"
        "assert all(n.startswith('channels.loudspeaker') for n in ours), ours\n"
        "rest = [n for n in ours if not n.startswith('channels.loudspeaker.spoken')]\n"
        "assert rest == ['channels.loudspeaker'], rest\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
