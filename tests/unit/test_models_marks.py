"""The mark for the voice: found in pairs on a line, and taken off for everybody who reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models.marks import loose_mark, marked, unmarked


def test_marked_words_stay_and_their_marks_go() -> None:
    assert unmarked("Gọi [[0272.3000.111]] lúc [[7h30]].") == "Gọi 0272.3000.111 lúc 7h30."


def test_marks_come_with_what_stands_before_them() -> None:
    line = "Gọi [[0272.3000.111]] lúc [[7h30]]."
    assert list(marked(line)) == [
        ("Gọi ", "0272.3000.111"),
        ("Gọi 0272.3000.111 lúc ", "7h30"),
    ]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("[[a]] b", None),
        ("a [b] c", None),
        ("a [[b", 2),
        ("a b]] c", 3),
        ("[[a\nb]]", 0),
        ("[[]]", 0),
        ("[[a]] [[b", 6),
    ],
)
def test_half_a_mark_is_found(text: str, position: int | None) -> None:
    assert loose_mark(text) == position


@given(st.text(alphabet="a[] \n"))
def test_without_half_marks_nothing_of_a_mark_is_left(text: str) -> None:
    if loose_mark(text) is None:
        assert "[[" not in unmarked(text)
        assert "]]" not in unmarked(text)
