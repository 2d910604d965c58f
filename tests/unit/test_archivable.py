"""What is printed says of itself that it may be kept and read aloud, and has what that takes.

Read back from the bytes, by nothing that made them: ISO 19005-2 (PDF/A-2a), ISO 14289-1 (PDF/UA-1).
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from lxml import etree
from support import builders
from support.builders import NOW, hamlet
from support.flyers import SENTENCE, flyer
from support.paper import metadata, objects_of

from channels.flyer import FlyerOptions
from channels.flyer.inputs import inputs_for
from channels.flyer.jobs import Run, Share, Stack, job_pdf, sheets_of
from channels.flyer.product import render_flyer
from channels.flyer.products import Product
from engine.models import Content
from engine.reports.bulletin import Bulletin, bulletin_pdf, week

KHMER = {"lang": "km", "title": "ការជូនដំណឹង", "text": "សូមមកទទួលវ៉ាក់សាំង។"}

#: What would run, lock the file, or lie outside of it.
_REFUSED = (b"/JavaScript", b"/JS", b"/Launch", b"/Encrypt", b"/EmbeddedFile", b"/OpenAction")

_NAMES = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def message(product: Product) -> Content:
    asked: dict[str, object] = {
        "products": [product],
        "official": {"products": [product]} if product.layout.official else None,
        "bring": ["Sổ tiêm chủng"],
    }
    if product is Product.BILINGUAL:
        asked["second_language"] = KHMER
    return flyer(body=SENTENCE, options=FlyerOptions.model_validate(asked))


def page(product: Product) -> bytes:
    return render_flyer(inputs_for(message(product), hamlet(1), product)).data


def job() -> bytes:
    run = Run("xa-mau", "Ủy ban", "tin", 1, Product.A6, 4, covers=True, made_at=NOW)
    stacks = [Stack("ap-1", "Ấp 1", (Share(hamlet(1), message(Product.A6)),))]
    return job_pdf(run, stacks, 1, min(3, sheets_of(run, stacks)))


def bulletin() -> bytes:
    return bulletin_pdf(Bulletin(week("2026-W49"), builders.registry(), ()), large=True)


DOCUMENTS: dict[str, Callable[[], bytes]] = {
    **{product.value: lambda product=product: page(product) for product in Product},
    "job": job,
    "bulletin": bulletin,
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_all_that_its_standards_ask_for(name: str) -> None:
    pdf = DOCUMENTS[name]()
    objects = objects_of(pdf)

    def count(pattern: bytes) -> int:
        return len(re.findall(pattern, objects))

    packet = re.search(rb"<x:xmpmeta.*?</x:xmpmeta>", objects, re.DOTALL)
    assert packet is not None
    said = etree.fromstring(packet[0])
    for key, value in (
        ("pdfaid:part", "2"),
        ("pdfaid:conformance", "A"),
        ("pdfuaid:part", "1"),
    ):
        assert said.xpath(f"string(//{key})", namespaces=_NAMES) == value
    titles = said.xpath("//dc:title//text()[normalize-space()]", namespaces=_NAMES)
    assert titles == [metadata(pdf)["Title"]]
    # Tagged, in a language, shown by its title.
    assert re.search(rb"/Marked ?true", objects)
    assert re.search(rb"/StructTreeRoot \d+ 0 R", objects)
    assert re.search(rb"/Lang ?\(vi(-VN)?\)", objects)
    assert re.search(rb"/DisplayDocTitle ?true", objects)
    assert re.search(rb"/S ?/H1\b", objects)
    assert count(rb"/Alt ?[(<]") >= count(rb"/S ?/Figure\b")
    # Colours that mean the same everywhere, letters that come along.
    assert re.search(rb"/GTS_PDFA1\b", objects)
    assert re.search(rb"/DestOutputProfile \d+ 0 R", objects)
    fonts = count(rb"/FontDescriptor\b(?! \d)")
    assert fonts == count(rb"/FontFile[23]? \d") > 0
    assert count(rb"/ToUnicode \d")
    for key in _REFUSED:
        assert not re.search(key + rb"\b", objects)
