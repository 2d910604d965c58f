"""Reading printed pages back: as text, as pixels, as what a phone's camera would see."""

from __future__ import annotations

import re
import unicodedata
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
import zxingcpp

Grey = npt.NDArray[np.uint8]


def pages(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def size_in_mm(pdf: bytes) -> tuple[int, int]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        width, height = document[0].get_size()
        return round(width / 72 * 25.4), round(height / 72 * 25.4)
    finally:
        document.close()


def text_by_page(pdf: bytes) -> list[str]:
    """Return the text of each page as a reader would copy it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def text_of(pdf: bytes, pages: int | None = None) -> str:
    """Return the text of all pages, or the first ones, as a reader would copy it."""
    return "\n".join(text_by_page(pdf)[:pages])


def letter_sizes(pdf: bytes) -> set[float]:
    """Return the sizes, in points, of the letters on the first page."""
    raw = pypdfium2.raw
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = document[0].get_textpage()
        size = [
            raw.FPDFText_GetFontSize(text, i)
            for i in range(text.count_chars())
            if not chr(raw.FPDFText_GetUnicode(text, i)).isspace()
        ]
        return {round(one, 1) for one in size}
    finally:
        document.close()


def objects_of(pdf: bytes) -> bytes:
    """Return all that a document's objects say, those in compressed streams too."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return b"\n".join((pdf, *map(_inflated, streams)))


def _inflated(stream: bytes) -> bytes:
    """Return a stream without its compression; of one that has none, nothing more."""
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def letters(text: str) -> str:
    """Return ``text`` without what line breaking adds or takes: spaces and invisible marks."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")


def metadata(pdf: bytes) -> dict[str, Any]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return dict(document.get_metadata_dict())
    finally:
        document.close()


def in_grey(pdf: bytes, dots_per_inch: int = 150, page: int = 0) -> Grey:
    """Return a page, the first, as a black-and-white printer would get it: 0 black, 255 white."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.array(
            document[page].render(scale=dots_per_inch / 72, grayscale=True).to_numpy()
        ).squeeze()
    finally:
        document.close()


def scanned_at(picture: Grey) -> list[tuple[str, tuple[float, float]]]:
    """Return what QR codes say, and where their middle is: shares of the width and the height."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    height, width = picture.shape
    corners = [(one.text, (one.position.top_left, one.position.bottom_right)) for one in found]
    return [(text, ((a.x + b.x) / 2 / width, (a.y + b.y) / 2 / height)) for text, (a, b) in corners]


def scanned(picture: Grey) -> list[str]:
    """Return what the QR codes on a picture say; lines of letters can look like bar codes."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]
