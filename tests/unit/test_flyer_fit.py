"""One flyer: what fits on the page, and what is refused."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from support import paper
from support.builders import FakeArtifacts, hamlet
from support.flyers import CHANNEL, SENTENCE, flyer, inputs_of, pdf_of, refusal_of

from channels.base import ChannelError
from channels.flyer import FlyerOptions
from channels.flyer.product import TEMPLATES
from channels.typesetting import TypesetError, typeset
from engine.models import Hamlet


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


@pytest.mark.parametrize("length", [0, 1, 80, 300, 600, 800, 1000])
def test_a_text_of_any_length_that_fits_takes_one_page(length: int) -> None:
    body = (SENTENCE * 20)[:length]

    pdf = pdf_of(flyer(body=body))

    assert paper.pages(pdf) == 1
    assert paper.letters(body) in paper.letters(paper.text_of(pdf))
    assert paper.scanned(paper.in_grey(pdf))


def test_short_texts_are_printed_larger_than_long_ones() -> None:
    def ink(body: str) -> int:
        page = paper.in_grey(pdf_of(flyer(body=body)))
        rows = np.flatnonzero((page < 128).any(axis=1))
        breaks = np.flatnonzero(np.diff(rows) > 1)
        return int(np.median(np.diff(rows[breaks])))

    assert ink(SENTENCE * 3) > ink(SENTENCE * 12)


@pytest.mark.parametrize("length", [2_000, 50_000])
def test_a_text_too_long_is_refused_with_the_number_of_characters_to_cut(length: int) -> None:
    body = (SENTENCE * 600)[:length]
    whole = inputs_of(flyer(body=body))

    error = refusal_of(flyer(body=body))

    assert error.permanent
    cut = int(str(error).split("cut ")[1].split()[0])
    (text,) = whole.paragraphs
    assert CHANNEL.render(replace(whole, paragraphs=(text[:-cut],))).data
    with pytest.raises(ChannelError):
        CHANNEL.render(replace(whole, paragraphs=(text[: 1 - cut],)))


def test_a_title_that_fills_the_page_alone_is_refused_with_that_reason() -> None:
    error = refusal_of(flyer(title="Thông báo rất dài " * 100))

    assert error.permanent
    assert "LOA" not in str(error)
    assert "cut" not in str(error)


def test_an_address_too_long_for_a_code_is_refused_when_planning_and_when_rendering() -> None:
    message = flyer(permalink="https://xa-mau.example/" + "a" * 3_000)

    error = refusal_of(message)

    assert error.permanent
    assert CHANNEL.forecast(message, hamlet(1)).breaches == (str(error),)


def test_decomposed_text_prints_the_same_bytes_as_composed_text() -> None:
    composed = flyer(body=SENTENCE, title="Thông báo tiêm chủng")
    decomposed = flyer(
        body=unicodedata.normalize("NFD", SENTENCE),
        title=unicodedata.normalize("NFD", "Thông báo tiêm chủng"),
    )

    assert pdf_of(decomposed) == pdf_of(composed)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Chúc mừng 😀 năm mới 😀", "😀 (U+1F600)"),
        ("tiếng Khmer: ភាសា", "ភ (U+1797), ា (U+17B6), ស (U+179F)"),
        ("chuông \x07 kêu", "U+0007"),
        ("nửa chữ \ud800", "U+D800"),
    ],
)
def test_characters_that_cannot_be_printed_are_named(text: str, named: str) -> None:
    for message in (flyer(body=text), flyer(title=text), flyer(contact=text)):
        error = refusal_of(message)
        assert error.permanent
        assert str(error).endswith(": " + named)


def test_typst_itself_refuses_a_character_that_slipped_through() -> None:
    data: dict[str, object] = {
        **dict.fromkeys(("heading", "office", "mark", "note"), "a"),
        **{name: [] for name in ("facts", "rows", "signatures")},
        "title": "😀",
        "columns": ["c"] * 6,
        "total": {"label": "", "copies": "", "sheets": ""},
    }

    with pytest.raises(TypesetError, match="could not be displayed"):
        typeset(TEMPLATES / "cover.typ", data, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_hamlets_name_wider_than_the_page_is_refused() -> None:
    place = hamlet(1, name="Tổ dân phố " * 20)

    with pytest.raises(ChannelError) as caught:
        CHANNEL.render(CHANNEL.prepare(flyer(), place, FakeArtifacts()))

    assert caught.value.permanent


@pytest.mark.parametrize("spare", [-1, 0])
def test_a_text_fits_in_every_hamlet_or_in_none(spare: int) -> None:
    limit = _longest_that_fits()
    body = (SENTENCE * 30)[: limit - spare]
    places = hamlet(1, name="Ấp 1"), hamlet(2, name="Khu dân cư tự quản số 2", flyer_copies=90_000)

    assert {_prints(body, place) for place in places} == {spare == 0}
    foretold = {CHANNEL.forecast(flyer(body=body), place).breaches == () for place in places}
    assert foretold == {spare == 0}


def _longest_that_fits() -> int:
    fits, not_fits = 0, len(SENTENCE) * 30
    while not_fits - fits > 1:
        middle = (fits + not_fits) // 2
        if _prints((SENTENCE * 30)[:middle], hamlet(1)):
            fits = middle
        else:
            not_fits = middle
    return fits


def _prints(body: str, place: Hamlet) -> bool:
    try:
        CHANNEL.render(CHANNEL.prepare(flyer(body=body), place, FakeArtifacts()))
    except ChannelError:
        return False
    return True


def test_the_hamlets_line_takes_the_same_room_whatever_it_says() -> None:
    """Else a text could fit where it is judged, without a hamlet, and not where it is printed."""
    shown, blank = (
        paper.in_grey(pdf_of(flyer(options=FlyerOptions(show_hamlet=choice))))
        for choice in (True, False)
    )

    assert _rules_across(shown) == _rules_across(blank)


def _rules_across(page: paper.Grey) -> list[int]:
    """Return the rows in which a line crosses most of the page."""
    return np.flatnonzero((page < 128).mean(axis=1) > 0.7).tolist()
