"""What the example campaigns print, read back from the picture, letter by letter."""

from __future__ import annotations

import difflib
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support import paper
from support.builders import NOW

from campaigns.workspace import EXAMPLE
from channels.flyer.inputs import FlyerInputs, inputs_for
from channels.flyer.product import fault_of, render_flyer
from channels.flyer.products import Product
from engine.app import open_app
from engine.models import Content, Correction, Hamlet, Purpose

#: Dots per inch of a scanner, and of all letters, those that may be read wrongly.
_DPI, _MOST_WRONG = 300, 0.01

_PRODUCTS = [one for one in Product if one is not Product.BILINGUAL]


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Content, Hamlet]]:
    """The flyers' contents of the example campaigns, by the campaign's id."""
    folder = tmp_path_factory.mktemp("xa") / "xa"
    shutil.copytree(EXAMPLE, folder)
    found: dict[str, tuple[Content, Hamlet]] = {}
    with open_app(folder) as app:
        for path in sorted((folder / "campaigns").glob("*.yaml")):
            campaign, plan = app.office.plan(path)
            flyers = [one for one in plan.contents.values() if one.channel == "flyer"]
            if flyers:
                found[campaign.id] = (flyers[0], app.registry.hamlets[0])
    return found


@pytest.mark.parametrize("campaign", ["canh-bao-lu", "ho-tro-ho-ngheo", "tiem-vac-xin"])
def test_every_product_of_an_example_reads_back(
    contents: dict[str, tuple[Content, Hamlet]], campaign: str, tmp_path: Path
) -> None:
    content, hamlet = contents[campaign]
    wrong = total = read_back = 0
    for product in _PRODUCTS:
        inputs = inputs_for(content, hamlet, product)
        if fault_of(inputs):
            continue  # a long text has no A6
        read_back += 1
        pdf = render_flyer(inputs).data
        page = paper.in_grey(pdf, _DPI if product is not Product.POSTER else 150)
        assert paper.scanned(page) == [content.permalink]
        read = _read(page, tmp_path / f"{product}.pgm")
        missed, letters = _missed(inputs, read)
        assert missed / letters < 0.03, (product, read)
        wrong, total = wrong + missed, total + letters
    assert read_back >= 3
    assert total > 1_000
    assert wrong / total < _MOST_WRONG


def test_a_correction_that_was_set_closer_and_smaller_reads_back(
    contents: dict[str, tuple[Content, Hamlet]], tmp_path: Path
) -> None:
    content, hamlet = contents["ho-tro-ho-ngheo"]
    reason = "giờ làm việc ghi sai trong bản trước, nay sửa lại cho đúng"
    known = Correction(reason, NOW, 1, content.title, NOW, 1)
    message = replace(content, purpose=Purpose.CORRECTION, correction=known)
    inputs = inputs_for(message, hamlet, Product.A6)
    assert fault_of(inputs_for(content, hamlet, Product.A6)) is not None  # only just too long
    page = paper.in_grey(render_flyer(inputs).data, _DPI)
    assert paper.scanned(page) == [content.permalink]
    missed, letters = _missed(inputs, _read(page, tmp_path / "a6.pgm"))
    assert missed / letters < _MOST_WRONG


def test_a_page_that_reads_otherwise_would_be_found(
    contents: dict[str, tuple[Content, Hamlet]], tmp_path: Path
) -> None:
    content, hamlet = contents["tiem-vac-xin"]
    inputs = inputs_for(content, hamlet, Product.A5)
    page = paper.in_grey(render_flyer(inputs).data, _DPI)
    page[page.shape[0] // 3 : page.shape[0] // 2] = 255
    missed, letters = _missed(inputs, _read(page, tmp_path / "blank.pgm"))
    assert missed / letters > _MOST_WRONG


def _read(page: paper.Grey, path: Path) -> str:
    height, width = page.shape
    path.write_bytes(f"P5 {width} {height} 255\n".encode() + page.tobytes())
    done = subprocess.run(
        ["tesseract", str(path), "-", "-l", "vie", "--psm", "4"],
        check=True,
        capture_output=True,
        text=True,
        env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
    )
    return done.stdout


def _missed(inputs: FlyerInputs, read: str) -> tuple[int, int]:
    """Return how many letters of the author's text are not read, and how many there are.

    The address and what is drawn (boxes, the code) are left out.
    """
    wanted = "".join(map(paper.letters, (inputs.note, inputs.title, *inputs.paragraphs)))
    found = paper.letters(read)
    same = difflib.SequenceMatcher(None, wanted, found, autojunk=False)
    matched = sum(block.size for block in same.get_matching_blocks())
    return len(wanted) - matched, len(wanted)
