"""Speech recognition beside a text: how words are counted, and how the package behaves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.speech import foreign_mp3

from channels.base import ChannelError
from channels.loudspeaker.proof import recogniser
from channels.loudspeaker.proof.bands import Signal
from channels.loudspeaker.proof.opening import opened
from channels.loudspeaker.proof.recogniser import Recogniser, word_errors

WORDS = st.lists(st.sampled_from(["một", "hai", "ba"]), max_size=8)


@cache
def naive(wanted: tuple[str, ...], heard: tuple[str, ...]) -> int:
    """Count changes the plain way."""
    if not wanted or not heard:
        return len(wanted) + len(heard)
    (first, *rest), (other, *others) = wanted, heard
    return min(
        naive(tuple(rest), heard) + 1,
        naive(wanted, tuple(others)) + 1,
        naive(tuple(rest), tuple(others)) + (first != other),
    )


@given(WORDS.filter(bool), WORDS)
def test_word_errors_are_the_fewest_changes(wanted: list[str], heard: list[str]) -> None:
    assert word_errors(wanted, heard) * len(wanted) == pytest.approx(
        naive(tuple(wanted), tuple(heard))
    )


def test_nothing_heard_of_nothing_wanted_is_no_error() -> None:
    assert word_errors([], []) == 0


def heard_of(file: bytes) -> list[str]:
    with opened(file) as (rate, blocks):
        return Recogniser().words(blocks, rate)


def test_it_hears_words_offline_and_the_same_ones_each_time() -> None:
    file = foreign_mp3("kính mời bà con đến họp tại nhà văn hóa ấp lúc bảy giờ tối")
    words = heard_of(file)
    assert words
    assert heard_of(file) == words


def test_of_silence_it_hears_nothing() -> None:
    assert Recogniser().words([np.zeros(16_000, dtype=np.float32)], 16_000) == []


def test_long_sounds_go_in_pieces_cut_where_it_is_quiet() -> None:
    noise = np.random.default_rng(3).standard_normal(16_000 * 70).astype(np.float32) * 0.1
    quiet = (24.0, 50.0)
    for at in quiet:
        noise[round(at * 16_000) : round((at + 0.5) * 16_000)] = 0

    def blocks() -> Iterator[Signal]:
        yield from np.array_split(noise, 9)

    ends = np.cumsum([len(piece) for piece in recogniser._pieces(blocks())]) / 16_000
    assert ends[-1] == pytest.approx(70)
    assert [float(end) for end in ends[:-1]] == pytest.approx([24.25, 50.25], abs=0.3)


def test_without_the_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOA_LANG", "en")
    monkeypatch.setattr(recogniser, "find_spec", lambda _name: None)
    with pytest.raises(ChannelError, match=r"install loa\[proof\]"):
        Recogniser().words([np.zeros(16_000, dtype=np.float32)], 16_000)
