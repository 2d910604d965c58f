"""What must hold for any text whatever."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.loudspeaker.spoken import Region, speak
from channels.loudspeaker.spoken.syllables import LETTERS

READABLE = re.compile(rf"[{LETTERS} \n.,;:?!…]*")
CAPITALS_ONLY = re.compile(rf"(?<![{LETTERS}])[{LETTERS}]+(?![{LETTERS}])")
WRITTEN = [
    line.split("\t")[1]
    for line in Path(__file__).with_name("spoken_pairs.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
OFFICIAL = st.lists(
    st.one_of(
        st.sampled_from(WRITTEN),
        st.text(alphabet="0123456789.,/-:+ %đhgkmTPIVX()", max_size=12),
        st.text(alphabet="UBNDHĐVIXCLaiươ.-/&0123 ", max_size=12),
        st.text(alphabet="AÁĂẮÔỔĐđaáằ.,;)(19/- ", max_size=12),
    ),
    max_size=6,
).map(" ".join)
ANY = st.one_of(st.text(max_size=80), OFFICIAL)


def assert_readable(written: str, spoken: str) -> None:
    assert READABLE.fullmatch(spoken), (written, spoken)
    assert unicodedata.is_normalized("NFC", spoken)
    for word in CAPITALS_ONLY.findall(spoken):
        assert not word.isupper(), (written, spoken)


@settings(max_examples=1_000, deadline=None)
@given(ANY)
def test_nothing_unreadable_is_ever_left(text: str) -> None:
    assert_readable(text, speak(text).text)


@settings(max_examples=1_000, deadline=None)
@given(ANY, st.sampled_from(Region))
def test_what_is_spoken_is_spoken_the_same_again(text: str, region: Region) -> None:
    once = speak(text, region=region).text

    assert speak(once, region=region).text == once


@pytest.mark.parametrize("mark", ["", *",.:;-/+(&~<=x"])
def test_a_line_may_begin_and_end_anywhere(mark: str) -> None:
    """Rules look at what stood before; at the start of a line there is little or nothing."""
    for written in WRITTEN:
        words = written.split()
        for cut in range(len(words)) if not mark else range(1):
            assert_readable(written, speak(mark + " ".join(words[cut:])).text)
            assert_readable(written, speak(" ".join(words[: cut + 1]) + mark).text)


@pytest.mark.parametrize(
    "frame", ["Trần {}., sinh", "{}.{}.{}. và", "{}1 1{} {}-1", "số 5{}/{}3", "({})"]
)
def test_every_letter_finds_a_reading_wherever_it_stands(frame: str) -> None:
    for letter in LETTERS:
        text = frame.replace("{}", letter)
        assert_readable(text, speak(text).text)


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY, max_size=5).map("\n".join))
def test_there_is_one_line_for_each_line(text: str) -> None:
    spoken = speak(text).text

    assert spoken.count("\n") == unicodedata.normalize("NFC", text).count("\n")
    assert spoken.split("\n") == [speak(line).text for line in text.split("\n")]


@settings(max_examples=300, deadline=None)
@given(OFFICIAL)
def test_composed_and_decomposed_text_are_read_alike(text: str) -> None:
    assert speak(unicodedata.normalize("NFD", text)) == speak(text)


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_each_doubt_points_at_its_token(text: str) -> None:
    nfc = unicodedata.normalize("NFC", text)
    for doubt in speak(text).doubts:
        assert 0 <= doubt.position < len(nfc)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(max_size=6), st.text(max_size=12), max_size=4), ANY)
def test_no_lexicon_lets_anything_unreadable_through(entries: dict[str, str], text: str) -> None:
    written = " ".join([text, *entries])

    assert_readable(written, speak(written, pronounce=entries).text)


@pytest.mark.parametrize(
    "unit",
    ["1", "1.", "1/", "1-", "a.", "a@", "UBND ", "VI ", "A1", "(", "-", " - ", "🎉", "중", "1,000",
     "07/2021/NĐ-", "0909 ", "http://a.", "ngày 5/12 ", "\u0301", "\u202e", "x", "đ/", "I"],
)  # fmt: skip
def test_fifty_thousand_characters_of_anything_are_read_in_a_moment(unit: str) -> None:
    text = unit * (50_000 // len(unit))

    assert_readable(unit, speak(text).text)
