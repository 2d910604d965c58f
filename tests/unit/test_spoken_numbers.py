"""Numbers against a check that knows nothing of the reader: it turns words back into numbers."""

from __future__ import annotations

import random

import pytest

from channels.loudspeaker.spoken import Region, count_syllables, read_digits, read_number, speak

ONES = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5}
ONES |= {"sáu": 6, "bảy": 7, "tám": 8, "chín": 9}
SCALES = {"ngàn": 10**3, "nghìn": 10**3, "triệu": 10**6}


def number_of(words: str) -> int:
    """Turn a reading back into its number: tỷ splits first, then triệu and ngàn, then groups."""
    if " tỷ" in f" {words}":
        high, _, low = words.rpartition("tỷ")
        return number_of(high.strip()) * 10**9 + (number_of(low.strip()) if low.strip() else 0)
    total = group = 0
    pending: int | None = None
    for word in words.split():
        if word in SCALES:
            total += (group + (pending or 0)) * SCALES[word]
            group, pending = 0, None
        elif word == "trăm":
            group, pending = (pending or 0) * 100, None
        elif word == "mươi":
            group, pending = group + (pending or 0) * 10, None
        elif word == "mười":
            group += 10
        elif word not in {"lẻ", "linh"}:
            pending = ONES[word]
    return total + group + (pending or 0)


def check_spelling(n: int, words: str) -> None:
    """Check the forms that arithmetic does not see."""
    tens, ones = divmod(n % 100, 10)
    last = words.split()[-1]
    if tens and ones == 5:
        assert last == "lăm", words
    if tens > 1 and ones == 1:
        assert last == "mốt", words
    if tens > 1 and ones == 4:
        assert last == "tư", words
    if tens == 0 and ones and n > 100:
        assert words.split()[-2] in {"lẻ", "linh"}, words
    if tens == 1:
        assert "mười" in words.split()[-2:], words


@pytest.mark.parametrize("region", list(Region))
def test_every_number_to_ten_thousand_means_itself_and_is_spelled_by_the_book(
    region: Region,
) -> None:
    for n in range(10_001):
        words = read_number(n, region)
        assert number_of(words) == n, words
        check_spelling(n, words)


@pytest.mark.parametrize("region", list(Region))
def test_numbers_up_to_a_thousand_billion_mean_themselves(region: Region) -> None:
    chance = random.Random(2026)
    sample = [chance.randrange(10 ** chance.randint(4, 12)) for _ in range(5_000)]
    for n in [*sample, *(10**k for k in range(13)), *(10**k + 5 for k in range(1, 13)), 10**12]:
        words = read_number(n, region)
        assert number_of(words) == n, words
        check_spelling(n, words)


def test_no_two_numbers_sound_the_same() -> None:
    readings = {read_number(n) for n in range(10_001)}

    assert len(readings) == 10_001


def test_the_same_number_is_read_the_same_with_dots_and_without() -> None:
    chance = random.Random(5)
    for n in (chance.randrange(1_000, 10**12) for _ in range(500)):
        dotted = f"{n:,}".replace(",", ".")
        assert speak(f"có {dotted} người").text == f"có {read_number(n)} người"


def test_a_negative_number_begins_with_am() -> None:
    assert read_number(-15) == "âm mười lăm"


def test_digits_are_said_one_by_one_and_nothing_else_is() -> None:
    assert read_digits("09-1a5") == "không chín một năm"


@pytest.mark.parametrize(
    ("spoken", "syllables"),
    [
        ("", 0),
        ("Kính mời bà con, cô bác.", 6),
        ("ngày năm tháng mười hai", 5),
        ("Samsung", 2),
        ("đường nghiêng khuya", 3),
    ],
)
def test_syllables_are_counted_as_they_are_heard(spoken: str, syllables: int) -> None:
    assert count_syllables(spoken) == syllables
