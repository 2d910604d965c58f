"""One flyer: what stands on the page."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from support import paper
from support.builders import AWKWARD, FakeArtifacts, hamlet
from support.flyers import CHANNEL, SENTENCE, flyer, inputs_of, pdf_of

from channels.base import artifact_key
from channels.flyer import FlyerOptions
from channels.typesetting import font
from engine.models import Priority, Purpose

VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
ACCENTED = "".join(c for c in VOWELS if not c.isascii()) + "đ"
LETTERS = ACCENTED + ACCENTED.upper()


@pytest.fixture(autouse=True)
def _messages_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_a_flyer_is_one_a5_page_that_says_everything() -> None:
    options = FlyerOptions(bring=("Sổ tiêm", "Căn cước"))

    pdf = pdf_of(flyer(options=options))

    assert paper.pages(pdf) == 1
    assert paper.size_in_mm(pdf) == (148, 210)
    said = paper.letters(paper.text_of(pdf))
    for part in (
        "ỦY BAN NHÂN DÂN XÃ MẪU",
        "Thông báo tiêm vắc xin",
        "Khi đi mang theo sổ tiêm.",
        "Sổ tiêm",
        "Căn cước",
        "Trạm Y tế xã, điện thoại 0272.3000.111",
        "Có hiệu lực đến 08 giờ 00 ngày 08/12/2026",
        "xa-mau.example/thong-bao-mau/",
        "Ấp 1",
        "In 100 bản",
    ):
        assert paper.letters(part) in said


def test_the_code_opens_the_portal_post() -> None:
    message = flyer(permalink="https://xa-mau.example/thông-báo/?a=1&b=%20")

    assert paper.scanned(paper.in_grey(pdf_of(message))) == [message.permalink]


def test_the_code_is_read_with_a_stain_on_it() -> None:
    page = paper.in_grey(pdf_of(flyer()))
    height, width = page.shape
    top, left, stain = round(height * 0.82), round(width * 0.82), 40

    page[top : top + stain, left : left + stain] = 255

    assert paper.scanned(page) == [flyer().permalink]


@pytest.mark.parametrize("field", ["title", "body", "contact", "issuer"])
def test_an_authors_markup_is_printed_as_it_was_written(field: str) -> None:
    said = paper.text_of(pdf_of(flyer(**{field: AWKWARD})))

    wanted = AWKWARD.upper() if field == "issuer" else AWKWARD
    assert paper.letters(wanted) in paper.letters(said)


def test_markup_in_the_papers_to_bring_and_in_a_hamlets_name_is_printed_as_written() -> None:
    message = flyer(options=FlyerOptions(bring=("#panic() $x$ <b>", "@a \\ `mã`")))
    place = hamlet(1, name="Ấp #1 $ <i> \\ @")

    pdf = CHANNEL.render(CHANNEL.prepare(message, place, FakeArtifacts())).data

    said = paper.letters(paper.text_of(pdf))
    for text in ("#panic() $x$ <b>", "@a \\ `mã`", place.name):
        assert paper.letters(text) in said


def test_a_word_without_spaces_stays_inside_the_page() -> None:
    word = "W" * 300

    page = pdf_of(flyer(title="M" * 60, body=word, options=FlyerOptions(bring=("W" * 90,))))

    assert paper.letters(paper.text_of(page)).count("W") == 390
    grey = paper.in_grey(page)
    margin = round(10 / 25.4 * 150)
    assert grey[:, :margin].min() == 255
    assert grey[:, -margin:].min() == 255


def test_every_vietnamese_letter_is_printed() -> None:
    assert len(LETTERS) == 134

    pdf = pdf_of(flyer(body=" ".join(LETTERS), title="Bảng chữ"))

    assert font.missing(LETTERS) == ()
    assert LETTERS in paper.letters(paper.text_of(pdf))


def test_marks_that_would_turn_the_reading_order_are_left_out() -> None:
    hidden = flyer(body="Số tiền \u202e000.005\u202c đồng\u200f, mang\u200b sổ\u00ad \ufeffhộ")

    assert pdf_of(hidden) == pdf_of(flyer(body="Số tiền 000.005 đồng, mang sổ hộ"))


def test_bold_is_bolder_than_regular() -> None:
    """The font is variable: a renderer that took no weight from it would print both alike."""
    page = paper.in_grey(pdf_of(flyer(issuer="l", title="lllll", body="lllll")), 600)

    issuer, rule, title, body = _first_stems(page)[:4]

    assert rule > 20 * issuer
    larger = 1.4  # the title is set at so many times the body's size
    assert title > 1.3 * larger * body


def _first_stems(page: paper.Grey) -> list[float]:
    """Return, for each line of a page, how many dots wide its first stroke is."""
    rows = np.flatnonzero((page < 128).any(axis=1))
    lines = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    return [float(np.median([_first_run(page[row]) for row in line])) for line in lines]


def _first_run(row: paper.Grey) -> int:
    dark = np.flatnonzero(row < 128)
    gaps = np.flatnonzero(np.diff(dark) > 1)
    return int(gaps[0]) + 1 if gaps.size else int(dark.size)


def test_an_emergency_is_marked_in_white_on_black_and_framed() -> None:
    urgent = pdf_of(flyer(priority=Priority.EMERGENCY))
    plain = pdf_of(flyer())

    assert "KHẨN CẤP" in paper.text_of(urgent)
    assert "KHẨN CẤP" not in paper.text_of(plain)
    page = paper.in_grey(urgent)
    assert ((page < 40).mean(axis=1) > 0.6).sum() > 20  # rows of the band
    assert page[page.shape[0] // 2, : round(8 / 25.4 * 150)].min() < 40  # the frame
    assert paper.scanned(page)


def test_everything_is_printed_in_black_on_white_with_full_contrast() -> None:
    page = paper.in_grey(pdf_of(flyer(priority=Priority.EMERGENCY)), 300)

    middling = ((page > 60) & (page < 195)).mean()

    assert middling < 0.02  # only the edges of letters
    assert np.bincount(page.ravel(), minlength=256).argsort()[-2:].tolist() == [0, 255]


@pytest.mark.parametrize(
    ("purpose", "mark"),
    [
        (Purpose.CORRECTION, "KHẨN CẤP · ĐÍNH CHÍNH"),
        (Purpose.DRILL, "DIỄN TẬP"),
        (Purpose.ALL_CLEAR, "HẾT NGUY HIỂM"),
    ],
)
def test_what_kind_of_message_it_is_stands_above_the_title(purpose: Purpose, mark: str) -> None:
    inputs = inputs_of(flyer(priority=Priority.EMERGENCY, purpose=purpose))

    assert inputs.mark == mark
    assert paper.letters(mark) in paper.letters(paper.text_of(CHANNEL.render(inputs).data))


def test_the_same_inputs_give_the_same_bytes_in_eight_threads() -> None:
    messages = [flyer(body=f"{SENTENCE} {n % 4}") for n in range(32)]
    alone = {message.body: pdf_of(message) for message in messages[:4]}

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(pdf_of, messages))

    assert all(pdf == alone[m.body] for m, pdf in zip(messages, together, strict=True))


def test_neither_the_process_nor_its_time_zone_shapes_the_bytes() -> None:
    here = CHANNEL.render(inputs_of(flyer())).data
    program = (
        "import sys, hashlib; sys.path.insert(0, 'tests');"
        "from pathlib import Path; from support.builders import *;"
        "from channels.flyer import FlyerChannel, FlyerOptions;"
        "c = FlyerChannel(outbox=Path('x'));"
        "i = c.prepare(content('flyer', FlyerOptions()), hamlet(1), FakeArtifacts());"
        "sys.stdout.buffer.write(c.render(i).data)"
    )

    there = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TZ": "America/New_York", "PYTHONHASHSEED": "7"},
    ).stdout

    assert there == here


def test_the_file_bears_the_notices_own_date_title_and_issuer() -> None:
    facts = paper.metadata(pdf_of(flyer()))

    assert facts["Title"] == "Thông báo tiêm vắc xin"
    assert facts["Author"] == "Ủy ban nhân dân xã Mẫu"
    assert facts["CreationDate"] == "D:20261201010000Z"  # 08:00 in Vietnam


def test_the_file_is_archivable_and_accessible() -> None:
    pdf = pdf_of(flyer())

    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


def test_one_flyer_serves_every_hamlet_when_the_hamlet_is_not_shown() -> None:
    shared = flyer(options=FlyerOptions(show_hamlet=False))

    keys = {artifact_key(CHANNEL, inputs_of(shared, n)) for n in range(1, 30)}

    assert len(keys) == 1
    assert "Ấp" not in paper.text_of(pdf_of(shared))
    assert len({artifact_key(CHANNEL, inputs_of(flyer(), n)) for n in range(1, 30)}) == 29
