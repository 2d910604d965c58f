"""Long messages are split where a reader would pause, and nothing of them is lost."""

import re
import time
from itertools import accumulate

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.builders import AWKWARD

from channels.chat.platforms import TELEGRAM, ZALO, Platform, clean, platform_of
from channels.chat.splitting import split

SMALL = Platform("thu", 60)
FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇻🇳"
WHOLE = (
    "0912 345 678",
    "(0272) 3000 111",
    "+84 912 345 678",
    "05/12/2026",
    "ngày 5 tháng 12 năm 2026",
    "7 giờ 30",
    "1.500.000 đồng",
    "2 triệu đồng",
    "https://xa-mau.example/tin-so-1/",
    FAMILY,
    FLAG,
    "👍🏽",
    "1️⃣",
)


def said(text: str) -> str:
    """Return what counts of a text: everything but white space."""
    return re.sub(r"\s", "", text)


def unnumbered(parts: tuple[str, ...]) -> list[str]:
    """Return the parts without their numbers, which must be right."""
    if len(parts) == 1:
        return list(parts)
    bare = []
    for number, part in enumerate(parts, 1):
        head, _, rest = part.partition("\n")
        assert head == f"({number}/{len(parts)})"
        bare.append(rest)
    return bare


WORDS = st.one_of(
    st.sampled_from([*WHOLE, AWKWARD, "Ấp 1:", "\n\n", "\n", "Xin mời.", "bà con", "[@all]"]),
    st.text(alphabet="aăâấẩđơưỷ.,!?-\u0301\u200d😀👩🇻🇳\u202e[@", max_size=90),
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(WORDS, max_size=60).map(" ".join).map(clean),
    st.sampled_from(["", "Hỏi: 0912 345 678", "Hỏi: 0912 345 678\nXem: https://xa-mau.example/a/"]),
    st.sampled_from([SMALL, ZALO, TELEGRAM, Platform("thu", 60, counts_utf16=True)]),
)
@example("a" * 500, "", SMALL)
@example(f"{FAMILY}" * 40, "", SMALL)
@example("0912 345 678 " * 40, "", SMALL)
def test_no_part_is_too_long_and_nothing_is_lost(
    text: str, closing: str, platform: Platform
) -> None:
    text = clean(text)
    parts = split(text, closing, platform)
    assert all(platform.length(part) <= platform.limit for part in parts)
    escaped = platform.escape(text) + platform.escape(closing)
    assert said("".join(unnumbered(parts))) == said(escaped)
    assert all(part.strip() == part for part in unnumbered(parts))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(WHOLE), st.text("xyzắ,", min_size=1, max_size=30)), min_size=20
    )
)
def test_numbers_links_and_graphemes_stay_whole(words: list[str]) -> None:
    parts = split(", ".join(words), "", SMALL)
    for kept in WHOLE:
        assert sum(part.count(kept) for part in unnumbered(parts)) == ", ".join(words).count(kept)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([FAMILY, FLAG, "ẩ", "e\u0323\u0302", "👍🏽", "x"]), min_size=40))
def test_one_endless_word_is_cut_between_graphemes(graphemes: list[str]) -> None:
    ends = set(accumulate(map(len, map(clean, graphemes))))
    cuts = list(accumulate(map(len, unnumbered(split(clean("".join(graphemes)), "", SMALL)))))
    assert set(cuts) <= ends
    assert cuts[-1] == max(ends)


def test_an_endless_word_is_not_cut_inside_a_number_either() -> None:
    assert unnumbered(split("a" * 50 + "0912345678" + "b" * 20, "", SMALL)) == [
        "a" * 50,
        "0912345678" + "b" * 20,
    ]


def test_a_message_of_exactly_the_limit_stays_one_and_one_more_makes_two() -> None:
    assert split("a" * 2000, "", ZALO) == ("a" * 2000,)
    assert len(split("a" * 2001, "", ZALO)) == 2


def test_telegram_counts_an_emoji_twice_and_zalo_once() -> None:
    assert len(split("😀" * 2000, "", ZALO)) == 1
    assert len(split("😀" * 2048, "", TELEGRAM)) == 1
    assert len(split("😀" * 2049, "", TELEGRAM)) == 2


def test_a_split_prefers_paragraphs_then_sentences_then_words() -> None:
    paragraph = "Một hai ba bốn năm sáu bảy tám."
    assert unnumbered(split(f"{paragraph}\n\n{paragraph}", "", SMALL)) == [paragraph, paragraph]
    assert unnumbered(split(f"{paragraph} Chín mười.\nMười một mười hai.", "", SMALL)) == [
        f"{paragraph} Chín mười.",
        "Mười một mười hai.",
    ]
    assert unnumbered(split(f"{paragraph} Chín mười mười một mười hai ba", "", SMALL)) == [
        paragraph,
        "Chín mười mười một mười hai ba",
    ]
    assert unnumbered(split("sáu bảy " * 10, "", SMALL))[0].endswith(("sáu", "bảy"))


def test_a_heading_stays_with_the_text_it_announces() -> None:
    text = "Tin.\n\nẤp 1, Ấp 2, Ấp 3, Ấp 4, Ấp 5:\nMời bà con đi họp đông đủ nhé"
    assert unnumbered(split(text, "", SMALL)) == [
        "Tin.\n\nẤp 1, Ấp 2, Ấp 3, Ấp 4, Ấp 5:\nMời bà con đi họp",
        "đông đủ nhé",
    ]


def test_contact_and_link_stand_whole_in_the_last_part() -> None:
    closing = "Liên hệ: 0912 345 678\nXem: https://xa.example/tin/"
    parts = split("Mời bà con đi họp. " * 20, closing, SMALL)
    assert len(parts) > 3
    assert parts[-1].endswith(closing)
    assert not any("Liên hệ" in part for part in parts[:-1])
    text = "Mời bà con đi họp đông đủ để bàn việc làm đường của ấp"
    assert unnumbered(split(f"{text}. Hết.", "Hỏi: 0912 345 678", SMALL)) == [
        text.removesuffix(" ấp"),
        "ấp. Hết.\n\nHỏi: 0912 345 678",
    ]


def test_more_than_nine_and_more_than_ninety_nine_parts_fit_with_their_numbers() -> None:
    for words, least in ((60, 10), (700, 100)):
        parts = split("mười chữ cái " * words, "", SMALL)
        assert len(parts) >= least
        assert all(len(part) <= 60 for part in parts)
        unnumbered(parts)


def test_a_mention_is_opened_for_zalo_and_left_alone_for_telegram() -> None:
    assert split("Chào [@123] nhé", "", ZALO) == ("Chào [ @123] nhé",)
    assert split("Chào [@123] nhé", "", TELEGRAM) == ("Chào [@123] nhé",)
    assert "[@" not in "".join(split("[[@@[@" * 3000, "", ZALO))


def test_a_platform_without_rules_of_its_own_gets_the_strictest() -> None:
    assert platform_of("telegram") is TELEGRAM
    assert platform_of("viber") is ZALO


def test_text_is_cleaned_of_what_no_message_holds() -> None:
    assert clean(" \x00Tie\u0302\u0301ng\r\nViệt\x1b\r") == "Tiếng\nViệt"


@pytest.mark.parametrize(
    "text",
    [
        "bà con ơi " * 5_000,
        "a" * 50_000,
        "1 " * 25_000,
        "a: " * 16_667,
        FLAG * 25_000,
        "\n" * 25_000 + "x" * 25_000,
        "www." + "a" * 50_000,
        "(" * 50_000,
        "e" + "\u0323" * 49_999,
        "ngày " * 10_000,
        "1" + " " * 49_999 + "x",
    ],
    ids=lambda text: ascii(text[:6]),
)
def test_fifty_thousand_characters_are_split_quickly_and_completely(text: str) -> None:
    text = clean(text)
    began = time.thread_time()
    parts = split(text, "", ZALO)
    assert time.thread_time() - began < 2
    assert all(ZALO.length(part) <= 2000 for part in parts)
    assert said("".join(unnumbered(parts))) == said(text)
