"""The mark for the voice: found in pairs on a line, and taken off for everybody who reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models.marks import MARKED, loose_mark, marked, unmarked


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
        ("a b]] c", None),
        ("[[a\nb]]", 0),
        ("[[]]", 0),
        ("[[a]] [[b", 6),
    ],
)
def test_a_mark_that_does_not_end_is_found(text: str, position: int | None) -> None:
    assert loose_mark(text) == position


@given(st.text(alphabet="a[] \n"))
def test_every_other_mark_is_whole(text: str) -> None:
    if loose_mark(text) is None:
        assert "[[" not in MARKED.sub("", text)
